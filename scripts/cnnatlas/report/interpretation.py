"""What chapters show of networks that were looked into: figures and computed sentences, the same way everywhere.

Labels follow from names: network a2b_final has fig-a2b-final-cam-right, fig-a2b-final-feature-maps-1, and so on.
"""

from collections.abc import Mapping

from cnnatlas.report.authoring import Results, show, slug
from cnnatlas.wording import listing

TITLES = {
    "activation_maximisation": "pictures that excite single units most",
    "cam": "class activation maps",
    "feature_maps": "feature maps",
    "filters": "filters",
    "fooling": "fooling images",
    "grad_cam": "Grad-CAM",
    "gradient": "gradient saliency",
    "guided_backpropagation": "guided backpropagation",
    "integrated_gradients": "integrated gradients",
    "occlusion": "occlusion sensitivity",
    "response": "responses over larger images",
    "smooth_grad": "SmoothGrad",
}
WHICH = {
    "all": "evenly chosen validation images",
    "right": "rightly classified validation images",
    "wrong": "wrongly classified validation images",
}


class Look:
    """What one network's methods show. `facts` is {method: {figures: [...], title}} as the configuration has it."""

    def __init__(self, results: Results, network: str, facts: Mapping):
        self.results, self.network, self.facts = results, network, facts
        self.folder = f"interpretation/{network}"

    def sentences(self, method: str) -> None:
        """The computed sentences on one method."""
        show(" ".join(self.results.json(f"{self.folder}/{method}/summary.json")["sentences"]))

    def layers(self, method: str) -> None:
        """Feature maps or filters, one figure for each layer."""
        names = [name for name in self.facts[method]["figures"] if name.startswith("layer")]
        for number, name in enumerate(names, start=1):
            self._figure(
                method,
                f"{name}.png",
                str(number),
                f"layer {number} of {len(names)}; its name, and how the values are scaled, stand in the figure.",
                f"A grid of small pictures, one for every channel of layer {number}.",
            )

    def gabor(self) -> None:
        """The fits of Gabor functions to the first layer's filters."""
        self._figure(
            "filters", "gabor.svg", "gabor",
            "$R^2$ of least squares fits of Gabor functions to the first layer's filters beside random filters, and "
            "the best of the learned ones with their fits.",
            "Histograms of learned and random filters' fits, above pairs of filters and fits.",
        )  # fmt: skip

    def attributions(self, method: str) -> None:
        """Images beside what is attributed to their pixels."""
        for shown in self.facts[method]["figures"]:
            self._figure(
                method, f"{shown}.png", shown,
                f"{WHICH[shown]}, each beside its map; classes and scores stand above, the colours' meaning below.",
                f"Pairs of small pictures: {WHICH[shown]} and a coloured map each.",
            )  # fmt: skip

    def synthesis(self, method: str, caption: str, alt: str) -> None:
        """What was made from images: one figure."""
        self._figure(method, f"{method}.png", "", caption, alt)

    def _figure(self, method: str, file: str, suffix: str, caption: str, alt: str) -> None:
        label = "-".join(part for part in ("fig", slug(self.network), slug(method), suffix) if part)
        title = f"“{self.facts[method]['title']}”, {TITLES[method]}"
        self.results.figure(f"{self.folder}/{method}/{file}", label, f"{title}: {caption}", alt=alt)


class Audit:
    """The audit of one network's attribution methods; `facts` is {title, methods, images, dataset}."""

    def __init__(self, results: Results, network: str, facts: Mapping):
        self.results, self.network, self.facts = results, network, facts
        self.summary = results.json(f"interpretation/{network}/audit.json")

    def table(self) -> None:
        """One row for each method."""
        self.results.table(
            [{column: row[column] for column in self.summary["columns"]} for row in self.summary["rows"]],
            f"tbl-{slug(self.network)}-audit",
            f"“{self.facts['title']}”: attribution methods, {self._sample()}. Brackets hold 95 % intervals over "
            "images.",
            source=f"interpretation/{self.network}/audit.json",
        )

    def figure(self) -> None:
        """Localisation, faithfulness and randomisation side by side."""
        methods = listing([TITLES[method] for method in self.facts["methods"]])
        self.results.figure(
            f"interpretation/{self.network}/audit.svg",
            f"fig-{slug(self.network)}-audit",
            f"“{self.facts['title']}”: audit of {methods}, {self._sample()}.",
            alt="Panels with one dot or line for each attribution method: localisation, curves, likeness of maps.",
        )

    def sentences(self) -> None:
        """What the audit shows, computed."""
        show("\n\n".join(self.summary["sentences"]))

    def _sample(self) -> str:
        return f"on {self.facts['images']} validation images of {self.facts['dataset']}"
