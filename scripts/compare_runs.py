"""Two runs' accuracies side by side: with intervals, their differences, and what else differs.

make compare A=results/embedded B=../other/results/embedded
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import between_runs
from cnnatlas.evaluation.between_runs import Difference, Results
from cnnatlas.evaluation.verdicts import SEEDS_NEEDED
from cnnatlas.wording import counted, interval, points
from cnnatlas.workflow.verification import RECORDED

HEADER = ("variant", "split", "seeds", "A, %", "B, %", "B - A, points", "verdict")
LEGEND = f"""Intervals are 95 %. Of an accuracy: Wilson's over the images for one seed, Student's t over several seeds.
Of a difference: over the images, taken as independent samples, and over seeds too where the runs share {SEEDS_NEEDED}
or more; fewer give no verdict. Verdicts (B is higher or lower) are corrected over all rows that can have one.
Both runs are taken to have the same images where these are as many."""
NAMED = 4  # variants that a line lists before it counts the others


def compared(a: Results, b: Results) -> Iterator[str]:
    """The lines that `make compare` prints. Raises AtlasError where the runs share no variant."""
    found = between_runs.differences(a, b)
    if not found:
        raise AtlasError(f"{a.folder} and {b.folder} share no variant that both evaluated; compare runs of one study")
    yield from (f"A: {a.folder}", f"B: {b.folder}", "")
    yield from _aligned([HEADER, *map(_row, found)])
    yield from ("", LEGEND, "")
    for name, own, other in (("A", a, b), ("B", b, a)):
        if only := [variant for variant in own.variants if variant not in other.variants]:
            yield f"only in {name}: {', '.join(only)}"
    yield from _settings(a, b)
    for key, *values in between_runs.unequal_machines(a, b, RECORDED):
        yield "{}: {} in A, {} in B".format(RECORDED[key], *(" and ".join(side) or "not recorded" for side in values))


def _row(found: Difference) -> tuple[str, ...]:
    seeds = "{} and {}".format(*found.seeds) if len(set(found.seeds)) > 1 else str(found.seeds[0])
    ends = f"[{points(found.low)}, {points(found.high)}]"
    return (
        *(found.variant, found.split, seeds, interval(*found.a), interval(*found.b)),
        *(f"{points(found.difference)} {ends}", found.verdict or found.reason),
    )


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _settings(a: Results, b: Results) -> Iterator[str]:
    """A line for each difference between the settings of the variants that both runs have."""
    shared = [variant for variant in a.records if variant in b.records]
    found = between_runs.unequal_settings(a, b)
    if shared and not found:
        yield f"the settings of {counted(len(shared), 'shared variant')} do not differ, but for the seeds"
    for each, variants in found.items():
        named = ", ".join(variants[:NAMED]) + (f" and {len(variants) - NAMED} more" if len(variants) > NAMED else "")
        of = "every shared variant" if len(variants) == len(shared) else named
        yield f"{each.key}: {each.a} in A, {each.b} in B, of {of}"


def main() -> None:
    """Print the comparison, or one line of what is wrong."""
    try:
        print(*compared(*(between_runs.read(Path(folder)) for folder in sys.argv[1:])), sep="\n")
    except AtlasError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
