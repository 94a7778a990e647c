-- A chapter to Typst: cross references, formulas, figures and tables; commands of captions are in the appendix's list.

local labels = pandoc.json.decode(os.getenv('REPORT_LABELS') or '{}')

local function quoted(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('%s+', ' ') .. '"'
end

local function raw(text) return pandoc.RawInline('typst', text) end

-- Pandoc's own formula with what it leaves out: the TeX as a description, and a number where there is a label.
local function formula(math, label)
  local block = math.mathtype == 'DisplayMath'
  local body = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), 'typst'):gsub('%s+$', '')
  local numbering = label and ', numbering: equation-number' or ''
  return raw('#math.equation(block: ' .. tostring(block) .. ', alt: ' .. quoted(math.text) .. numbering
    .. ', ' .. body .. ')' .. (label and ' <' .. label .. '>' or block and '' or ';'))
end

local function equation(span)
  if span.classes:includes('equation') then return formula(span.content[1], span.identifier) end
end

local LABEL = { fig = true, tbl = true, sec = true, eq = true }

-- Citations of the bibliography: several through report.typ, as Typst sets a comma between them.
local function cited(citations)
  if #citations < 2 then return nil end
  local keys = citations:map(function(citation) return '<' .. citation.id .. '>' end)
  return raw('#cited(' .. table.concat(keys, ', ') .. ');')
end

local function reference(cite)
  local inlines = pandoc.Inlines {}
  for index, citation in ipairs(cite.citations) do
    if not LABEL[citation.id:match('^(%a+)%-')] then return cited(cite.citations) end
    if index > 1 then inlines:insert(pandoc.Str(', ')) end
    local label = labels[citation.id]
    local online = label and label.place == 'web-only'
    inlines:insert(online and pandoc.Str(label.name .. ', online') or raw('#ref(<' .. citation.id .. '>)'))
  end
  return inlines
end

-- Without the command that rebuilds it, which ends a caption as "Rebuild: `command`."
local function caption(blocks)
  local inlines = pandoc.utils.blocks_to_inlines(blocks)
  local code = inlines[#inlines - 1]
  if code and code.t == 'Code' and #inlines > 4 and inlines[#inlines - 3].text == 'Rebuild:' then
    for _ = 1, 5 do inlines:remove() end
  end
  return inlines
end

local function figure(element)
  local image = element.content[1].content[1]
  local inlines = pandoc.Inlines { raw('#figure(kind: image, picture(' .. quoted('/' .. image.src) .. ', alt: '
    .. quoted(pandoc.utils.stringify(image.caption)) .. '), caption: [') }
  inlines:extend(caption(element.caption.long))
  inlines:insert(raw(']) <' .. element.identifier .. '>'))
  return pandoc.Para(inlines)
end

local LONG, MUCH = 12, 1500 -- rows, or characters, from which a table may break over pages

local function captioned(element)
  local wrapper = '#uncounted['
  if #element.caption.long > 0 then
    element.caption.long = { pandoc.Plain(caption(element.caption.long)) }
    local text = pandoc.utils.stringify(element.bodies[1].body[1] and pandoc.Blocks { element } or {})
    wrapper = (#element.bodies[1].body >= LONG or #text > MUCH) and '#[' or '#together['
  end
  return { pandoc.RawBlock('typst', wrapper), element, pandoc.RawBlock('typst', ']') }
end

local WRAPPED = { answer = true, design = true, ['in-place'] = true } -- classes that report.typ has functions for

local function box(element)
  local wrapper = element.classes:find_if(function(class) return WRAPPED[class] end)
  if not wrapper then return element.content end -- in a block of its own a picture could not float
  return { pandoc.RawBlock('typst', '#' .. wrapper .. '['), element, pandoc.RawBlock('typst', ']') }
end

-- A paragraph of bold words alone heads the next one, and does not end a page.
local function run_in(element)
  if #element.content == 1 and element.content[1].t == 'Strong' then
    return { pandoc.RawBlock('typst', '#block(sticky: true)['), element, pandoc.RawBlock('typst', ']') }
  end
end

-- The end of a chapter, from its last heading on, keeps its figures, or they would stand below the next chapter's heading.
local function ended(document)
  local last = 0
  for number, block in ipairs(document.blocks) do
    if block.t == 'Header' then last = number end
  end
  document.blocks:insert(last + 1, pandoc.RawBlock('typst', '#ending['))
  document.blocks:insert(pandoc.RawBlock('typst', ']'))
  return document
end

-- A row over all columns heads those that follow it, and is repeated with the table's own head where they break over pages.
local function grouped(element)
  local written = pandoc.write(pandoc.Pandoc({ element }), { format = 'typst', extensions = { smart = false } },
    pandoc.WriterOptions { wrap_text = 'wrap-none' })
  local heads
  written, heads = written:gsub('\n *table%.cell%(colspan: ' .. #element.colspecs .. '%)(%b[]),',
    '\n    table.header(level: 2, table.cell(colspan: ' .. #element.colspecs .. ')%1),')
  if heads > 0 then return pandoc.RawBlock('typst', written) end
end

return {
  { Figure = figure, Table = captioned, Para = run_in, Div = box, Pandoc = ended }, { Span = equation }, { Math = formula },
  { Cite = reference }, { Table = grouped },
}
