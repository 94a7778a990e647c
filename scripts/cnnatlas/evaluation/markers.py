"""How the flags of trainings (cnnatlas.evaluation.flags) are summarised over seeds and shown in tables and figures."""

from collections.abc import Mapping, Sequence

from cnnatlas.wording import listing

MARKERS = {"undertrained": "†", "at chance": "‡", "collapsed": "§", "narrow": "¶"}
VOID = ("at chance", "collapsed")  # with either, neither a comparison nor an interpretation means anything


def of_seeds(runs: Mapping[int, Sequence[Mapping[str, str]]]) -> list[dict]:
    """The flags of a variant from those of its trainings, by seed: {flag, sentence, seeds}, the number that have it."""
    found = []
    for flag in MARKERS:
        flagged = {seed: own["sentence"] for seed, flags in runs.items() for own in flags if own["flag"] == flag}
        if flagged:
            found.append({"flag": flag, "sentence": _over_seeds(flagged, len(runs)), "seeds": len(flagged)})
    return found


def names(flags: Sequence[Mapping[str, str]]) -> str:
    """The names of flags as one field of a table: "undertrained, at chance"."""
    return ", ".join(each["flag"] for each in flags)


def marked(title: str, names: str) -> str:
    """A title followed by the markers of the flags that are named: "LeNet-5 †‡"."""
    return f"{title} {''.join(marker for flag, marker in MARKERS.items() if flag in names)}".rstrip()


def of(entry: Mapping) -> str:
    """The markers of a variant's flags, after a space, for the end of its name or of a number of it: " †‡" or ""."""
    return marked("", names(entry["flags"]))


def legend(names: str) -> str:
    """The meaning of the markers of the flags that are named: "† undertrained, ‡ at chance"."""
    return ", ".join(f"{marker} {flag}" for flag, marker in MARKERS.items() if flag in names)


def lifeless(entries: Sequence[Mapping]) -> str:
    """Which of these variants learned nothing, in words: "“Base” is at chance"; "" where all learned something."""
    found = {entry["title"].partition(": ")[0]: void_flags(entry) for entry in entries if void_flags(entry)}
    flags = dict.fromkeys(flag["flag"] for own in found.values() for flag in own)
    titles = [f"“{title}”" for title in found]
    if len(titles) < 2:
        return f"{titles[0]} is {' and '.join(flags)}" if titles else ""
    return f"{listing(titles)} are {' or '.join(flags)}"


def void_flags(entry: Mapping) -> list[Mapping]:
    """The flags of VOID that half of a variant's seeds have, or more."""
    return [flag for flag in entry["flags"] if flag["flag"] in VOID and 2 * flag["seeds"] >= entry["seeds"]]


def remark(entry: Mapping) -> str:
    """The flags of a variant's summary as a sentence that follows one on it: "It is undertrained."; often empty."""
    several = entry["seeds"] > 1
    stated = [
        f"{flag['flag']} with {flag['seeds']} of {entry['seeds']} seeds" if several else flag["flag"]
        for flag in entry["flags"]
    ]
    return f"It is {listing(stated)}." if stated else ""


def _over_seeds(sentences: Mapping[int, str], seeds: int) -> str:
    """One seed's sentence, or of several how many have the flag, and the first one's sentence as an example."""
    seed, sentence = next(iter(sentences.items()))
    if seeds == 1:
        return sentence
    return sentence.replace(":", f" with {len(sentences)} of {seeds} seeds; with seed {seed},", 1)
