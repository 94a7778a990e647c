"""What chapters show of interpreted networks: figures and computed sentences, the same way everywhere.

Labels follow from names: network a2b_final has fig-a2b-final-cam-right, fig-a2b-final-feature-maps-1, and so on.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import markers
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.interpretation.arrays import named
from cnnatlas.report.authoring import Results, show
from cnnatlas.report.claims import SENTENCE
from cnnatlas.report.parts import APPENDIX, TEXT, WEB_ONLY, lifted, placed
from cnnatlas.wording import counted, interval, listing, slug

WHICH = {
    "all": "chosen images",
    "right": "correctly classified validation images",
    "wrong": "misclassified validation images",
}
PART = {"right": "correct predictions, ", "wrong": "wrong predictions, ", "gabor": "fits of Gabor functions, "}
# How right and wrong predictions differ, which images are misclassified, which were trained on, what hides them
TELLING = re.compile(
    r"where the network errs|is not significant|^The network misclassifies .*\(|^Of these images, |^The patch has"
)
GRID = "A grid of small pictures, one for every channel of layer {layer}."
# By kind of method, or by the figure's own name: the caption, and the description for readers who cannot see the figure
CAPTIONS = {
    "attribution": (
        "{which}, each beside its map; above: true class, scale of the map, → prediction with its score.",
        "Pairs of small pictures: {which}, each with a coloured map.",
    ),
    "feature_maps": (
        "`{layer}`; left each image, its class and → prediction, right a tile for each channel, numbered by row + "
        "column, all on one scale.",
        GRID,
    ),
    "filters": (
        "`{layer}`; a tile for each, numbered by row + column and on its own scale, in which grey is zero; lines only "
        "part the tiles.",
        GRID,
    ),
    "gabor": (
        "Gabor functions fitted to filters of {fitted} and to random ones; below the best: $R^2$, angle and cycles per "
        "pixel, or “blob”: less than half a cycle.",
        "Histograms of learned and random filters' fits, above pairs of filters and fits.",
    ),
    "activation_maximisation": (
        "channels of an early, a middle and a late convolution, and classes; below: activation and, in brackets, "
        "that of the best validation image.",
        "Blocks of small coloured textures, one block for each layer and one for the classes.",
    ),
    "fooling": (
        "originals, images after the ascent, and differences around grey; below: class (and the true one), target, "
        "scores, steps (“not”: margin not reached), norms.",
        "Pairs of an original and the changed image, with a grey picture of their difference.",
    ),
    "response": (
        "evidence for (red) and against (blue) a class, each at its own scale; above: the class, at the image's own "
        "size its score, × enlargement.",
        "Rows of an image followed by the same image under coloured maps, one for each class and scale.",
    ),
}


class Interpretation:
    """One network's part of a chapter.

    `facts` is {title, seed, methods: {method: {figures: [file names], kind, title}}}, as the configuration has it;
    `seed` is None for a network with published weights, and `dataset` then the title of its images' set. The flags of
    the network precede what is shown of it first. `told` holds what the chapter's text has said already, of the same
    images with another network: once is enough.
    """

    def __init__(self, results: Results, network: str, facts: Mapping, told: set[str] | None = None):
        self.results, self.network, self.facts = results, network, facts
        self.told = set() if told is None else told
        self.title, self.methods = facts["title"], facts["methods"]
        self.remaining = list(self.methods)
        self.warning, self.void = _warning(results, network, facts)

    def introduce(self) -> None:
        """Which network it is, and how accurate where this run trained it."""
        if self.facts["seed"] is None:
            return show(
                f"The network is “{self.title}”, with published weights of torchvision's for the classes of ImageNet; "
                f"the images are those of {self.facts['dataset']}, with classes of their own."
            )
        metrics = self.results.json(f"evaluation/{self.network}/seed{self.facts['seed']}/metrics.json")
        split = next(name for name in reversed(NAMES) if name in metrics)
        found = metrics[split]
        share = interval(found["accuracy"], *found["wilson"]).replace(" [", " % [")
        show(
            f"The network is “{self.title}”, as this run trained it with seed {self.facts['seed']}. It classifies "
            f"{share} of {counted(found['n'], f'{NAMES[split]} image')} correctly."
        )

    def show(self, method: str, *figures: str) -> None:
        """A line with references to a method's figures, these, and its computed sentences.

        Of a network at chance or collapsed there are no sentences. The line is in the text even if the figures are not.
        Of several `figures`, by the ends of their labels, those not named are on the web alone; without names all are
        in the text. Raises AtlasError where the run does not have the method.
        """
        if method not in self.methods:
            raise AtlasError(f"{method} of {self.network} is not computed; add it in config/interpretation.yaml")
        if method in self.remaining:
            self.remaining.remove(method)
        if self.warning:
            with lifted():
                show(self.warning)
            self.warning = ""
        summary = self.results.json(f"interpretation/{self.network}/{method}/summary.json")
        texts = [] if self.void else summary["sentences"]
        sentences = [sentence for text in texts for sentence in SENTENCE.split(text)]
        self._lead(method, summary, [sentence for sentence in sentences if TELLING.search(sentence)])
        for file in self.methods[method]["figures"]:
            shown = not figures or Path(file).stem.removeprefix("layer") in figures
            with placed((APPENDIX if self.void else TEXT) if shown else WEB_ONLY):
                self._figure(method, file, summary)
        others = [sentence for sentence in sentences if not TELLING.search(sentence)]
        if others:
            with placed(APPENDIX):
                show(f"**{self._named(method)}, in numbers.** {' '.join(others)}")

    def _lead(self, method: str, summary: Mapping, telling: Sequence[str]) -> None:
        """Where a method's figures are, and what is said of right and wrong predictions."""
        figures = {self._part(method, file): self._label(method, file) for file in self.methods[method]["figures"]}
        references = "; ".join(f"{_words(summary, part)}@{label}" for part, label in figures.items())
        with lifted():
            show(" ".join([f"**{self._named(method)}:** {references}.", *(s for s in telling if s not in self.told)]))
        self.told.update(telling)

    def _named(self, method: str) -> str:
        return f"“{self.title}”, {self.methods[method]['title']}"

    def rest(self) -> None:
        """All methods that were not shown yet, each under a heading of its own."""
        for method in list(self.remaining):
            heading = f"“{self.title}”: {self.methods[method]['title']}"
            show(f"## {heading} {{#sec-{slug(self.network)}-{slug(method)}}}")
            self.show(method)

    def _part(self, method: str, file: str) -> str:
        """Which of a method's figures a file is: the number of a layer, a word, or "" for its only one."""
        name = Path(file).stem
        return "" if name == method else name.removeprefix("layer")

    def _label(self, method: str, file: str) -> str:
        return "-".join(filter(None, ("fig", slug(self.network), slug(method), self._part(method, file))))

    def _figure(self, method: str, file: str, summary: Mapping) -> None:
        name, facts = Path(file).stem, self.methods[method]
        words = {"layer": _layer(summary, self._part(method, file)), "which": WHICH.get(name)}
        words["fitted"] = f"`{named(summary['order'][0])}`" if summary.get("order") else "a layer"
        caption, alt = (text.format(**words) for text in CAPTIONS.get(name) or CAPTIONS[facts["kind"]])
        self.results.figure(
            f"interpretation/{self.network}/{method}/{file}",
            self._label(method, file),
            f"{self._named(method)}: {caption}",
            alt=alt,
        )


def _words(summary: Mapping, part: str) -> str:
    """What a part of a method's figures is called before the reference to it."""
    return f"`{_layer(summary, part)}`, " if part.isdigit() else PART.get(part, "")


def _layer(summary: Mapping, part: str) -> str:
    """The name of the layer that a part of a method's figures shows; its number where there are not so many layers."""
    names = summary.get("shown", [])
    return named(names[int(part) - 1]) if part.isdigit() and int(part) <= len(names) else part


def interpretations(results: Results, facts: Mapping[str, Mapping]) -> dict[str, Interpretation]:
    """By name, the networks that a chapter interprets."""
    told: set[str] = set()
    return {network: Interpretation(results, network, own, told) for network, own in facts.items()}


class Reliability:
    """The reliability of one network's attribution methods.

    `facts` is {title, seed, methods, images, dataset}, methods and data set in titles.
    """

    def __init__(self, results: Results, network: str, facts: Mapping):
        self.results, self.network, self.facts = results, network, facts
        self.folder = f"interpretation/{network}/reliability"
        self.summary = results.json(f"{self.folder}/summary.json")

    def opening(self) -> None:
        """Where its tests are shown, and the flags of the network, if it has any."""
        name = slug(self.network)
        show(f"@tbl-{name}-reliability has the measures, @fig-{name}-reliability draws them.")
        warning, _ = _warning(self.results, self.network, self.facts)
        if warning:
            show(warning)

    def table(self) -> None:
        """One row for each method."""
        self.results.table(
            [{column: row[column] for column in self.summary["columns"]} for row in self.summary["rows"]],
            f"tbl-{slug(self.network)}-reliability",
            f"“{self.facts['title']}”: attribution methods, {self._sample()}. Brackets hold 95 % intervals over "
            "images; deletion and insertion are areas under curves less those of random orders, better below and above "
            "zero respectively.",
            source=f"{self.folder}/summary.json",
        )

    def figure(self) -> None:
        """Localisation, faithfulness and randomisation side by side."""
        self.results.figure(
            f"{self.folder}/reliability.svg",
            f"fig-{slug(self.network)}-reliability",
            f"“{self.facts['title']}”: reliability of {listing(self.facts['methods'])}, {self._sample()}.",
            alt="Panels with one dot or line for each attribution method: localisation, curves, similarity of maps.",
        )

    def sentences(self) -> None:
        """The computed sentences on all tests."""
        with placed(APPENDIX):
            lead = f"**“{self.facts['title']}” on {self.facts['dataset']}, in sentences.**"
            show(" ".join([lead, *self.summary["sentences"]]))

    def _sample(self) -> str:
        fewer = self.summary["randomised"]
        some = f" (randomisation: the first {fewer})" if fewer < self.facts["images"] else ""
        return f"on {self.facts['images']} validation images of {self.facts['dataset']}{some}"


def _warning(results: Results, network: str, facts: Mapping) -> tuple[str, bool]:
    """The flags of an interpreted network, "" where it has none, and whether they make its interpretation void."""
    if facts["seed"] is None:
        return "", False
    found = results.json(f"evaluation/{network}/seed{facts['seed']}/metrics.json")["flags"]
    if not found:
        return "", False
    void = any(each["flag"] in markers.VOID for each in found)
    flags = listing([each["flag"] for each in found])
    means = ": what follows shows how the methods are applied, not what a network has learned" if void else ""
    return f"“{facts['title']}” is {flags} (@sec-reading){means}.", void
