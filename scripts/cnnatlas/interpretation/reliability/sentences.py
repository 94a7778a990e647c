"""How reliable one network's attribution methods are, as rows of a table and as sentences.

Methods are not ranked; each is compared with a baseline that is independent of the network, and a difference is stated
only where its paired interval excludes zero. `results` are those of assessment.py by method, each with a `title`.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial

import numpy as np
from scipy import stats

from cnnatlas.interpretation.reliability.intervals import CONFIDENCE
from cnnatlas.wording import capitalised, counted, decimal, listing, percent, points

MEASURES = {"pointing": "pointing game", "energy": "energy", "iou": "IoU"}
BASELINES = {"centre_box": "centre box", "edges": "edges"}
GAMES = ("deletion", "insertion")
UNPLAYABLE = "deletion and insertion say nothing, as removing all pixels does not lower the true class's score"
UNLOCATED = "localisation is not tested, as the objects' outlines are not known"
SIMILARITY = {"rank": "rank correlation", "ssim": "SSIM"}


def rows(results: Mapping[str, Mapping]) -> list[dict]:
    """One row per method, with 95 % intervals; localisation only where the masks are known, with its baselines."""
    localised = any(result["localisation"] for result in results.values())
    table = [_row(result, localised) for result in results.values()]
    first = next(iter(results.values()))
    if first["localisation"]:
        for key, title in BASELINES.items():
            values = {label: decimal(first["localisation"][m][key]["value"]) for m, label in MEASURES.items()}
            table.append(_blank(table[0]) | {"method": title} | values)
    return table


def sentences(results: Mapping[str, Mapping]) -> list[str]:
    """All sentences: the conclusion, then localisation where masks are known, faithfulness, randomisation."""
    texts = [
        *(faithfulness_sentence(results, game) for game in GAMES if _playable(results)),
        randomisation_sentence(results),
        *([than_gradient_sentence(results)] if "gradient" in results else []),
        end_sentence(results),
    ]
    if all(result["localisation"] for result in results.values()):
        texts = [localisation_sentence(results, measure) for measure in MEASURES] + texts
    return [conclusion(results), *texts]


def conclusion(results: Mapping[str, Mapping]) -> str:
    """Which methods pass all tests, which each kind of them, which fail it, and of which that is undecided.

    Intervals of localisation and faithfulness are widened here, so that those of all methods and measures hold together
    (Bonferroni); the verdicts of randomisation are as they are.
    """
    located, playable = all(result["localisation"] for result in results.values()), _playable(results)
    missing = [] if playable else [UNPLAYABLE]
    missing += [] if located else [UNLOCATED]
    outcomes = {words: {name: test(each) for name, each in results.items()} for words, test in _tests(results).items()}
    parts = [
        _who(results, _with(found, True), verb) + rest + (_by_game if verb == "order" else _others)(results, found)
        for (verb, rest), found in outcomes.items()
    ]
    every = {name: _together([found[name] for found in outcomes.values()]) for name in results}
    first = _overall(results, every, f"every test{' that could be made' if missing else ''}")
    said = "; ".join([first, *parts, *missing])
    return f"Conclusion, by intervals that hold for all methods together: of these methods, {said}."


def _tests(results: Mapping[str, Mapping]) -> dict[tuple[str, str], Callable[[Mapping], bool | None]]:
    """The tests that can be made, each by the verb and the rest of its sentence."""
    tests: dict[tuple[str, str], Callable[[Mapping], bool | None]] = {}
    if all(result["localisation"] for result in results.values()):
        tests["find", " the object better than a centre box by some measure and worse by none"] = partial(
            _locates, comparisons=len(results) * len(MEASURES)
        )
    if _playable(results):
        tests["order", " pixels better than chance by deletion and insertion"] = partial(
            _orders, comparisons=len(results) * len(GAMES)
        )
    tests["pass", " the randomisation of the upper layers"] = _passes
    return tests


def _overall(results: Mapping[str, Mapping], outcomes: Mapping[str, bool | None], tests: str) -> str:
    """Who passes all tests, and how many of the others fail one or are undecided: few images leave much open."""
    passed, failed, open_ = (_with(outcomes, outcome) for outcome in (True, False, None))
    who = _who(results, passed, "pass") if passed else f"none of {len(results)} passes"
    counts = [f"{len(failed)} {'fails' if len(failed) == 1 else 'fail'} at least one"] if failed else []
    counts += [f"{len(open_)} {'is' if len(open_) == 1 else 'are'} undecided"] if open_ else []
    return f"{who} {tests}" + (f": {', '.join(counts)}" if counts else "")


def _others(results: Mapping[str, Mapping], outcomes: Mapping[str, bool | None]) -> str:
    """The methods that fail a test, and those that neither pass nor fail it, in brackets."""
    failed, open_ = _with(outcomes, False), _with(outcomes, None)
    if len(open_) == len(results):
        return " (all undecided)"
    groups = [
        f"{word}: {listing([results[name]['title'] for name in names])}"
        for word, names in (("failing", failed), ("undecided", open_)) if names
    ]  # fmt: skip
    return f" ({'; '.join(groups)})" if groups else ""


def _by_game(results: Mapping[str, Mapping], outcomes: Mapping[str, bool | None]) -> str:
    """Who is better or worse than chance by deletion, and by insertion; of the worse ones, by how much."""
    if all(outcomes.values()):
        return ""
    texts = []
    for game in GAMES:
        found = {name: _game(each, game, len(results) * len(GAMES)) for name, each in results.items()}
        better, worse, open_ = (_with(found, outcome) for outcome in (True, False, None))
        areas = {name: results[name]["faithfulness"][game]["than"]["difference"] for name in worse}
        named = [f"{results[name]['title']} ({'+' * (area > 0)}{decimal(area, 3)})" for name, area in areas.items()]
        groups = {"better": _all_of(results, better), "worse": listing(named) if named else ""}
        groups["undecided"] = _all_of(results, open_)
        texts.append(f"by {game} " + ", ".join(f"{word} with {names}" for word, names in groups.items() if names))
    return f": {'; '.join(texts)}"


def _with(outcomes: Mapping[str, bool | None], outcome: bool | None) -> list[str]:
    return [name for name, found in outcomes.items() if found is outcome]


def _together(outcomes: Collection[bool | None]) -> bool | None:
    """Of several tests: failed where one is, else undecided where one is."""
    return False if False in outcomes else None if None in outcomes else True


def _playable(results: Mapping[str, Mapping]) -> bool:
    """Whether the score of the true class falls from whole to empty images, so that orders of pixels can differ."""
    games = _one(results, lambda result: result["faithfulness"])
    deletion, insertion = (games[game]["random"]["curve"] for game in GAMES)  # the ends are those of every order
    return deletion[-1] < deletion[0] and insertion[-1] > insertion[0]


def _locates(result: Mapping, comparisons: int) -> bool | None:
    found = result["localisation"]
    than = [
        _widened(found[m]["centre_box"]["than"], found["images"], comparisons, 2 * (m == "pointing")) for m in MEASURES
    ]
    return False if any(high < 0 for _, high in than) else any(low > 0 for low, _ in than) or None


def _orders(result: Mapping, comparisons: int) -> bool | None:
    return _together([_game(result, game, comparisons) for game in GAMES])


def _game(result: Mapping, game: str, comparisons: int) -> bool | None:
    """Whether the order is better than chance by deletion, where less is better, or by insertion."""
    found = result["faithfulness"]
    low, high = _widened(found[game]["than"], found["images"], comparisons)
    better, worse = (high < 0, low > 0) if game == "deletion" else (low > 0, high < 0)
    return True if better else False if worse else None


def _widened(than: Mapping[str, float], images: int, comparisons: int, added: int = 0) -> tuple[float, float]:
    """A t interval over images, made so wide that those of so many comparisons hold together.

    `added` are values of opposite ends that the interval was given besides, as `intervals.difference` may: they sum to
    0, and move its middle towards it; one of its limits may be cut.
    """
    levels = 1 - (1 - CONFIDENCE) / (2 * np.array([1, comparisons]))
    alone, together = stats.t.ppf(levels, images + added - 1)
    middle = than["difference"] * images / (images + added)
    half = max(middle - than["low"], than["high"] - middle) * together / alone
    return middle - half, middle + half


def _passes(result: Mapping) -> bool | None:
    return {"passes": True, "fails": False}.get(result["randomisation"]["verdict"])


def _who(results: Mapping[str, Mapping], names: list[str], verb: str) -> str:
    """Methods with a verb: "none finds", "CAM passes", "CAM and occlusion pass"."""
    singular = f"{verb}es" if verb.endswith("s") else f"{verb}s"
    return f"{_named(results, names)} {verb if len(names) > 1 else singular}"


def _named(results: Mapping[str, Mapping], names: list[str]) -> str:
    """The titles of methods; of all but one or two, which these are."""
    others = [result["title"] for name, result in results.items() if name not in names]
    if len(names) > 2 * len(others) > 0:
        return f"all but {listing(others)}"
    return listing([results[name]["title"] for name in names]) if names else "none"


def _all_of(results: Mapping[str, Mapping], names: list[str]) -> str:
    """As `_named`, but "all", and "" for none."""
    return "all" if len(names) == len(results) else _named(results, names) if names else ""


def localisation_sentence(results: Mapping[str, Mapping], measure: str) -> str:
    """Which methods find the object better, by one measure, than each of the baselines."""
    images = _one(results, lambda result: result["localisation"]["images"])
    parts = []
    for key, title in BASELINES.items():
        found = _sorted(results, lambda result, key=key: result["localisation"][measure][key]["than"])
        parts.append(_groups(found, f"better than the {title}:", f"worse than the {title}:", f"from the {title}"))
    return f"{capitalised(MEASURES[measure])} on {counted(images, 'image')}: {'; '.join(parts)}."


def faithfulness_sentence(results: Mapping[str, Mapping], game: str) -> str:
    """Which methods order the pixels better than chance, by deletion or by insertion."""
    images = _one(results, lambda result: result["faithfulness"]["images"])
    sign, verb = (-1, "falls") if game == "deletion" else (1, "rises")
    found = _sorted(results, lambda result: result["faithfulness"][game]["than"], sign)
    words = [f"the score {verb} {how} than in random order with" for how in ("faster", "more slowly")]
    groups = _groups(found, *words, "from random order")
    return f"{capitalised(game)} on {counted(images, 'image')}: {groups}."


def randomisation_sentence(results: Mapping[str, Mapping]) -> str:
    """Which methods' maps survive when the upper half of the layers is randomised."""
    parts = [result["randomisation"] for result in results.values()]
    upper, total = parts[0]["counts"][parts[0]["half"]], len(parts[0]["layers"])
    start = f"With the last {upper} of {total} layers randomised ({counted(parts[0]['images'], 'image')}), "
    ends = {
        "fails": (
            "keeps more than half of its similarity and fails",
            "keep more than half of their similarity and fail",
        ),
        "passes": ("keeps less than half and passes", "keep less than half and pass"),
        "undecided": (
            "is undecided, as its shares are not both clearly below or above half",
            "are undecided, as their shares are not both clearly below or above half",
        ),
    }
    texts = []
    for verdict, (one, several) in ends.items():
        shares = [_share(result) for result in results.values() if result["randomisation"]["verdict"] == verdict]
        if shares:
            texts.append(f"{listing(shares)} {one if len(shares) == 1 else several}")
    return start + "; ".join(texts) + "; shares by rank correlation and by SSIM."


def than_gradient_sentence(results: Mapping[str, Mapping]) -> str:
    """Which methods keep more similarity than the plain gradient, as Adebayo et al. (1810.03292) saw of guided ones.

    Only where the two intervals lie apart, which asks for more than an interval of the difference would.
    """
    plain = results["gradient"]["randomisation"]
    found: dict[str, list[str]] = {}
    for result in results.values():
        kept = result["randomisation"]
        more = [label for key, label in SIMILARITY.items() if kept[key]["kept"]["low"] > plain[key]["kept"]["high"]]
        if more:
            by = "both measures" if len(more) == len(SIMILARITY) else more[0]
            found.setdefault(by, []).append(_share(result))
    start = f"Of the plain gradient ({_kept(results['gradient'])} kept) the intervals lie below those of "
    if not found:
        return start + "no other method."
    return start + "; ".join(f"{listing(names)} by {by}" for by, names in found.items()) + "."


def end_sentence(results: Mapping[str, Mapping]) -> str:
    """Which methods' maps are still similar to the original ones when every layer is randomised."""
    similar = [
        result["title"] for result in results.values()
        if all(result["randomisation"][measure]["end"]["low"] > 0 for measure in SIMILARITY)
    ]  # fmt: skip
    start = "With all layers randomised, "
    if not similar:
        return (
            f"{start}no method's maps are by both measures more similar to the original ones than another image's maps."
        )
    return (
        f"{start}maps of {listing(similar)} are still more similar to the original ones "
        "than another image's maps, by both measures: that part of them shows the image."
    )


def _row(result: Mapping, localised: bool) -> dict:
    row = {"method": result["title"]}
    if localised:
        found = result["localisation"]
        row |= {label: _interval(found[key]) if found else "" for key, label in MEASURES.items()}
    row |= {game: _difference(result["faithfulness"][game]["than"]) for game in GAMES}
    kept = {f"kept, {label}": result["randomisation"][key]["kept"] for key, label in SIMILARITY.items()}
    row |= {
        label: f"{percent(share['value'], 0)} [{points(share['low'], 0)}, {points(share['high'], 0)}]"
        for label, share in kept.items()
    }
    return row | {"randomisation": result["randomisation"]["verdict"]}


def _blank(row: Mapping) -> dict:
    return dict.fromkeys(row, "")


def _interval(found: Mapping[str, float], digits: int = 2) -> str:
    value, low, high = (decimal(found[key], digits) for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _difference(than: Mapping[str, float]) -> str:
    """An area under a curve less that of random order."""
    return _interval({"value": than["difference"]} | than, 3)


def _share(result: Mapping) -> str:
    return f"{result['title']} ({_kept(result)})"


def _kept(result: Mapping) -> str:
    return listing([percent(result["randomisation"][measure]["kept"]["value"], 0) for measure in SIMILARITY])


def _sorted(results: Mapping, difference: Callable[[Mapping], Mapping], sign: int = 1) -> dict[str, list[str]]:
    """Titles of the methods whose paired difference is above zero, below it, or not significantly different from it."""
    found: dict[str, list[str]] = {"above": [], "below": [], "neither": []}
    for result in results.values():
        low, high = sorted(sign * difference(result)[key] for key in ("low", "high"))
        found["above" if low > 0 else "below" if high < 0 else "neither"].append(result["title"])
    return found


def _groups(found: Mapping[str, list[str]], above: str, below: str, apart: str) -> str:
    """The three groups, without empty ones."""
    texts = [f"{words} {listing(found[key])}" for key, words in (("above", above), ("below", below)) if found[key]]
    if found["neither"]:
        texts.append(f"no difference {apart} shown for {listing(found['neither'])}")
    return ", ".join(texts)


def _one(results: Mapping, value: Callable[[Mapping], int]) -> int:
    """A value that all results of a network share."""
    return value(next(iter(results.values())))
