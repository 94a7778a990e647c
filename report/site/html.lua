-- A chapter to the body of one HTML page: numbers and links of cross references come from labels.json, made once for
-- all chapters. Whatever it adds works without scripts: figures link to their files, settings and code fold.

local labels, chapter
local titles = {} -- by label, name and title of a figure or table where it is folded

local function raw(html) return pandoc.RawInline('html', html) end

-- The command that rebuilds an object ends its caption, as "Rebuild: `command`."
local function fold_command(inlines)
  local code = inlines[#inlines - 1]
  if code and code.t == 'Code' and #inlines > 4 and inlines[#inlines - 3].text == 'Rebuild:' then
    inlines:remove()
    inlines:insert(#inlines, raw('<details class="rebuild"><summary>Rebuild</summary>'))
    inlines:insert(raw('</details>'))
    inlines:remove(#inlines - 4)
    inlines:remove(#inlines - 3)
  end
end

-- A formula of a title, which is text alone.
local function written(math) return pandoc.Str((math.text:gsub('%^2', '²'))) end

local function numbered(element)
  local label = labels[element.identifier]
  local caption = element.caption.long[1]
  if label then
    local text = pandoc.utils.stringify(caption:walk({ Math = written }))
    titles[element.identifier] = { name = label.name, text = text:match('^(.-)[.;]%s') or text:gsub('%.$', '') }
  end
  if caption then fold_command(caption.content) end
  if label then
    caption.content:insert(1, pandoc.Space())
    caption.content:insert(1, pandoc.Span({ pandoc.Str(label.name .. '.') }, { class = 'number' }))
  end
  return element
end

-- Sizes keep the text in its place while images load; the link shows a figure whole, in a lightbox where scripts run.
local function zoomable(image)
  local _, content = pandoc.mediabag.fetch(image.src)
  local size = pandoc.image.size(content)
  -- One by one: a table of them has another order in each process
  image.attributes.width = tostring(size.width)
  image.attributes.height = tostring(size.height)
  image.attributes.loading = 'lazy'
  return pandoc.Link({ image }, image.src, '', { class = 'zoom' })
end

local function figure(element) return numbered(element:walk({ Image = zoomable })) end

local function folded(summary, block)
  return { pandoc.RawBlock('html', '<details class="fold"><summary>' .. summary .. '</summary>'), block,
    pandoc.RawBlock('html', '</details>') }
end

-- Where a caption refers to is not known yet, where its title is made
local function without_references(text) return (text:gsub('%s*%(@[^)]*%)', '')) end

local function escaped(text) return (text:gsub('&', '&amp;'):gsub('<', '&lt;')) end

local LONG = 36 -- characters, which are as tall as a phone in a column that is as narrow as a word

-- A table gives way to its page's width down to a word in each column; sentences ask for more.
local function roomy(element)
  for _, body in ipairs(element.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        if utf8.len(pandoc.utils.stringify(cell.contents)) > LONG then cell.classes:insert('long') end
      end
    end
  end
  return element
end

local function table_(element) return pandoc.Div({ numbered(roomy(element)) }, { class = 'table' }) end

-- A line for each figure and table of a fold; what a title begins with as the one before it, a network's name, is left out.
local function listed(found)
  local before, lines = nil, pandoc.List {}
  for _, title in ipairs(found) do
    local head = title.text:match('^.-: ')
    local text = head and head == before and title.text:sub(#head + 1) or title.text
    lines:insert(escaped(without_references(title.name .. '. ' .. text)))
    before = head
  end
  return table.concat(lines, '<br>')
end

-- What heads a fold of text alone: its bold words, or its first ones up to a colon.
local function opening(div)
  local bold
  div:walk { Strong = function(strong) bold = bold or pandoc.utils.stringify(strong) end }
  local text = bold and bold:gsub('%.$', '') or pandoc.utils.stringify(div):match('^(.-)[:.]%s')
  return escaped(without_references(text or 'More'))
end

-- What the PDF has in its appendix, or not at all, is for looking up: folded, under the first sentences of its captions.
local function looked_up(div)
  if div.classes:includes('source') then return nil end -- the end of a chapter, with a heading of its own
  if not (div.classes:includes('appendix') or div.classes:includes('web-only')) then return nil end
  local found = pandoc.List {}
  local function title(element) found:insert(titles[element.identifier]) end
  div:walk { Figure = title, Table = title }
  return folded(#found > 0 and listed(found) or opening(div), div)
end

local function code(block)
  if not block.classes:includes('python') then return nil end
  local _, breaks = block.text:gsub('\n', '')
  return folded(('Code, %d lines'):format(breaks + 1), block)
end

local function equation(span)
  if not span.classes:includes('equation') then return nil end
  span.content:insert(pandoc.Span({ pandoc.Str(labels[span.identifier].name:match('%(.*%)')) }, { class = 'number' }))
  return span
end

local function reference(cite)
  local inlines = pandoc.Inlines {}
  for index, citation in ipairs(cite.citations) do
    local label = labels[citation.id]
    if not label then return nil end -- a citation of the bibliography
    if index > 1 then inlines:insert(pandoc.Str(', ')) end
    local page = label.chapter == chapter and '' or label.chapter .. '.html'
    local name = label.name:gsub(' ', '\u{a0}')
    inlines:insert(pandoc.Link({ pandoc.Str(name) }, page .. '#' .. citation.id, '', { class = 'reference' }))
  end
  return inlines
end

local sections = 0

-- The table of contents needs an anchor for headings without a label.
local function anchored(header)
  sections = sections + 1
  if header.identifier == '' then header.identifier = 'section-' .. sections end
  return header
end

function Pandoc(document)
  labels = pandoc.json.decode(os.getenv('REPORT_LABELS'))
  chapter = os.getenv('REPORT_CHAPTER')
  local shown = { Figure = figure, Table = table_, CodeBlock = code, Span = equation, Header = anchored, Div = looked_up }
  return document:walk(shown):walk({ Cite = reference })
end
