"""What the theory chapters show of answers.json: values, matrices as formulas, and the table of second computations."""

from collections.abc import Mapping, Sequence

from cnnatlas.report.authoring import Results

FILE = "foundations/theory/answers.json"


class Theory:
    """The answers of one run."""

    def __init__(self, results: Results):
        self.results = results
        self.entries: Mapping[str, Mapping] = results.json(FILE)

    def value(self, name: str):
        """An answer: a number, or nested lists."""
        return self.entries[name]["value"]

    def matrix(self, name: str) -> str:
        """A matrix as TeX."""
        return matrix(self.value(name))

    def shape(self, name: str) -> str:
        """A size along several axes as a formula."""
        return f"${' × '.join(map(str, self.value(name)))}$"

    def checks(self, question: str, label: str) -> None:
        """The table of all answers whose name begins with `question`: how computed, against what, how far apart."""
        groups: dict[tuple[str, str, str], list[Mapping]] = {}
        for name, entry in self.entries.items():
            if name.startswith(question):
                groups.setdefault((item(name), entry["how"], entry["against"]), []).append(entry)
        rows = [
            {
                "item": where,
                "computed by": how,
                "checked against": against,
                "numbers": sum(size(entry["value"]) for entry in entries),
                "largest difference": max(entry["difference"] for entry in entries),
            }
            for (where, how, against), entries in sorted(groups.items(), key=lambda group: _order(group[0][0]))
        ]
        caption = (
            "Every computed answer of this chapter and its second computation: numbers compared, and their largest "
            "absolute difference. Integers must agree exactly, others but for rounding, or the build stops."
        )
        self.results.table(rows, label, caption, formats={"largest difference": ".1g"}, source=FILE)


def matrix(rows: Sequence[Sequence]) -> str:
    """TeX of a matrix of numbers or of TeX; whole numbers without a point."""
    body = r" \\ ".join(" & ".join(map(_entry, row)) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def power_of_ten(value: float) -> str:
    """A number of any size as a formula, with two digits: $70$, $2.4 \\times 10^{-14}$."""
    mantissa, _, exponent = f"{value:.2g}".partition("e")
    return f"${mantissa}$" if not exponent else rf"${mantissa} \times 10^{{{int(exponent)}}}$"


def item(name: str) -> str:
    """The mission's item that an answer belongs to: b1a_shift is of B1a, c0_12_before of C0.12."""
    head, number = name.split("_")[:2]
    return f"C0.{number}" if head == "c0" else head[0].upper() + head[1:]


def size(value: object) -> int:
    """How many numbers a nested list holds."""
    return sum(map(size, value)) if isinstance(value, list) else 1


def _entry(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _order(name: str) -> tuple[str, int]:
    letter, _, number = name.partition(".")
    return letter, int(number or 0)
