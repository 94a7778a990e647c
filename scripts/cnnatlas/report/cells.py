"""What stands in the cells of a study's tables, from the entries and pairs of comparison.json."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.evaluation.verdicts import SEEDS_NEEDED, enough
from cnnatlas.wording import interval, limit, points

FEW = 3  # variants that a sentence names one by one


def difference(found: Mapping, void: str | None) -> str:
    """A difference with its interval, bold where it is established; or that the comparison is void."""
    text = _signed(*(found[key] for key in ("difference", "low", "high")))
    return "void" if void else f"**{text}**" if found.get("verdict") else text


def matched(pair: Mapping) -> str:
    """After how many epochs a comparison's second side has the first one's best accuracy, against the first itself.

    Nothing of a warm start, whose epochs before are not counted.
    """
    if pair["void"] or pair["warm"] or pair["epochs_to_match"] is None:
        return "–"
    return f"{pair['epochs_to_match']:.3g}\u00a0against\u00a0{pair['epochs_to_best_a']:.3g}"


def corrected(splits: Mapping[str, dict]) -> str:
    """The corrected p of a comparison on each split, – where it has none there; "" where it has none at all."""
    found = [splits[split].get("p") for split in NAMES if split in splits]
    if all(p is None for p in found):
        return ""
    return ", ".join("–" if p is None else f"{p:.3f}" if p >= 0.0005 else "< 0.001" for p in found)


def testable(splits: Mapping[str, dict]) -> bool:
    """Whether differences on these splits have seeds enough for a verdict."""
    return all(enough(found["seeds"]) for found in splits.values())


def opposed(pairs: Sequence[Mapping]) -> tuple[int, int]:
    """In how many pairs the differences on validation and test have opposite signs, and how many are not void."""
    told = [[found["difference"] for found in pair["splits"].values()] for pair in pairs if not pair["void"]]
    return sum(min(differences) < 0 < max(differences) for differences in told), len(told)


def resampled(*compared: Mapping[str, dict]) -> str:
    """What the intervals of differences cover, of the splits of one or several comparisons."""
    tested = {testable(splits) for splits in compared}
    if len(tested) > 1:
        return f"over images, with {SEEDS_NEEDED} seeds or more over seeds too"
    return "over images and seeds" if tested == {True} else "over images only"


def curve_row(entry: Mapping, common: float) -> dict:
    """A variant's training curve in numbers; `common` is the loss that all reached."""
    return {
        "variant": entry["title"],
        "training loss": entry["loss"],
        "training accuracy": f"{100 * entry['accuracy']:.1f} %",
        "gap": points(entry["gap"]),
        "rises": f"{100 * entry['rises']:.0f} %",
        f"epochs to {common:.3f}": f"{entry['epochs_to_common']:.3g}{' from a warm start' if entry['start'] else ''}",
    }


def _signed(value: float, low: float, high: float) -> str:
    """A difference with its interval, in points and with true minus signs."""
    return f"{points(value)} [{limit(low)}, {limit(high)}]"


def marked(title: str, entry: Mapping) -> str:
    """A name in a table with the markers of a variant's flags, and how many of its trainings diverged."""
    marked = markers.marked(title, markers.names(entry["flags"]))
    if not entry["diverged"]:
        return marked
    count = "" if entry["seeds"] == 1 else f"{entry['diverged']} of {entry['seeds']} "
    return f"{marked} ({count}diverged)"


def training_images(images: Mapping[str, int]) -> str:
    """Numbers of training images by title in a sentence."""
    usual = _usual(images.values())
    others = [f"“{title}” on {number:,}" for title, number in images.items() if number != usual]
    return f"{'; '.join([f'Each was trained on {usual:,} images', *others])}."


def score(entry: Mapping, split: str, bold: bool) -> str | None:
    """An accuracy with its interval; None on a split that the variant was not scored on."""
    score = entry["accuracy"].get(split)
    text = interval(score["mean"], score["low"], score["high"]) if score else None
    return f"**{text}**" if bold else text


def differ(images: Collection[int]) -> bool:
    """Whether more numbers of images differ from the usual one than a sentence names."""
    return sum(number != _usual(images) for number in images) > FEW


def _usual(images: Iterable[int]) -> int:
    return Counter(images).most_common(1)[0][0]


def titled(entry: Mapping) -> str:
    """A variant in a table: its title in short, with its marks."""
    return marked(short(entry["title"]), entry)


def short(title: str) -> str:
    """The title of a trial without the values that were drawn for it, which the table of trials holds."""
    return title.partition(": ")[0]


def trial(label: str) -> int:
    """The number of a trial, by which texts name it, from its label "trial 5: dropout 0.1"."""
    return int(short(label).removeprefix("trial "))


def words(key: str) -> str:
    """The last part of a dotted key as a column's heading."""
    return key.split(".")[-1].replace("_", " ")


def without_empty(rows: list[dict]) -> list[dict]:
    """The rows without the columns that are empty in all of them."""
    kept = [column for column in rows[0] if any(row[column] != "" for row in rows)]
    return [{column: row[column] for column in kept} for row in rows]
