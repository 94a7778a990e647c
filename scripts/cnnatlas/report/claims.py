"""What saved results say in a clause: accuracies, differences, and sentences of interpretations, for the answers."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from cnnatlas import tables
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import markers
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.files import read_json
from cnnatlas.report.authoring import Results
from cnnatlas.wording import counted, interval, listing, points

SENTENCE = re.compile(r"(?<=[.:!?]) (?=[A-Z“])")  # where one ends, or what it concludes begins


class Claims:
    """The results of a run, or as many of them as a chapter reads, put into words."""

    def __init__(self, results: Results):
        self.results = results
        self._studies: dict[str, Mapping] = {}

    def study(self, name: str) -> Mapping:
        """A study's comparison.json."""
        if name not in self._studies:
            self._studies[name] = self.results.json(f"studies/{name}/comparison.json")
        return self._studies[name]

    def entry(self, study: str, variant: str) -> Mapping:
        """A variant of a study, or `best(group)`, the one that validation chose."""
        found = self.study(study)
        chosen = {f"best({group})": best["variant"] for group, best in found["best"].items()}.get(variant, variant)
        entries = {entry["variant"]: entry for entry in found["variants"]}
        if chosen not in entries:
            raise AtlasError(f"config/studies/{study}.yaml: an answer needs the variant `{chosen}`; put it back there")
        return entries[chosen]

    def title(self, study: str, variant: str) -> str:
        """A variant's title in quotes; of a trial or a value without what was drawn for it, which tables hold."""
        return f"“{self.entry(study, variant)['title'].partition(': ')[0]}”"

    def score(self, study: str, variant: str, *splits: str) -> str:
        """Accuracies with intervals, and flags; of the last split where none is named."""
        entry = self.entry(study, variant)
        shown = splits or (_last(entry["accuracy"]),)
        return f"{_accuracies(entry['accuracy'], shown)}{_flags(entry)}"

    def change(self, study: str, a: str, b: str) -> str:
        """What `b` changed against `a` on the last split that they share."""
        pair = self._pair(study, a, b)
        if pair["void"]:
            return f"void: {self._void(study, a, b)}"
        split = _last(pair["splits"])
        found = pair["splits"][split]
        of_a, of_b = (f"{100 * found[f'accuracy_{side}']:.1f} %" for side in "ab")
        return f"{self.title(study, b)} {of_b} on {NAMES[split]}, {self.title(study, a)} {of_a}: {gain(found)}"

    def compared(self, study: str, base: str) -> list[str]:
        """The variants that a study compares with `base`. Raises AtlasError where it compares none."""
        found = [pair["b"] for pair in self.study(study)["pairs"] if pair["a"] == base]
        if not found:
            raise AtlasError(f"config/studies/{study}.yaml: an answer needs a `compare` with {base}; put it back there")
        return found

    def most(self, study: str, base: str, others: Iterable[str]) -> str:
        """Which of several changes of `base` gains most, and which least, on validation."""
        pairs = {other: self._pair(study, base, other) for other in others}
        found = {other: pair["splits"]["validation"] for other, pair in pairs.items() if not pair["void"]}
        void = len(pairs) - len(found)
        said = f"; {counted(void, 'comparison')} void" if void else ""
        if not found:
            return "every comparison is void"
        ordered = sorted(found, key=lambda other: -found[other]["difference"])
        ends = [ordered[0], ordered[-1]] if len(ordered) > 1 else ordered
        named = [f"{self.title(study, other)} {gain(found[other])}" for other in ends]
        return f"on validation {' at best, '.join(named)} at worst{said}" if len(named) > 1 else f"{named[0]}{said}"

    def effects(self, study: str, *names: str) -> str:
        """Effects of a factorial on the last split, such as first_main, each with its interval."""
        analysis = self.study(study)["factorial"]
        if analysis is None:
            raise AtlasError(f"config/studies/{study}.yaml: an answer needs its `factorial`; put it back there")
        if analysis["void"]:
            return "void, as one of the four networks learned nothing"
        found = {effect["effect"]: effect for effect in analysis["effects"]}
        split = _last(found[names[0]]["splits"])
        told = [f"{_named(found[name]['heading'])} {gain(found[name]['splits'][split])}" for name in names]
        return f"on {NAMES[split]}, {'; '.join(told)}"

    def file(self, pattern: str) -> Path:
        """The first file below the results that a pattern such as models/*/seed*/training.json matches."""
        found = sorted(self.results.folder.glob(pattern))
        if not found:
            raise AtlasError(f"{self.results.folder / pattern}: no such file, which an answer needs")
        return found[0]

    def similarity(self, variant: str) -> list[Mapping]:
        """How far the confusion matrices of a variant's splits are similar, by pairs of them."""
        return read_json(self.file(f"evaluation/{variant}/seed*/similarity.json"))["pairs"]

    def shown(self, network: str, method: str, *words: str) -> str:
        """The first sentence on a method's result that has one of `words`, tried in order; a network may be "*".

        Where the network is at chance or collapsed, that its interpretation is void.
        """
        summary, void = self.summary(network, method)
        if void:
            return void
        sentences = [part for text in summary["sentences"] for part in SENTENCE.split(text)]
        told = (sentence for word in words for sentence in sentences if word in sentence)
        return next(told, sentences[0]).rstrip(".")

    def summary(self, network: str, method: str) -> tuple[Mapping, str]:
        """The summary.json of a method's result, and that it is void, or ""; a network may be "*"."""
        path = self.file(f"interpretation/{network}/{method}/summary.json")
        flags = self._meaningless(path.parts[-3])
        return read_json(path), f"void: the network is {listing(flags)}; its maps mean nothing" if flags else ""

    @cached_property
    def theory(self) -> Mapping[str, Mapping]:
        """The computed answers to theoretical questions."""
        return self.results.json("foundations/theory/answers.json")

    def value(self, name: str):
        """A computed answer's value."""
        return self.theory[name]["value"]

    def agreement(self) -> list[dict[str, str]]:
        """The rows of MyTorch's agreement with PyTorch."""
        return list(tables.read(self.results.path("foundations/mytorch/agreement.csv")))

    def _pair(self, study: str, a: str, b: str) -> Mapping:
        pairs = {(pair["a"], pair["b"]): pair for pair in self.study(study)["pairs"]}
        if (a, b) not in pairs:
            raise AtlasError(f"config/studies/{study}.yaml: an answer needs [{a}, {b}] under `compare`; put it back")
        return pairs[a, b]

    def _void(self, study: str, *variants: str) -> str:
        """Which of two networks are at chance or collapsed."""
        flags = {variant: self.entry(study, variant)["flags"] for variant in variants}
        without = {
            self.title(study, v): None for v, own in flags.items() if any(f["flag"] in markers.VOID for f in own)
        }
        found = {flag["flag"]: None for own in flags.values() for flag in own if flag["flag"] in markers.VOID}
        return f"{listing(list(without))} {'is' if len(without) == 1 else 'are'} {' or '.join(found)}"

    def _meaningless(self, network: str) -> list[str]:
        """The flags that make a network's interpretation void; none of a published network."""
        found = sorted(self.results.folder.glob(f"evaluation/{network}/seed*/metrics.json"))
        flags = read_json(found[0])["flags"] if found else []
        return [flag["flag"] for flag in flags if flag["flag"] in markers.VOID]


def gain(found: Mapping) -> str:
    """A difference with its sign and interval, and whether it is established where seeds suffice to tell."""
    value = points(found["difference"])
    signed = value if value.startswith("−") else f"+{value}"
    verdict = "" if found.get("p") is None else ", established" if found["verdict"] else ", not established"
    return f"{signed} points [{points(found['low'])}, {points(found['high'])}]{verdict}"


def _accuracies(accuracy: Mapping, splits: Iterable[str]) -> str:
    return listing([f"{_share(accuracy[split])} on {NAMES[split]}" for split in splits if split in accuracy])


def _share(value: Mapping) -> str:
    return interval(value["mean"], value["low"], value["high"]).replace(" [", " % [")


def _flags(entry: Mapping) -> str:
    found = markers.names(entry["flags"])
    return f" ({found})" if found else ""


def _last(splits: Mapping) -> str:
    """The test split or, where there is none, validation."""
    return next(split for split in reversed(NAMES) if split in splits)


def _named(heading: str) -> str:
    """An effect's heading in a sentence: "Dropout, on average" -> "dropout on average"."""
    name = heading.replace(", ", " ", 1)
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
