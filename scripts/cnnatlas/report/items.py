"""The study's items: what was asked for, the labels of the report that answer it, and how far this run answers it."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from cnnatlas.configuration import strict_yaml
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.verdicts import SEEDS_NEEDED
from cnnatlas.wording import counted, listing

REQUIRED = {"id": str, "text": str, "answered_by": list}
OPTIONAL = {"compared": list, "data": list, "pretrained": list, "substitute": str, "tests": list, "verdict": bool}
KINDS = {list: "a list of texts, [...], each once", str: "a text, in quotes", bool: "true or false"}
THEORY = ("B1", "C0")  # how the ids of items begin that ask for reasons and derivations
OTHERWISE = ("substituted", "reduced", "partly", "undecided", "void")  # kinds of answers that are not as asked
MARKS = {"substituted": "s", "reduced": "r"}
ALL_VOID = "every comparison is of networks at chance or collapsed"
LESS = {
    "epochs": "fewer epochs",
    "per_class": "fewer images per class",
    "resolution": "lower resolution",
    "train_images": "fewer training images",
}


def read_items(path: Path | str) -> list[dict]:
    """The items of config/items.yaml, whose header explains the keys; raises AtlasError on others or equal ids."""
    document, seen = strict_yaml.load(path, listed=True), set()
    for number, item in enumerate(document.content):
        where = document.where((number,))
        _check(item, where)
        if item["id"] in seen:
            raise AtlasError(f"{where}: item {item['id']} is listed twice; keep one")
        seen.add(item["id"])
    return document.content


def _check(item: object, where: str) -> None:
    if not isinstance(item, dict) or not set(REQUIRED) <= set(item) <= {*REQUIRED, *OPTIONAL}:
        raise AtlasError(
            f"{where}: an item has id, text and answered_by, a list of labels, and it may have "
            f"{listing(sorted(OPTIONAL))}; this one is {item}"
        )
    for key, kind in (REQUIRED | OPTIONAL).items():
        if key in item and not _is_a(kind, item[key]) and not (key in OPTIONAL and item[key] == []):
            raise AtlasError(f"{where}: `{key}` of item {item['id']} is {item[key]!r}; write {KINDS[kind]}")


def _is_a(kind: type, value: object) -> bool:
    """Whether a value is of a kind; texts and lists are not empty, and lists are of texts, each once."""
    if kind is list:
        texts = isinstance(value, list) and all(_is_a(str, each) for each in value)
        return texts and len(value) == len(set(value)) > 0
    return isinstance(value, kind) and (kind is not str or bool(value.strip()))


def gaps(item: Mapping, facts: Mapping, comparisons: Mapping[str, Mapping]) -> dict[str, list[str]]:
    """Why a run does not answer an item as asked: the reasons by status, without those that have none.

    `facts` are those of the reading `items`, `comparisons` the comparison.json of each study. What was replaced comes
    before what was not decided, or in part only, and that before what was done on a smaller scale. Raises AtlasError
    where an item needs a verdict and no study answers it.
    """
    studies = {name: study for name, study in facts["answering"].items() if item["id"] in study["items"]}
    if item.get("verdict") and not studies:
        raise AtlasError(f"item {item['id']} needs a verdict, but no file of config/studies lists it under `items`")
    found = [each for name in studies for each in contrasts(comparisons[name], item.get("compared", ["*"]))]
    reasons = {
        "substituted": _substituted(item, studies.values(), facts),
        **(_undecided(found) if item.get("verdict") else {}),
        "reduced": _reduced(item, studies.values(), facts),
    }
    return {status: given for status, given in reasons.items() if given}


def spans(chosen: Iterable[str], known: Sequence[str]) -> str:
    """Ids of items in few words: three or more that follow each other in `known` as the first and the last."""
    runs: list[list[str]] = []
    for position, item in enumerate(known):
        if item in set(chosen):
            follows = runs and position and runs[-1][-1] == known[position - 1]
            runs[-1].append(item) if follows else runs.append([item])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def strength(item: Mapping, answer: str, found: Mapping[str, Sequence[str]], stated: bool = False) -> str:
    """How strong an answer is, with marks for what was substituted or reduced; `found` as `gaps` returns it.

    `stated` is an answer that holds in every run.
    """
    if answer.startswith("void") or ALL_VOID in found.get("undecided", ()):
        kind = "void"
    elif item.get("verdict"):
        kind = next((status for status in ("partly", "undecided") if status in found), "decided")
    elif "tests" in item:
        kind = "tests"
    else:
        kind = "theory" if item["id"].startswith(THEORY) else "stated" if stated else "shown"
    marks = [mark for status, mark in MARKS.items() if status in found]
    return kind + (f"^{','.join(marks)}^" if marks else "")


def tally(items: Sequence[Mapping], answers: Mapping[str, str], found: Mapping[str, Mapping]) -> str:
    """How many items are answered as asked, and how many are of each other kind; `found`: the gaps of each, by id."""
    kinds = [_kinds(item, answers[item["id"]], found[item["id"]]) for item in items]
    words = {"partly": "partly decided"}
    numbers = [f"{sum(kind in own for own in kinds)} {words.get(kind, kind)}" for kind in OTHERWISE]
    return f"{counted(len(items), 'item')}: {listing([f'{kinds.count(set())} answered as asked', *numbers])}"


def _kinds(item: Mapping, answer: str, found: Mapping[str, Sequence[str]]) -> set[str]:
    """What an answer is other than as asked; a void one is not undecided besides."""
    void = strength(item, answer, found).startswith("void")
    return {*found, "void"} - {"partly", "undecided"} if void else set(found)


def _substituted(item: Mapping, studies: Iterable[Mapping], facts: Mapping) -> list[str]:
    drawn = [facts["data_titles"][name] for name in facts["drawn"] if name in _used(item, studies)]
    bases = sorted({tuple(pair) for study in studies for pair in study["bases"]})
    own = [role for role in item.get("pretrained", ()) if not facts["published"][role]]
    return [
        *([item["substitute"]] if "substitute" in item else []),
        *([f"drawn images instead of {listing(drawn)}"] if drawn else []),
        *(f"base `{taken}` instead of `{asked}`" for asked, taken in bases),
        *(
            ["no second network from ImageNet" if own == ["second"] else "no pretrained network from ImageNet"]
            if own
            else []
        ),
    ]


def _used(item: Mapping, studies: Iterable[Mapping]) -> set[str]:
    """The data sets that an item is about, by its own account or by its studies'."""
    return {name for study in studies for name in study["data"]} | set(item.get("data", ()))


def contrasts(comparison: Mapping, asked: Sequence[str] = ("*",)) -> list[Mapping]:
    """What of a study is asked for, by patterns: pairs by their second side, effects of its factorial by name."""
    pairs = [(pair["b"], pair) for pair in comparison["pairs"]]
    effects = [(each["effect"], each) for each in (comparison["factorial"] or {"effects": []})["effects"]]
    return [each for name, each in [*pairs, *effects] if any(fnmatchcase(name, pattern) for pattern in asked)]


def decidable(compared: Iterable[Mapping]) -> list[Mapping]:
    """The comparisons that a test can decide: not those of what validation chose, where there is no other split."""
    return [each for each in compared if not each.get("selected") or len(each["splits"]) > 1]


def established(compared: Mapping) -> bool:
    """Whether a comparison has a verdict on some split."""
    return not compared["void"] and any(split["verdict"] for split in compared["splits"].values())


def _undecided(compared: Sequence[Mapping]) -> dict[str, list[str]]:
    """Why not each of these comparisons has a verdict on some split: under `partly` where some have one."""
    compared = decidable(compared) or compared
    verdicts = [established(each) for each in compared]
    if not compared:
        return {"undecided": ["nothing is compared"]}
    if all(verdicts):
        return {}
    if any(verdicts):
        told = f"{sum(verdicts)} of {counted(len(compared), 'comparison')} established"
        return {"partly": [told, *_hindered(compared)]}
    return {"undecided": _hindered(compared) or ["no difference is established"]}


def _hindered(compared: Sequence[Mapping]) -> list[str]:
    """Why some of these comparisons could have no verdict: too few seeds, networks at chance or collapsed."""
    found = [split for each in compared for split in each["splits"].values()]
    seeds = min((split["seeds"] for split in found), default=SEEDS_NEEDED)
    void = sum(each["void"] is not None for each in compared)
    if void and void == len(compared):
        return [ALL_VOID]
    return [
        *([f"{counted(seeds, 'seed')}, where a verdict needs {SEEDS_NEEDED}"] if seeds < SEEDS_NEEDED else []),
        *([f"{counted(void, 'comparison')} of networks at chance or collapsed"] if void else []),
    ]


def _reduced(item: Mapping, studies: Iterable[Mapping], facts: Mapping) -> list[str]:
    keys = {key for study in studies for key in study["reduced"]}
    keys |= {"per_class"} if _used(item, studies) & set(facts["fewer"]) else set()
    return [f"{listing([LESS[key] for key in sorted(keys)])} than in the full study"] if keys else []
