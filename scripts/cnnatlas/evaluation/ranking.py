"""Which member of a sweep or search is chosen: the one with the highest validation accuracy."""

from collections.abc import Mapping, Sequence

OTHERS = "others"  # the group of all variants that a study's final one is compared with, in `best(others)`


def best(entries: Sequence[Mapping]) -> dict:
    """The group's members by mean validation accuracy, the highest first; of equal members the earlier one first.

    `entries` are the members' summaries. Returns `variant`, the chosen one's name, and `ranking`: [{rank, variant,
    title, accuracy, diverged}]. Its test accuracy is reported, and plays no part in the selection.
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
    }
