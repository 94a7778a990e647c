"""Which member of a sweep or search is chosen: the one with the highest validation accuracy."""

from collections.abc import Mapping, Sequence

from cnnatlas.evaluation import markers
from cnnatlas.wording import percent

OTHERS = "others"  # the group of all variants that a study's final one is compared with, in `best(others)`


def best(entries: Sequence[Mapping]) -> dict:
    """The group's members by mean validation accuracy, the highest first; of equal members the earlier one first.

    `entries` are the members' summaries. Returns `variant`, the chosen one's name, `ranking`: [{rank, variant, title,
    accuracy, diverged}] and `sentence`. Its test accuracy is reported, and plays no part in the selection.
    """
    ordered = sorted(entries, key=lambda entry: -entry["accuracy"]["validation"]["mean"])
    return {
        "variant": ordered[0]["variant"],
        "ranking": [
            {
                "rank": rank,
                "variant": entry["variant"],
                "title": entry["title"],
                "accuracy": entry["accuracy"]["validation"],
                "diverged": entry["diverged"],
            }
            for rank, entry in enumerate(ordered, 1)
        ],
        "sentence": _sentence(ordered),
    }


def _sentence(ordered: Sequence[Mapping]) -> str:
    winner = ordered[0]["accuracy"]
    parts = [
        f"Of {len(ordered)} variants, “{ordered[0]['title']}” has the highest validation accuracy and is chosen by it "
        f"alone: {_scored(winner['validation'])}."
    ]
    diverged = sum(entry["diverged"] > 0 for entry in ordered)
    if diverged:
        parts.append(f"{diverged} of them diverged, and {'counts' if diverged == 1 else 'count'} with the last finite "
                    "weights.")  # fmt: skip
    if len(ordered) > 1:
        parts.append(_optimism(winner))
    return " ".join(filter(None, [*parts, markers.remark(ordered[0])]))


def _optimism(accuracy: Mapping) -> str:
    if "test" not in accuracy:
        return (
            "There is no test split, and this accuracy selected it among them: as an estimate for new images it is "
            "optimistic."
        )
    return (
        "It was selected by that accuracy, which is therefore optimistic; on the test split its accuracy is "
        f"{_scored(accuracy['test'])}."
    )


def _scored(value: Mapping) -> str:
    return f"{percent(value['mean'])} (95 % interval {percent(value['low'])} to {percent(value['high'])})"
