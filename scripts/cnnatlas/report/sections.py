"""What chapters show of a study and of a variant: the same tables, figures and computed sentences everywhere.

Labels follow from names: variant d2_deep has fig-d2-deep-curves, tbl-d2-deep-layers, and so on.
"""

from collections.abc import Mapping, Sequence

from cnnatlas.report.authoring import Results, show

SPLITS = {"train": "training", "validation": "validation", "test": "test"}


def slug(name: str) -> str:
    """A variant's or study's name as part of a label."""
    return name.replace("_", "-").replace(".", "-")


def interval(value: float, low: float, high: float) -> str:
    """An accuracy with its 95 % interval, in per cent."""
    return f"{100 * value:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


class Study:
    """One study's part of a chapter: `facts` is {title, question, variants: {name: title}, seeds: {name: [...]}}."""

    def __init__(self, results: Results, name: str, facts: Mapping):
        self.results, self.name, self.facts = results, name, facts
        self.folder = f"studies/{name}"
        self.comparison = results.json(f"{self.folder}/comparison.json")
        self.entries = {entry["variant"]: entry for entry in self.comparison["variants"]}

    def question(self) -> None:
        """The study's question, as its file states it."""
        show(f"*{self.facts['question']}*")

    def accuracies(self) -> None:
        """Table and figure of all variants: size, cost, accuracies with intervals; and which validation chooses."""
        splits = [split for split in SPLITS if any(split in e["accuracy"] for e in self.entries.values())]
        rows = [self._row(entry, splits) for entry in self.entries.values()]
        self.results.table(
            rows,
            f"tbl-{slug(self.name)}-accuracies",
            f"{self.facts['title']}: accuracies in per cent with 95 % intervals ({self._intervals()}). "
            f"{self._unseen(splits)}",
            source=f"{self.folder}/comparison.csv",
        )
        self.results.figure(
            f"{self.folder}/accuracy.svg",
            f"fig-{slug(self.name)}-accuracies",
            f"{self.facts['title']}: accuracies of the variants with 95 % intervals.",
            alt=f"Dot plot of the accuracies of {len(rows)} variants with error bars, one row per variant.",
        )
        show("\n\n".join(ranking["sentence"] for ranking in self.comparison["ranking"]))

    def overlay(self) -> None:
        """The validation curves of all variants in one figure."""
        self.results.figure(
            f"{self.folder}/curves.svg",
            f"fig-{slug(self.name)}-curves",
            f"{self.facts['title']}: validation loss and accuracy per epoch.",
            alt=f"Two line plots over epochs with one line for each of {len(self.entries)} variants.",
        )

    def pair(self, a: str, b: str) -> None:
        """What `b` changed against `a`: accuracy, cost, and speed of convergence, in computed sentences."""
        pair = self._pair(a, b)
        show(f"{pair['sentence']} {pair['cost_sentence']}")

    def gains(self, a: str, b: str) -> None:
        """Which classes and confusions `b` changed against `a`: sentence and figure."""
        show(self._pair(a, b)["gains_sentence"])
        titles = self.facts["variants"]
        self.results.figure(
            f"{self.folder}/gains/{a}/{b}.svg",
            f"fig-{slug(a)}-{slug(b)}-gains",
            f"Recall of “{titles[b]}” minus that of “{titles[a]}” per class on validation, with each class's own 95 % "
            "interval, and the confusions that changed most.",
            alt="Dot plot of gains in recall by class with intervals, beside bars of the confusions that changed most.",
        )

    def _pair(self, a: str, b: str) -> dict:
        return next(pair for pair in self.comparison["pairs"] if (pair["a"], pair["b"]) == (a, b))

    def _row(self, entry: dict, splits: Sequence[str]) -> dict:
        row = {
            "variant": entry["title"],
            "parameters": entry["parameters"],
            "10⁶ multiply-adds": f"{entry['multiply_adds'] / 1e6:.1f}",
            "epochs": int(entry["epochs"]),
            "minutes": f"{entry['seconds'] / 60:.1f}",
        }
        for split in splits:
            score = entry["accuracy"].get(split)
            row[SPLITS[split]] = interval(score["mean"], score["low"], score["high"]) if score else None
            if score and score["mirrored"] is not None and split == splits[-1]:
                row["with mirror images"] = f"{100 * score['mirrored']:.1f}"
        return row if len(row) > 5 + len(splits) else {**row, **self._no_mirror()}

    def _no_mirror(self) -> dict:
        mirrored = any(a["mirrored"] is not None for e in self.entries.values() for a in e["accuracy"].values())
        return {"with mirror images": None} if mirrored else {}

    def _intervals(self) -> str:
        seeds = {entry["seeds"] for entry in self.entries.values()}
        return "Wilson, over images, one seed" if seeds == {1} else "t over seeds; Wilson over images for one seed"

    def _unseen(self, splits: Sequence[str]) -> str:
        if "test" in splits:
            return "Epochs are chosen on validation; the test split chooses nothing."
        return "The assignment has no test split: the validation score is all there is, and it chose no epoch."


class Variant:
    """One variant's part of a chapter; figures of single images show its first seed."""

    def __init__(self, results: Results, name: str, facts: Mapping):
        self.results, self.name, self.title = results, name, facts["variants"][name]
        self.seed = facts["seeds"][name][0]
        self.model = f"models/{name}/seed{self.seed}"
        self.folder = f"evaluation/{name}/seed{self.seed}"
        self.training = results.json(f"{self.model}/training.json")
        metrics = results.json(f"{self.folder}/metrics.json")
        self.metrics = {split: metrics[split] for split in SPLITS if split in metrics}

    def layers(self) -> None:
        """The table of layers with shapes, parameters and multiply-adds."""
        description = self.results.json(f"{self.model}/architecture.json")
        rows = [
            {
                "layer": f"`{layer['name']}`",
                "type": layer["type"],
                "output": " × ".join(map(str, layer["output"])),
                "kernel": _size(layer.get("kernel")),
                "stride": _size(layer.get("stride")),
                "padding": _size(layer.get("padding")),
                "parameters": layer["parameters"],
                "multiply-adds": layer["multiply_adds"],
            }
            for layer in description["layers"]
        ]
        self.results.table(
            rows,
            f"tbl-{slug(self.name)}-layers",
            f"{self.title}: its layers for one image. In all {description['parameters']:,} parameters and "
            f"{description['multiply_adds']:,} multiply-adds.",
            source=f"{self.model}/architecture.json",
        )

    def hyperparameters(self) -> None:
        """Everything that was set for this training, with what the host added."""
        precision, environment = self.training["precision"], self.training["environment"]
        rows = [{"setting": key, "value": value} for key, value in _flat(self.training["spec"])]
        rows += [
            {"setting": "epoch kept", "value": f"{self.training['best_epoch']} of {self.training['epochs']}"},
            {"setting": "seed", "value": str(self.seed)},
            {"setting": "precision", "value": f"{precision['dtype']} ({precision['rule']})"},
            {"setting": "torch", "value": environment["torch"]},
        ]
        self.results.table(
            rows,
            f"tbl-{slug(self.name)}-settings",
            f"{self.title}: hyper-parameters, optimiser and all other settings of its training.",
            source=f"{self.model}/training.json",
        )

    def curves(self) -> None:
        """Losses and accuracies per epoch."""
        shown = (
            "training, validation and test" if self.training["spec"]["test_each_epoch"] else "training and validation"
        )
        self.results.figure(
            f"evaluation/{self.name}/curves.svg",
            f"fig-{slug(self.name)}-curves",
            f"{self.title}: loss and accuracy per epoch ({shown}). Training values are running means over the epoch, "
            "on augmented images where the variant augments.",
            alt=f"Two line plots over epochs, losses and accuracies, with lines for {shown}.",
        )

    def scores(self) -> None:
        """Accuracy and loss of each split, as one computed sentence."""
        said = [
            f"{SPLITS[split]} {interval(m['accuracy'], *m['wilson'])} % of {m['n']:,} images (loss {m['loss']:.3f})"
            for split, m in self.metrics.items()
        ]
        show(
            f"“{self.title}” classifies correctly: {'; '.join(said)}. Brackets hold Wilson's 95 % interval over images."
        )

    def galleries(self) -> None:
        """The surest right and wrong validation images of each class."""
        for kind, what in (("right", "correctly classified"), ("wrong", "misclassified")):
            self.results.figure(
                f"{self.folder}/{kind}.png",
                f"fig-{slug(self.name)}-{kind}",
                f"{self.title}: the {what} validation images of each class with the highest softmax scores "
                f"(seed {self.seed}); score, label and prediction above each.",
                alt=f"Rows of photographs by true class, up to five in each, {what} with high scores.",
            )

    def confusion(self) -> None:
        """The confusion matrices, and whether the splits err alike."""
        splits = ", ".join(SPLITS[split] for split in self.metrics)
        self.results.figure(
            f"{self.folder}/confusion.svg",
            f"fig-{slug(self.name)}-confusion",
            f"{self.title}: confusion matrices ({splits}); counts and row percentages, rows are true classes.",
            alt=f"Heat maps of confusion matrices for {splits}.",
        )
        similarity = self.results.json(f"{self.folder}/similarity.json")
        if similarity["pairs"]:
            show(f"**{similarity['statement']}** " + " ".join(pair["statement"] for pair in similarity["pairs"]))


def _size(value: object) -> str | None:
    if isinstance(value, (list, tuple)):
        return " × ".join(map(str, value))
    return None if value is None else str(value)


def _flat(spec: Mapping, prefix: str = "") -> list[tuple[str, str]]:
    rows = []
    for key, value in spec.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((f"`{prefix}{key}`", str(value).lower() if isinstance(value, bool) else str(value)))
    return rows
