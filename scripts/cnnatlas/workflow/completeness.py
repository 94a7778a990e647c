"""Whether every file that a run asks for has a rule: all that depends on how Snakemake 9.27 keeps its rules.

Where no rule makes a file, or an input function raises, Snakemake takes the file of an earlier run for a source. There
is nothing to be done then, now and after any edit, although the run could not be made anew. And a target that no rule
makes it names without a word about the one that was meant.
"""

import difflib
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from snakemake.cli import get_argument_parser
from snakemake.exceptions import InputFunctionException
from snakemake.io import is_flagged
from snakemake.output_index import OutputIndex
from snakemake.rules import Rule

from cnnatlas.errors import AtlasError

MADE = ("results", "resources")
PROGRAM = "snakemake"


def check(rules: Iterable[Rule], targets: Iterable[str]) -> set[str]:
    """Follow the jobs of a run from its targets back to its sources, as Snakemake will; return the files below MADE.

    Raises AtlasError for the first of them that no rule makes, and whatever an input function raises.
    """
    index, seen, jobs = OutputIndex(list(rules)), set(), set()
    pending = [("all", target) for target in targets]
    while pending:
        reader, file = pending.pop()
        if file in seen or not _made(file) or is_flagged(file, "local"):  # local: images of the user
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
    return seen


def check_typed(rules: Iterable[Rule], files: Collection[str], command: Sequence[str]) -> None:
    """Raises AtlasError where a command, as in sys.argv, names what is neither a rule nor a file that a rule makes.

    `files` are those of the run, of which the closest one is suggested. Snakemake reads what is named only after the
    rules, and has no place between that and its own refusal.
    """
    if PROGRAM not in Path(command[0]).parts[-2:]:  # a program of somebody else's that uses Snakemake
        return
    index, known = OutputIndex(list(rules)), {rule.name for rule in rules}
    given, _ = get_argument_parser().parse_known_args(command[1:])
    for typed in sorted({*given.targets, *given.forcerun, *given.until, *given.omit_from}):
        if typed not in known and not index.match_producers(os.path.normpath(typed)):
            raise AtlasError(f"{typed}: no rule makes it{_hint(os.path.normpath(typed), known, files)}")


def _made(file: str) -> bool:
    """Whether a file is of a run, or of its data, and no source."""
    return any(Path(file).is_relative_to(folder) for folder in MADE)


def _hint(file: str, rules: Collection[str], files: Collection[str]) -> str:
    """The other run that a file is of; or the closest name, or the closest file of the same name elsewhere."""
    folders = sorted({"/".join(Path(each).parts[:2]) for each in files})
    if _made(file) and not file.startswith(tuple(f"{folder}/" for folder in folders)):
        return f"; this run's files are below {' and '.join(folders)}: name the --configfile of the other run"
    named = {Path(each).name: each for each in sorted(files, reverse=True)}
    close = difflib.get_close_matches(file, sorted({*rules, *files}), n=1)
    close = close or [named[each] for each in difflib.get_close_matches(Path(file).name, named, n=1)]
    return f"; did you mean `{close[0]}`?" if close else "; name a file, or all, data, models or check"


def _inputs(rule: Rule, wildcards: dict[str, str]) -> Iterator[str]:
    try:
        yield from rule.expand_input(wildcards)[0]
    except InputFunctionException as error:
        if isinstance(error.__context__, AtlasError):
            raise error.__context__ from None
        raise
