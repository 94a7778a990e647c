"""Formulas on their way to the PDF: translated as listed, set by Typst, or refused by name."""

import pytest
import typst

from cnnatlas.errors import AtlasError
from cnnatlas.report.pandoc import pandoc

TRANSLATED = {
    r"\frac{a}{b} + \tfrac12": "frac(a, b) + inline(frac(1, 2))",
    r"\sum_{i=0}^{n-1} x_i": "∑_(i = 0)^(n - 1) x_(i)",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}": 'mat(delim: "(", 1, 2; 3, 4)',
    r"\begin{bmatrix} 1 & \cdots \\ \vdots & \ddots \\ \end{bmatrix}": 'mat(delim: "[", 1, ⋯; ⋮, ⋱)',
    r"\begin{matrix} 1 & 2 \end{matrix}": "mat(delim: #none, 1, 2)",
    r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}": 'mat(delim: "|", a, b; c, d)',
    r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}": (
        'cases(x & quad "if "x > 0, 0 & quad "otherwise")'
    ),
    r"\begin{aligned} a &= b \\ &= c \end{aligned}": "a & = b \\  & = c",
    r"\hat p, \mathbb{R}^{3 \times H}": r"hat(p) \, bb(R)^(3 × H)",
    r"\left( \frac{a}{b} \right]": r"lr(\( frac(a, b) \])",
    r"\left. f \right|_{x=0}": "lr( f |)_(x = 0)",
    r"\operatorname{softmax}(z)_i": r'op("softmax") \( z \)_(i)',
    r"\operatorname*{arg\,max}_c s_c": 'op("arg max", limits: #true)_(c) s_(c)',
    r"\lvert x \rvert": 'class("opening", |) x class("closing", |)',
    r"(i+k) \bmod n": r'\( i + k \) class("binary", "mod") n',
    r"\mathrm{ReLU}(x/2)'": '"ReLU"\\( x \\/ 2 \\)\'',
    r"\bigl\langle u \bigr\rangle\!": (
        r'class("opening", lr(size: #1.2em, \⟨)) u class("closing", lr(size: #1.2em, \⟩)) #h(-0.1667em)'
    ),
    r"\sqrt[3]{y} {=} \underbrace{a}_{b}": 'root(3, y) class("normal", =) underbrace(a, b)',
    r"\partial L \;\; 50\% \|w\|_2": ('∂ L thick thick 50 % class("normal", ‖) w class("normal", ‖)_(2)'),
}
REFUSED = {
    r"x \tag{1}": r"\\tag is not translated",
    r"\color{red} x": r"\\color is not translated",
    r"\begin{array}{cc} a & b \end{array}": r"\\begin\{array\} is not translated",
    r"\text{a $b$}": "markup inside a text",
    r"{a": "an unclosed group",
    r"a }": "a stray }",
    r"\frac{a}": "a missing argument",
    r"\left( a": "an unclosed group",
    r"\begin{pmatrix} a \end{bmatrix}": r"does not close \\begin\{pmatrix\}",
}


def to_typst(style, tex):
    return pandoc(f"${tex}$", "-f", "markdown", "-t", "typst", "-L", style / "report.lua", subject="chapter d")


@pytest.mark.parametrize("tex", TRANSLATED)
def test_formula_is_translated(style, tex):
    written = to_typst(style, tex)
    assert f"${TRANSLATED[tex]}$" in written
    assert "alt: " in written


@pytest.mark.parametrize("tex", REFUSED)
def test_formula_is_refused_by_name(style, tex):
    with pytest.raises(AtlasError, match=REFUSED[tex]) as caught:
        to_typst(style, tex)
    assert str(caught.value).startswith("chapter d: ")


def test_every_symbol_and_translation_is_set_by_typst(style, tmp_path):
    symbols = pandoc("", "-t", "plain", "-L", symbol_names(style, tmp_path), subject="symbols").split()
    assert len(symbols) > 120
    commands = "\n\n".join(f"$\\{name}$" for name in symbols) + "".join(f"\n\n$${tex}$$" for tex in TRANSLATED)
    body = pandoc(commands, "-f", "markdown", "-t", "typst", "-L", style / "report.lua", subject="all")
    (tmp_path / "all.typ").write_text(body)
    _, warnings = typst.compile_with_warnings(tmp_path / "all.typ", output=tmp_path / "all.pdf")
    assert not warnings


def symbol_names(style, folder):
    """A filter that prints the names in the tables of formulas.lua."""
    source = (style / "formulas.lua").read_text()
    tables = source[: source.index("-- commands with arguments")]
    script = tables + (
        "\nfunction Pandoc(doc) local names = pandoc.List()\n"
        "for name in pairs(SYMBOL) do if name:match('^%a+$') then names:insert(name) end end\n"
        "for name in pairs(OPERATOR) do names:insert(name) end\n"
        "return pandoc.Pandoc({pandoc.Para({pandoc.Str(table.concat(names, ' '))})}) end"
    )
    (folder / "symbols.lua").write_text(script)
    return folder / "symbols.lua"
