"""What one network recognises better than another, class by class (D2.3)."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.evaluation import gains
from cnnatlas.figures import style
from cnnatlas.tables import number

ENDS = 10  # of many classes, so many from each end
CELLS = 6


def draw(
    classes: Sequence[Mapping[str, str]], cells: Sequence[Mapping[str, str]], places: Sequence[int | None] = (0, 1)
) -> Figure:
    """Gain in recall per class with its 95 % interval (left); the confusions that decreased and increased most (right).

    `classes` and `cells` are one pair's rows of gains.csv and confusions.csv, `places` those of both variants among the
    study's, which give their colours. Of more than 2 ENDS classes, the ENDS with the largest and the ENDS with the
    smallest gains are shown; classes of a single image never. A class with a verdict has the colour of the better one,
    and so has a confusion.
    """
    told = gains.told(classes)
    if not told:
        return style.note(f"no class has {gains.FEWEST} images or more")
    shown = told if len(told) <= 2 * ENDS else [*told[:ENDS], *told[-ENDS:]]
    before, after = (style.line(place)[0] for place in places)
    drawn = style.figure(max(2.4, 0.8 + 0.19 * len(shown)))
    left, right = drawn.subplots(1, 2)
    _recalls(left, shown, len(told), {"higher": after, "lower": before})
    _confusions(right, cells, {True: after, False: before})
    return drawn


def _recalls(axes: Axes, shown: Sequence[Mapping[str, str]], total: int, colours: Mapping[str, str]) -> None:
    for i, row in enumerate(shown):
        gain, low, high = (100 * number(row[key]) for key in ("gain", "low", "high"))
        errors = [[gain - min(low, gain)], [max(high, gain) - gain]]
        axes.errorbar(gain, i, xerr=errors, fmt="o", markersize=4, color=colours.get(row["verdict"], style.GREY),
                      elinewidth=1)  # fmt: skip
    axes.axvline(0, color="black", linewidth=0.6)
    if len(shown) < total:
        axes.axhline(ENDS - 0.5, color=style.GREY, linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(shown)), [style.readable(row["class"]) for row in shown])
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    over = "over images and seeds" if shown[0]["p"] else "over images only"
    axes.set_xlabel(f"gain in recall / points, 95 % interval\n({over})")
    axes.set_title(
        f"all {total} classes" if len(shown) == total else f"{ENDS} largest and smallest gains of {total} classes"
    )


def _confusions(axes: Axes, cells: Sequence[Mapping[str, str]], colours: Mapping[bool, str]) -> None:
    cells = gains.told(cells)
    shrunk = [cell for cell in cells if number(cell["change"]) < 0][:CELLS]
    grown = [cell for cell in cells if number(cell["change"]) > 0][-CELLS:]
    shown = [*shrunk, *grown]
    for i, cell in enumerate(shown):
        change = number(cell["change"])
        axes.barh(i, change, color=colours[change < 0], height=0.65)
    axes.axvline(0, color="black", linewidth=0.6)
    names = [f"{style.readable(cell['class'])} → {style.readable(cell['prediction'])}" for cell in shown]
    axes.set_yticks(range(len(shown)), names)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("change in mistaken images")
    axes.set_title("confusions that changed most")
