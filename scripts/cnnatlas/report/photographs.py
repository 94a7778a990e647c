"""The chapter on the user's own photographs: what each network answers to each of them, and by which parts of it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cnnatlas.data.archives import LARGEST
from cnnatlas.data.decoding import MOST_PIXELS, PHOTOGRAPHS
from cnnatlas.evaluation import markers
from cnnatlas.files import read_json
from cnnatlas.report.authoring import Results, show
from cnnatlas.report.parts import IN_PLACE, TEXT, WEB_ONLY, placed
from cnnatlas.wording import capitalised, counted, interval, listing, literal

PRINTED = 12  # photographs in the PDF; all are on the web
NAMED = 10  # classes of a network that are all named
SURE = 0.9  # a softmax score that readers take for certainty


class Photographs:
    """The photographs of one run, and the networks that were shown them.

    `facts` is {networks: {name: {column, heading, dataset, seed}}, photographs: {identifier: file name}, skipped:
    [{file, reason}], drawn: names of data sets, folder, resources}: `column` and `heading` are what tables and
    sentences call a network, dataset and seed are None for one with published weights, and `folder` is None where a
    file of the configuration names it, so that commands need not. `command` builds the run.
    """

    def __init__(self, folder: str, command: str, facts: Mapping):
        if facts["folder"]:
            command = command.replace(" --cores", f" --config photographs={facts['folder']} --cores", 1)
        self.results, self.facts = Results(folder, command), facts
        records = {name: self.results.json(f"photographs/{name}/record.json") for name in facts["photographs"]}
        self.shown = {name: record for name, record in records.items() if not record["skipped"]}
        undecodable = [{"file": r["file"], "reason": r["skipped"]} for r in records.values() if r["skipped"]]
        self.skipped = sorted([*facts["skipped"], *undecodable], key=lambda each: each["file"])
        self.networks = {name: Shown(self.results, name, own, facts) for name, own in facts["networks"].items()}

    def opening(self) -> None:
        """How many photographs there are, which files are none, and what the networks are worth."""
        skipped = f"; {counted(len(self.skipped), 'file')} could not be (@sec-photographs-skipped)"
        were = "was" if len(self.shown) == 1 else "were"
        show(f"{counted(len(self.shown), 'photograph')} {were} shown to {counted(len(self.networks), 'network')}"
             f"{skipped if self.skipped else ''}.")  # fmt: skip
        if len(self.shown) > PRINTED:
            show(f"The PDF has the first {PRINTED} in the order of their names; the web pages have all.")
        rows = [
            network.row([self._answer(name, network.name) for name in self.shown]) for network in self.networks.values()
        ]
        flags = ", ".join(flag for network in self.networks.values() for flag in network.flags)
        self.results.table(
            rows,
            "tbl-photographs-networks",
            "The networks, and the photographs to which they give their likeliest class a softmax score above "
            f"{SURE:g}, right or wrong. {capitalised(markers.legend(flags))}{'.' if flags else ''}",
            source="report/photographs.ipynb",
        )
        drawn = [network.heading for network in self.networks.values() if network.drawn]
        if drawn:
            which = "all networks here" if len(drawn) == len(self.networks) else "; ".join(drawn)
            show(f"**Trained on drawn images only: {which}.** Photographs mean nothing to such a network: its answers "
                 "show how this chapter works, and nothing else.")  # fmt: skip
        if doubted := [network.doubts() for network in self.networks.values() if network.flags]:
            show("\n".join(doubted))

    def others(self) -> None:
        """The files that could not be shown, if any, and why; before the sections, of which the PDF has not all."""
        if self.skipped:
            show("## Files that were not shown {#sec-photographs-skipped}")
            kinds = f"of one of the formats {listing([*PHOTOGRAPHS])}"
            show(f"A photograph is a file {kinds}, of up to {LARGEST:,} bytes and {MOST_PIXELS:,} pixels.")
            show("\n".join(f"- {_code(each['file'])}: {literal(each['reason'])}" for each in self.skipped))

    def sections(self) -> None:
        """A section for each photograph, those after the first ones on the web alone."""
        for position, name in enumerate(self.shown):
            printed = position < PRINTED
            with placed(TEXT if printed else WEB_ONLY):
                show(f"## {_code(self.shown[name]['file'])} {{#sec-photograph-{name}}}")
            with placed(IN_PLACE if printed else WEB_ONLY):
                self._section(name)

    def _section(self, name: str) -> None:
        record = self.shown[name]
        answers = {network.column: self._answer(name, network.name)["likeliest"] for network in self.networks.values()}
        most = max(map(len, answers.values()))
        rows = [{title: _cell(likeliest, k) for title, likeliest in answers.items()} for k in range(most)]
        self.results.table(
            rows,
            f"tbl-photograph-{name}",
            f"{_code(record['file'])}, {record['width']:,} × {record['height']:,} pixels: each network’s likeliest "
            f"classes, with softmax scores (@fig-photograph-{name}).",
            source=f"photographs/{name}/record.json",
        )
        self.results.figure(
            f"photographs/{name}/photograph.png",
            f"fig-photograph-{name}",
            f"{_code(record['file'])}; for each network what it is shown, and what decides for its likeliest class.",
            alt=f"The photograph {record['file']}, beside a row of small pictures for each network: what it is shown, "
            "and maps in red and blue of what speaks for and against its likeliest class.",
        )

    def _answer(self, photograph: str, network: str) -> Mapping:
        return next(each for each in self.shown[photograph]["networks"] if each["network"] == network)


class Shown:
    """A network as the chapter speaks of it."""

    def __init__(self, results: Results, name: str, own: Mapping, facts: Mapping):
        self.name, self.heading, self.dataset = name, own["heading"], own["dataset"]
        self.metrics, self.classes = None, None
        if self.dataset:
            self.metrics = results.json(f"evaluation/{name}/seed{own['seed']}/metrics.json")
            self.classes = read_json(Path(facts["resources"]) / self.dataset / "dataset.json")["classes"]
        self.drawn = self.dataset in facts["drawn"]
        self.column = markers.marked(own["column"], ", ".join(self.flags))

    @property
    def flags(self) -> list[str]:
        """The names of its flags."""
        return [each["flag"] for each in self.metrics["flags"]] if self.metrics else []

    def row(self, answers: Sequence[Mapping]) -> dict:
        """Its row in the table of networks; `answers` are those to all photographs that were shown."""
        sure = sum(answer["likeliest"][0]["score"] > SURE for answer in answers)
        return {
            "network": markers.marked(self.heading, ", ".join(self.flags)),
            "classes it knows": self._classes(answers),
            "accuracy there, %": self._accuracy(),
            f"above {SURE:g}": f"{sure} of {len(answers)}",
        }

    def doubts(self) -> str:
        """What makes its answers worth less, as an item of a list."""
        worth = "its answers are worthless" if set(self.flags) & {*markers.VOID} else "its answers are to be doubted"
        return f"- **{self.heading}: {worth}.** {' '.join(each['sentence'] for each in self.metrics['flags'])}"

    def _classes(self, answers: Sequence[Mapping]) -> str:
        if self.classes and len(self.classes) <= NAMED:
            return ", ".join(self.classes)
        number = len(self.classes) if self.classes else answers[0]["classes"] if answers else None
        return f"{number:,}" if number else "–"

    def _accuracy(self) -> str:
        if not self.metrics:
            return "not measured here"
        split = "test" if self.metrics.get("test", {}).get("n") else "validation"
        found = self.metrics[split]
        return f"{interval(found['accuracy'], *found['wilson'])} ({split})" if found["n"] else "–"


def _cell(likeliest: Sequence[Mapping], place: int) -> str:
    """A class and its score; of a network with few classes there may be none at this place."""
    if place >= len(likeliest):
        return "–"
    return f"{likeliest[place]['class'].replace('_', ' ')} {likeliest[place]['score']:.2f}"


def _code(name: str) -> str:
    """A file's name character by character, as Markdown."""
    fence = "`" * (1 + max(map(len, re.findall("`+", name)), default=0))
    space = " " if "`" in name else ""
    return f"{fence}{space}{name}{space}{fence}"
