-- TeX mathematics, as the chapters write it, to Typst mathematics.
--
-- A small recursive-descent translator with explicit tables, instead of pandoc's own: that one guesses where it does not
-- know, and a report must not print a wrong formula. Whatever is not in the tables below stops the build.

-- commands that stand for one character; Typst knows the class and the spacing of each from Unicode
local SYMBOL = {
  alpha = 'α', beta = 'β', gamma = 'γ', delta = 'δ', epsilon = 'ϵ', varepsilon = 'ε', zeta = 'ζ', eta = 'η', theta = 'θ',
  iota = 'ι', kappa = 'κ', lambda = 'λ', mu = 'μ', nu = 'ν', xi = 'ξ', pi = 'π', rho = 'ρ', sigma = 'σ', tau = 'τ',
  upsilon = 'υ', phi = 'ϕ', varphi = 'φ', chi = 'χ', psi = 'ψ', omega = 'ω',
  Gamma = 'Γ', Delta = 'Δ', Theta = 'Θ', Lambda = 'Λ', Xi = 'Ξ', Pi = 'Π', Sigma = 'Σ', Phi = 'Φ', Psi = 'Ψ', Omega = 'Ω',
  cdot = '⋅', times = '×', div = '÷', pm = '±', mp = '∓', ast = '∗', star = '⋆', circ = '∘', odot = '⊙', otimes = '⊗',
  oplus = '⊕', le = '≤', leq = '≤', ge = '≥', geq = '≥', ne = '≠', neq = '≠', approx = '≈', equiv = '≡', sim = '∼',
  propto = '∝', ll = '≪', gg = '≫', ['in'] = '∈', notin = '∉', subset = '⊂', subseteq = '⊆', cup = '∪', cap = '∩',
  setminus = '∖', mid = '∣', parallel = '∥', perp = '⊥', to = '→', rightarrow = '→', leftarrow = '←', mapsto = '↦',
  Rightarrow = '⇒', Leftrightarrow = '⇔', iff = '⟺', implies = '⟹', land = '∧', lor = '∨', neg = '¬', forall = '∀',
  exists = '∃', nabla = '∇', partial = '∂', infty = '∞', emptyset = '∅', ell = 'ℓ', colon = ':', top = '⊤', prime = '′',
  sum = '∑', prod = '∏', int = '∫', ldots = '…', dots = '…', cdots = '⋯', vdots = '⋮', ddots = '⋱',
  lfloor = '\\⌊', rfloor = '\\⌋', lceil = '\\⌈', rceil = '\\⌉', langle = '\\⟨', rangle = '\\⟩',
  lvert = 'class("opening", |)', rvert = 'class("closing", |)', lVert = 'class("opening", ‖)', rVert = 'class("closing", ‖)',
  Vert = 'class("normal", ‖)', ['|'] = 'class("normal", ‖)', ['{'] = '\\{', ['}'] = '\\}', ['%'] = '%', ['#'] = '\\#',
  ['&'] = '\\&', ['_'] = '\\_', ['$'] = '\\$', [','] = 'thin', [':'] = 'med', [';'] = 'thick', [' '] = 'med',
  ['!'] = '#h(-0.1667em)', quad = 'quad', qquad = 'wide', limits = '',
}
-- operator names; true: their subscript stands below in displays
local OPERATOR = {
  max = true, min = true, sup = true, inf = true, lim = true, det = true, Pr = true, log = false, ln = false, exp = false,
  sin = false, cos = false, tan = false, tanh = false, arg = false, dim = false,
}
-- commands with arguments; %1 and %2 are the translated arguments
local FUNCTION = {
  frac = { 2, 'frac(%1, %2)' }, dfrac = { 2, 'display(frac(%1, %2))' }, tfrac = { 2, 'inline(frac(%1, %2))' },
  binom = { 2, 'binom(%1, %2)' }, overset = { 2, 'limits(%2)^(%1)' }, stackrel = { 2, 'limits(%2)^(%1)' }, underset = { 2, 'limits(%2)_(%1)' },
  hat = { 1, 'hat(%1)' }, widehat = { 1, 'hat(%1)' }, bar = { 1, 'macron(%1)' }, tilde = { 1, 'tilde(%1)' },
  widetilde = { 1, 'tilde(%1)' }, vec = { 1, 'arrow(%1)' }, dot = { 1, 'dot(%1)' }, overline = { 1, 'overline(%1)' },
  underline = { 1, 'underline(%1)' }, mathbb = { 1, 'bb(%1)' }, mathcal = { 1, 'cal(%1)' },
  mathbf = { 1, 'bold(upright(%1))' }, boldsymbol = { 1, 'bold(%1)' }, pmod = { 1, 'med \\( "mod" med %1 \\)' },
}
local TEXT = { text = '%1', mathrm = '%1', mathit = 'italic(%1)', mathtt = 'mono(%1)', textbf = 'bold(%1)',
  operatorname = 'op(%1)', ['operatorname*'] = 'op(%1, limits: #true)' }
local BRACE = { underbrace = '_', overbrace = '^' }
local MATRIX = { matrix = '#none', pmatrix = '"("', bmatrix = '"["', Bmatrix = '"{"', vmatrix = '"|"', Vmatrix = '"‖"' }
local ALIGNED = { aligned = true, align = true, ['align*'] = true, split = true }
local DELIMITER = { ['('] = '\\(', [')'] = '\\)', ['['] = '\\[', [']'] = '\\]', ['|'] = '|', ['.'] = '', ['\\{'] = '\\{',
  ['\\}'] = '\\}', ['\\|'] = '‖', ['\\lvert'] = '|', ['\\rvert'] = '|', ['\\lVert'] = '‖', ['\\rVert'] = '‖',
  ['\\Vert'] = '‖', ['\\langle'] = '\\⟨', ['\\rangle'] = '\\⟩', ['\\lfloor'] = '\\⌊', ['\\rfloor'] = '\\⌋', ['\\lceil'] = '\\⌈',
  ['\\rceil'] = '\\⌉', ['/'] = '\\/' }
local SIZE = { big = '1.2em', Big = '1.8em', bigg = '2.4em', Bigg = '3em' }
local SIDE = { l = 'opening', r = 'closing', m = 'relation', [''] = 'normal' }
-- characters that Typst would take for syntax, or scale as a pair
local CHARACTER = { ['('] = '\\(', [')'] = '\\)', ['['] = '\\[', [']'] = '\\]', ['|'] = 'class("normal", |)', [','] = '\\,',
  [';'] = '\\;', ['/'] = '\\/', ['~'] = 'med', ["'"] = "'", ['"'] = '\\"', ['#'] = '\\#', ['@'] = '\\@', ['`'] = '\\`' }

local END = '' -- closes every list of tokens

local function tokens(tex)
  local list, place = pandoc.List(), 1
  while place <= #tex do
    local token = tex:match('^\\operatorname%*', place) or tex:match('^\\%a+', place) or tex:match('^\\.', place)
      or tex:match('^%d[%d.]*', place) or tex:match('^%s+', place) or tex:match('^' .. utf8.charpattern, place)
    list:insert(token)
    place = place + #token
  end
  list:insert(END)
  return list
end

local Reader = {}
Reader.__index = Reader

function Reader:fail(what)
  error(what .. ' is not translated for the PDF, in the formula: ' .. self.source
    .. ' (rewrite it, or teach report/style/formulas.lua and its test)', 0)
end

function Reader:skip_spaces()
  while self.list[self.place]:match('^%s') do self.place = self.place + 1 end
end

function Reader:peek()
  self:skip_spaces()
  return self.list[self.place]
end

function Reader:next()
  local token = self:peek()
  self.place = self.place + 1
  return token
end

function Reader:raw_group()
  if self:next() ~= '{' then self:fail('a text command without braces') end
  local parts, depth = pandoc.List(), 1
  while true do
    local token = self.list[self.place]
    self.place = self.place + 1
    if token == END then self:fail('an unclosed brace') end
    depth = depth + (token == '{' and 1 or token == '}' and -1 or 0)
    if depth == 0 then return table.concat(parts) end
    parts:insert(token)
  end
end

function Reader:text_group()
  local text = self:raw_group():gsub('\\[,;: ]', ' '):gsub('\\([_%%&#$])', '%1')
  if text:find('[\\$"{}]') then self:fail('markup inside a text') end
  return '"' .. text .. '"'
end

function Reader:argument()
  if self:peek() == '{' then
    self:next()
    local body = self:sequence({ ['}'] = true })
    self:next()
    return body
  end
  local digit, rest = (self:peek()):match('^(%d)([%d.]+)$') -- TeX takes one digit: \tfrac12 is a half
  if not digit then return self:atom() end
  self.list[self.place] = rest
  return digit
end

function Reader:delimiter()
  local token = self:next() or ''
  return DELIMITER[token] or self:fail('the delimiter ' .. token)
end

function Reader:fenced()
  local left = self:delimiter()
  local body = self:sequence({ ['\\right'] = true })
  self:next()
  return 'lr(' .. left .. ' ' .. body .. ' ' .. self:delimiter() .. ')'
end

function Reader:rows()
  local rows, row = pandoc.List(), pandoc.List()
  while true do
    row:insert(self:sequence({ ['&'] = true, ['\\\\'] = true, ['\\end'] = true }))
    local stop = self:next()
    if stop ~= '&' then
      if #row > 1 or row[1] ~= '' then rows:insert(row) end
      row = pandoc.List()
    end
    if stop == '\\end' then return rows end
  end
end

local function joined(rows, between_cells, between_rows)
  return table.concat(rows:map(function(row) return table.concat(row, between_cells) end), between_rows)
end

function Reader:environment()
  local name = self:raw_group()
  if not (MATRIX[name] or ALIGNED[name] or name == 'cases') then self:fail('\\begin{' .. name .. '}') end
  local rows = self:rows()
  if self:raw_group() ~= name then self:fail('an \\end that does not close \\begin{' .. name .. '}') end
  if name == 'cases' then return 'cases(' .. joined(rows, ' & quad ', ', ') .. ')' end
  if MATRIX[name] then return 'mat(delim: ' .. MATRIX[name] .. ', ' .. joined(rows, ', ', '; ') .. ')' end
  return joined(rows, ' & ', ' \\ ')
end

function Reader:braced(name)
  local body, note = self:argument(), nil
  if self:peek() == BRACE[name] then
    self:next()
    note = self:argument()
  end
  return name .. '(' .. body .. (note and ', ' .. note or '') .. ')'
end

function Reader:command(name)
  local size, side = name:match('^([bB]igg?)([lrm]?)$')
  if TEXT[name] then return (TEXT[name]:gsub('%%1', (self:text_group():gsub('%%', '%%%%')))) end
  if FUNCTION[name] then
    local first = self:argument()
    local arguments = { ['1'] = first, ['2'] = FUNCTION[name][1] == 2 and self:argument() or nil }
    return (FUNCTION[name][2]:gsub('%%(%d)', arguments))
  end
  if name == 'sqrt' then
    if self:peek() ~= '[' then return 'sqrt(' .. self:argument() .. ')' end
    self:next()
    local degree = self:sequence({ [']'] = true })
    self:next()
    return 'root(' .. degree .. ', ' .. self:argument() .. ')'
  end
  if OPERATOR[name] ~= nil then return 'op("' .. name .. '"' .. (OPERATOR[name] and ', limits: #true' or '') .. ')' end
  if BRACE[name] then return self:braced(name) end
  if name == 'left' then return self:fenced() end
  if name == 'begin' then return self:environment() end
  if name == 'bmod' then return 'class("binary", "mod")' end
  if size then return 'class("' .. SIDE[side] .. '", lr(size: #' .. SIZE[size] .. ', ' .. self:delimiter() .. '))' end
  return SYMBOL[name] or self:fail('\\' .. name)
end

function Reader:atom()
  local token = self:next()
  if token == END then self:fail('a missing argument') end
  if token == '{' then
    local body = self:sequence({ ['}'] = true })
    self:next()
    return body == '' and '""' or 'class("normal", ' .. body .. ')'
  end
  if token:match('^\\') then return self:command(token:sub(2)) end
  if token:match('^[}&^_%%$\\]') then self:fail('a stray ' .. token) end
  return CHARACTER[token] or token
end

-- Typst prints a space that stands beside quoted text; TeX does not.
local function glued(parts)
  local text = ''
  for _, part in ipairs(parts) do
    local tight = text == '' or text:sub(-1) == '"' or part:sub(1, 1) == '"'
    text = text .. (tight and '' or ' ') .. part
  end
  return text
end

-- Atoms with their scripts, up to (not including) one of the `stops`.
function Reader:sequence(stops)
  local parts = pandoc.List()
  while true do
    local token = self:peek()
    if stops[token] then return glued(parts) end
    if token == END then self:fail('an unclosed group') end
    if token == '_' or token == '^' then
      self:next()
      if #parts == 0 then parts:insert('""') end
      parts[#parts] = parts[#parts] .. token .. '(' .. self:argument() .. ')'
    elseif token == "'" then
      self:next()
      parts[#parts] = (parts[#parts] or '""') .. "'"
    else
      parts:insert(self:atom())
    end
  end
end

-- The Typst text of a TeX formula, without dollar signs. Errors on whatever is not known.
return function(tex)
  local reader = setmetatable({ list = tokens(tex), place = 1, source = (tex:gsub('%s+', ' ')) }, Reader)
  local body = reader:sequence({ [END] = true })
  if reader.place < #reader.list then reader:fail('text after an early end') end
  return body
end
