"""Numbers, lists and names as text."""

import re

# Without the brackets of a sweep's values, which mean nothing unless `(` or `{` follows them
MARKUP = re.compile(r"[\\`*_$<^~@#]|(?<=\])[({]")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(share: float, digits: int = 1) -> str:
    """A share as per cent: 0.9342 -> "93.4 %"."""
    return f"{_signed(100 * share, digits)} %"


def power(number: str) -> str:
    """A formatted number without a programmer's exponent: "4.2e-15" -> "4.2 × 10⁻¹⁵"; others as they are."""
    mantissa, _, exponent = number.partition("e")
    if not exponent.lstrip("+-").isdigit():
        return number
    return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}".removeprefix("1 × ")


def points(share: float, digits: int = 1) -> str:
    """A difference of shares in percentage points, without unit or plus sign: -0.0213 -> "−2.1"."""
    return _signed(100 * share, digits)


def limit(share: float) -> str:
    """An end of a difference's interval in points, with the digits that show on which side of zero it lies."""
    digits = next((n for n in (1, 2) if round(100 * share, n)), 1)
    return points(share, digits)


def interval(value: float, low: float, high: float) -> str:
    """A share with its interval, in per cent without unit: "93.4 [92.9, 93.9]"."""
    return f"{100 * value:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def decimal(value: float, digits: int = 2) -> str:
    """A number with a true minus sign."""
    return _signed(value, digits)


def listing(names: list[str]) -> str:
    """Names as a list in prose: "a, b and c"."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def slug(name: str) -> str:
    """The name of a variant, a study, a data set or a method as part of a label."""
    return name.replace("_", "-").replace(".", "-")


def literal(name: str) -> str:
    """A name as Markdown that shows it character by character: "$5 or $10" -> "\\$5 or \\$10"."""
    return MARKUP.sub(r"\\\g<0>", name)


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 seed", "2,000 images"."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def part_of(part: int, whole: int, noun: str, plural: str | None = None) -> str:
    """Some of all: "all 12 images", "both images", "3 of 12 images", "none of 12 images", "the one image"."""
    if part == whole == 2:
        return f"both {plural or noun + 's'}"
    if part == whole:
        return f"the one {noun}" if whole == 1 else f"all {counted(whole, noun, plural)}"
    return f"{part or 'none'} of {counted(whole, noun, plural)}"


def capitalised(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def _signed(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")
