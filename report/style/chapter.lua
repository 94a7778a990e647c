-- Both outputs: markdown of a chapter to the form that report.lua and html.lua read.
--
-- * a labelled formula, `$$ ... $$ {#eq-name}`, becomes a Span with that id around the formula;
-- * a value, its interval and its unit stay on one line, by spaces that do not break; so do a range, a product of two
--   numbers, and a marker with what it marks; in a table, value above interval;
-- * columns of numbers are set right;
-- * every figure has a label and a description, every table with a caption has a label: without, the numbers of the two
--   outputs would drift apart.

local function equation(formula, label)
  return pandoc.Span({ formula }, { id = label, class = 'equation' })
end

local function labelled(inlines)
  local position = 1
  while position < #inlines do
    local after = position + 1
    if inlines[after].t == 'Space' or inlines[after].t == 'SoftBreak' then after = after + 1 end
    local label = inlines[position].t == 'Math' and inlines[after] and inlines[after].t == 'Str'
      and inlines[after].text:match('^{#(eq%-[%w-]+)}$')
    if label then
      inlines[position] = equation(inlines[position], label)
      for index = after, position + 1, -1 do inlines:remove(index) end
    end
    position = position + 1
  end
  return inlines
end

local SPACE = '\u{a0}'

-- Lua's patterns are of bytes: a true minus sign as a hyphen.
local function plain(inline)
  return inline.t == 'Str' and inline.text:gsub('−', '-') or ''
end

-- The markers of flags alone (cnnatlas.evaluation.markers), perhaps with a comma after them.
local function marks(text)
  local words = text:gsub('[.,:;)]+$', '')
  local rest = words:gsub('†', ''):gsub('‡', ''):gsub('§', ''):gsub('¶', '')
  return words ~= '' and rest == ''
end

-- A marker stands after what it marks, or, after a comma, before its meaning.
local function marking(inlines, position)
  local first, second = plain(inlines[position]), plain(inlines[position + 2])
  local before = position > 2 and plain(inlines[position - 2]) or ''
  if marks(second) then return first:match('[^.,:;(]$') end
  return marks(first) and (before == '' or before:match('[.,:;(]$'))
end

-- "to" or "×" with the numbers beside it: as what stands second, and as what stands first.
local LINK = { to = true, ['×'] = true }
local function linked(inlines, position)
  local first, second = plain(inlines[position]), plain(inlines[position + 2])
  local third = inlines[position + 4] and plain(inlines[position + 4]) or ''
  local before = position > 2 and plain(inlines[position - 2]) or ''
  return LINK[second] and first:match('[%d%%]$') and third:match('^%-?%d')
    or LINK[first] and before:match('[%d%%]$') and second:match('^%-?%d')
end

-- A space before an interval or a per cent sign, inside an interval, or of the others above does not break.
local function unbroken(inlines)
  local open = false
  for position = 1, #inlines - 2 do
    local before, space, after = plain(inlines[position]), inlines[position + 1], plain(inlines[position + 2])
    if before:match('^%[%-?[%d.]+,$') then open = true elseif before:match('%]') then open = false end
    local interval = (open or after:match('^%[%-?%d') or after:match('^%%')) and before:match('%d[%])]?,?$')
      or after:match('^%[%-?%d') and (before == '%' or before == 'points')
    local joined = interval or linked(inlines, position) or marking(inlines, position)
    if joined and (space.t == 'Space' or space.t == 'SoftBreak') then
      inlines[position + 1] = pandoc.Str(SPACE)
    end
  end
  return inlines
end

-- In a cell a value may stand above its interval, or columns of both would be wider than the page; not in one of prose.
local ALONE = 7 -- inlines of a value, its interval and a mark
local function stacked(element)
  return element:walk { Inlines = function(inlines)
    if #inlines > ALONE then return nil end
    for position = 1, #inlines - 1 do
      local space, after = inlines[position], inlines[position + 1]
      if plain(after):match('^%[%-?%d') and space.t == 'Str' and space.text == SPACE then
        inlines[position] = pandoc.Space()
      end
    end
    return inlines
  end }
end

local function check_figure(figure)
  local image = figure.content[1].content[1]
  if not figure.identifier:match('^fig%-') or not image or pandoc.utils.stringify(image.caption) == '' then
    error('the figure "' .. pandoc.utils.stringify(figure.caption.long) .. '" needs a label {#fig-...} and alt="..."', 0)
  end
end

local function check_table(element)
  local caption = pandoc.utils.stringify(element.caption.long)
  if caption ~= '' and not element.identifier:match('^tbl%-') then
    error('the table "' .. caption .. '" needs a label {#tbl-...}', 0)
  end
end

-- A row of a table with nothing but a first cell heads the rows that follow, over all columns.
local function spanned(row)
  for position = 2, #row.cells do
    if #row.cells[position].contents > 0 then return row end
  end
  row.cells[1].col_span = #row.cells
  row.cells = { row.cells[1] }
  return row
end

local function headed(element)
  for _, body in ipairs(element.bodies) do
    for index, row in ipairs(body.body) do
      if #row.cells > 1 then body.body[index] = spanned(row) end
    end
  end
  return element
end

local function text(cell) return pandoc.utils.stringify(cell.contents):gsub('−', '-'):gsub(SPACE, ' ') end

-- Whether a column has numbers alone, without intervals; a cell may be empty or have a dash.
local function numeric(rows, column)
  local found = false
  for _, row in ipairs(rows) do
    local written = row.cells[column] and text(row.cells[column]) or ''
    local number = written:match('^%-?[%d,.]+ ?%%?$')
    if not number and written ~= '' and written ~= '–' then return false end
    found = found or number ~= nil
  end
  return found
end

-- Columns of numbers are set right, so that digits of one value stand below each other.
local function aligned(element)
  local rows = element.bodies[1] and element.bodies[1].body or {}
  for column = 2, #element.colspecs do
    if numeric(rows, column) then element.colspecs[column][1] = 'AlignRight' end
  end
  return element
end

return {
  { Inlines = unbroken }, { Inlines = labelled, Figure = check_figure, Table = check_table },
  { Table = stacked }, { Table = aligned }, { Table = headed },
}
