-- A chapter to one HTML page: numbers and links of cross references come from labels.json, made once for all chapters.

local labels, chapter

local function numbered(element)
  local label = labels[element.identifier]
  if label then
    local number = pandoc.Span({ pandoc.Str(label.name .. '.') }, { class = 'number' })
    element.caption.long[1].content:insert(1, pandoc.Space())
    element.caption.long[1].content:insert(1, number)
  end
  return element
end

local function scrollable(element) return pandoc.Div({ numbered(element) }, { class = 'table' }) end

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
    inlines:insert(pandoc.Link({ pandoc.Str(name) }, page .. '#' .. citation.id))
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
  return document:walk({ Figure = numbered, Table = scrollable, Span = equation, Header = anchored }):walk({ Cite = reference })
end
