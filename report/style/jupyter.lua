-- Texts of a chapter as Jupyter shows them, plain CommonMark with formulas: a pandoc writer. Its input is one Div per text;
-- it writes them as a JSON list, in their order, and after them the bibliography, which may be empty.

local FORM = 'commonmark+pipe_tables+tex_math_dollars+strikeout'

local labels, chapter

local function digits(name) return name:match('([^%s()]+)%)?$') end

local function equation(span)
  if not span.classes:includes('equation') then return nil end
  local formula = span.content[1]
  return pandoc.Math(formula.mathtype, formula.text .. ' \\tag{' .. digits(labels[span.identifier].name) .. '}')
end

local function numbered(header)
  local label = labels[header.identifier]
  if label then header.content:insert(1, pandoc.Str(digits(label.name) .. '\u{a0}')) end
  return header
end

-- The name of what is referred to; it leads to another chapter's notebook, since Jupyter has no anchors but headings.
local function reference(cite)
  local inlines = pandoc.Inlines {}
  for index, citation in ipairs(cite.citations) do
    local label = labels[citation.id]
    if not label then return nil end -- a citation of the bibliography
    local name = pandoc.Str((label.name:gsub(' ', '\u{a0}')))
    if index > 1 then inlines:insert(pandoc.Str(', ')) end
    inlines:insert(label.chapter == chapter and name or pandoc.Link({ name }, label.chapter .. '.ipynb'))
  end
  return inlines
end

local function content(element) return element.content end

local function written(blocks)
  local plain = blocks:walk({ Div = content, Span = content })
  return (pandoc.write(pandoc.Pandoc(plain), FORM, { columns = 1000000, wrap_text = 'preserve' }):gsub('%s+$', ''))
end

function Writer(document)
  labels = pandoc.json.decode(os.getenv('REPORT_LABELS'))
  chapter = os.getenv('REPORT_CHAPTER')
  document = document:walk({ Span = equation, Header = numbered }):walk({ Cite = reference })
  local texts, bibliography = {}, ''
  for _, block in ipairs(pandoc.utils.citeproc(document).blocks) do
    if block.identifier == 'refs' then bibliography = written(block.content)
    else texts[#texts + 1] = written(block.content) end
  end
  texts[#texts + 1] = bibliography
  return pandoc.json.encode(texts)
end
