"""Accuracies of a study's variants with their intervals."""

from collections.abc import Mapping, Sequence
from textwrap import fill

from matplotlib.figure import Figure

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style
from cnnatlas.tables import number

OFFSETS = {"train": -0.22, "validation": 0.0, "test": 0.22}


def draw(rows: Sequence[Mapping[str, str]]) -> Figure:
    """A dot per variant and split with its 95 % interval, from the rows of comparison.csv, in their order.

    Markers of a variant's flags follow its title.
    """
    splits = [split for split in OFFSETS if any(row[f"{split}_accuracy"] for row in rows)]
    titles = [fill(markers.marked(row["title"], row["flags"]), 34) for row in rows]
    drawn = style.figure(0.75 + 0.42 * len(rows))
    axes = drawn.subplots()
    for split in splits:
        means, lows, highs = (
            [100 * number(row[f"{split}_{key}"]) for row in rows] for key in ("accuracy", "low", "high")
        )
        errors = [[m - v for m, v in zip(means, lows, strict=True)], [v - m for m, v in zip(means, highs, strict=True)]]
        axes.errorbar(means, [i + OFFSETS[split] for i in range(len(rows))], xerr=errors, fmt="o", markersize=4,
                      color=style.SPLIT_COLOURS[split], elinewidth=1, label=NAMES[split])  # fmt: skip
    axes.set_yticks(range(len(rows)), titles)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    kinds = {"Wilson": "Wilson, over images", "t": "Student’s t, over seeds"}
    used = "; ".join(kinds[kind] for kind in dict.fromkeys(row["interval"] for row in rows))
    axes.set_xlabel(f"accuracy / %, 95 % interval ({used})")
    drawn.legend(loc="outside upper center", ncols=len(splits))
    return drawn
