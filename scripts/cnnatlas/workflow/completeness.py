"""Whether every file that a run asks for has a rule: all that depends on how Snakemake 9.27 keeps its rules.

Where no rule makes a file, or an input function raises, Snakemake takes the file of an earlier run for a source. There
is nothing to be done then, now and after any edit, although the run could not be made anew.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from snakemake.exceptions import InputFunctionException
from snakemake.io import is_flagged
from snakemake.output_index import OutputIndex
from snakemake.rules import Rule

from cnnatlas.errors import AtlasError

MADE = ("results", "resources")


def check(rules: Iterable[Rule], targets: Iterable[str]) -> None:
    """Follow the jobs of a run from its targets back to its sources, as Snakemake will.

    Raises AtlasError for the first file below MADE that no rule makes, and whatever an input function raises.
    """
    index, seen, jobs = OutputIndex(list(rules)), set(), set()
    pending = [("all", target) for target in targets]
    while pending:
        reader, file = pending.pop()
        if file in seen or Path(file).parts[0] not in MADE or is_flagged(file, "local"):  # local: images of the user
            continue
        seen.add(file)
        makers = index.match_producers(file)
        if not makers:
            raise AtlasError(f"{file}: rule `{reader}` reads it, and no rule makes it; correct its name, or add a rule")
        for rule in makers:
            wildcards = rule.get_wildcards(file)
            job = (rule.name, *wildcards.values())
            pending += [] if job in jobs else [(rule.name, wanted) for wanted in _inputs(rule, wildcards)]
            jobs.add(job)


def _inputs(rule: Rule, wildcards: dict[str, str]) -> Iterator[str]:
    try:
        yield from rule.expand_input(wildcards)[0]
    except InputFunctionException as error:
        if isinstance(error.__context__, AtlasError):
            raise error.__context__ from None
        raise
