"""What chapters show of a study and of a variant: the same tables, figures and computed sentences everywhere.

Labels follow from names: variant d2_deep has fig-d2-deep-curves, tbl-d2-deep-layers, and so on.
"""

from collections.abc import Mapping, Sequence

from cnnatlas.evaluation.scores import NAMES
from cnnatlas.report.authoring import Results, show
from cnnatlas.wording import points


def slug(name: str) -> str:
    """A variant's or study's name as part of a label."""
    return name.replace("_", "-").replace(".", "-")


def interval(value: float, low: float, high: float) -> str:
    """An accuracy with its 95 % interval, in per cent."""
    return f"{100 * value:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def _signed(value: float, low: float, high: float) -> str:
    """A difference with its interval, in points and with true minus signs."""
    return f"{points(value)} [{points(low)}, {points(high)}]"


class Study:
    """One study's part of a chapter.

    `facts` is {title, question, variants: {name: title}, seeds: {name: [...]}, groups: {name: {title, members: {name:
    {label, values}}}}}. Members of sweeps and searches have tables and figures of their own.
    """

    def __init__(self, results: Results, name: str, facts: Mapping):
        self.results, self.name, self.facts = results, name, facts
        self.folder = f"studies/{name}"
        self.comparison = results.json(f"{self.folder}/comparison.json")
        self.entries = {entry["variant"]: entry for entry in self.comparison["variants"]}
        grouped = {member for group in facts["groups"].values() for member in group["members"]}
        alone = {name: entry for name, entry in self.entries.items() if name not in grouped}
        self.shown = alone or self.entries

    def question(self) -> None:
        """The study's question, as its file states it."""
        show(f"*{self.facts['question']}*")

    def accuracies(self) -> None:
        """Table and figure of the variants: size, cost, accuracies with intervals; and which validation chooses."""
        splits = [split for split in NAMES if any(split in e["accuracy"] for e in self.shown.values())]
        rows = [self._row(entry, splits) for entry in self.shown.values()]
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
        """The learning curves of the variants in one figure."""
        self.results.figure(
            f"{self.folder}/curves.svg",
            f"fig-{slug(self.name)}-curves",
            f"{self.facts['title']}: losses and accuracies per epoch, training above validation. Training values are "
            "running means over the epoch, on augmented images where a variant augments.",
            alt=f"Four line plots over epochs with one line for each of {len(self.shown)} variants.",
        )

    def pair(self, a: str, b: str) -> None:
        """What `b` changed against `a`: accuracy, cost, and speed of convergence, in computed sentences.

        Either may be `best(group)`, as the study's `compare` has it.
        """
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

    def group(self, name: str) -> None:
        """A sweep: losses of all its values in one figure, their accuracies in a table, and the best by validation."""
        group = self.facts["groups"][name]
        self._losses(name)
        rows = [
            {"value": group["members"][variant]["label"] + _diverged(entry), **self._accuracies(variant)}
            for variant, entry in self.entries.items()
            if variant in group["members"]
        ]
        self.results.table(
            rows,
            f"tbl-{slug(name)}-values",
            f"{group['title']}: validation accuracy in per cent for each value, with its 95 % interval "
            f"({self._intervals()}).",
            source=f"{self.folder}/comparison.json",
        )
        show(self.comparison["best"][name]["sentence"])

    def search(self, name: str) -> None:
        """A search: its trials by rank with all that was drawn, their losses, and the best by validation."""
        group = self.facts["groups"][name]
        self._losses(name)
        rows = [
            {
                "rank": trial["rank"],
                **{_words(key): value for key, value in group["members"][trial["variant"]]["values"].items()},
                **self._accuracies(trial["variant"]),
                "": _diverged(self.entries[trial["variant"]]).strip(" ()"),
            }
            for trial in self.comparison["best"][name]["ranking"]
        ]
        self.results.table(
            _without_empty(rows),
            f"tbl-{slug(name)}-trials",
            f"{group['title']}: the trials by rank, with their values and validation accuracies in per cent with 95 % "
            f"intervals ({self._intervals()}).",
            source=f"{self.folder}/comparison.json",
        )
        show(self.comparison["best"][name]["sentence"])

    def factorial(self) -> None:
        """Both factors' effects and their interaction: figure, table and computed sentences."""
        analysis = self.comparison["factorial"]
        first, second = analysis["factors"]
        self.results.figure(
            f"{self.folder}/factorial.svg",
            f"fig-{slug(self.name)}-factorial",
            f"{self.facts['title']}: accuracy without and with {second}, a line without and one with {first}, and 95 % "
            "intervals. Parallel lines are effects that add up.",
            alt=f"Interaction plot with a panel per split: two lines of accuracy over {second} off and on.",
        )
        rows = [
            {"effect": effect["heading"]}
            | {
                NAMES[split]: _signed(*(effect["splits"][split][key] for key in ("difference", "low", "high")))
                for split in NAMES
                if split in effect["splits"]
            }
            for effect in analysis["effects"]
        ]
        self.results.table(
            rows,
            f"tbl-{slug(self.name)}-factorial",
            f"{self.facts['title']}: effects of {first} and {second} on accuracy in points with 95 % intervals "
            "(bootstrap over images and seeds). The interaction is the effect of one with the other less that without.",
            source=f"{self.folder}/comparison.json",
        )
        said = {effect["effect"]: effect["sentence"] for effect in analysis["effects"]}
        show("\n\n".join(said[name] for name in ("first_main", "second_main", "interaction")))

    def fitted(self, variant: str) -> None:
        """That a variant which must fit its training images does, and after how many epochs."""
        show(self.comparison["fitted"][variant]["sentence"])

    def _losses(self, name: str) -> None:
        group = self.facts["groups"][name]
        self.results.figure(
            f"{self.folder}/groups/{name}.svg",
            f"fig-{slug(name)}-losses",
            f"{group['title']}: training and validation loss per epoch. With several seeds a line is their mean and a "
            "band their range; losses beyond four times the usual first one are left out, and a line whose training "
            "diverged ends before.",
            alt=f"Two line plots of losses over epochs with one line for each of {len(group['members'])} variants.",
        )

    def _accuracies(self, variant: str) -> dict:
        score = self.entries[variant]["accuracy"]["validation"]
        return {"validation": interval(score["mean"], score["low"], score["high"])}

    def _pair(self, a: str, b: str) -> dict:
        return next(pair for pair in self.comparison["pairs"] if (pair["a"], pair["b"]) == (a, b))

    def _row(self, entry: dict, splits: Sequence[str]) -> dict:
        row = {
            "variant": entry["title"] + _diverged(entry),
            "parameters": entry["parameters"],
            "10⁶ multiply-adds": f"{entry['multiply_adds'] / 1e6:.1f}",
            "epochs": int(entry["epochs"]),
        }
        for split in splits:
            score = entry["accuracy"].get(split)
            row[NAMES[split]] = interval(score["mean"], score["low"], score["high"]) if score else None
            if score and score["mirrored"] is not None and split == splits[-1]:
                row["with mirror images"] = f"{100 * score['mirrored']:.1f}"
        return row if len(row) > 4 + len(splits) else {**row, **self._no_mirror()}

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


def _diverged(entry: Mapping) -> str:
    """What stands behind the title of a variant whose trainings diverged, in a table."""
    if not entry["diverged"]:
        return ""
    return " (diverged)" if entry["seeds"] == 1 else f" ({entry['diverged']} of {entry['seeds']} diverged)"


def _words(key: str) -> str:
    return key.split(".")[-1].replace("_", " ")


def _without_empty(rows: list[dict]) -> list[dict]:
    """The rows without the columns in which nothing stands."""
    kept = [column for column in rows[0] if any(row[column] != "" for row in rows)]
    return [{column: row[column] for column in kept} for row in rows]


class Variant:
    """One variant's part of a chapter; figures of single images show its first seed."""

    def __init__(self, results: Results, name: str, facts: Mapping):
        self.results, self.name, self.title = results, name, facts["variants"][name]
        self.seed = facts["seeds"][name][0]
        self.model = f"models/{name}/seed{self.seed}"
        self.folder = f"evaluation/{name}/seed{self.seed}"
        self.training = results.json(f"{self.model}/training.json")
        metrics = results.json(f"{self.folder}/metrics.json")
        self.metrics = {split: metrics[split] for split in NAMES if split in metrics}

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
            f"{NAMES[split]} {interval(m['accuracy'], *m['wilson'])} % of {m['n']:,} images (loss {m['loss']:.3f})"
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
        splits = ", ".join(NAMES[split] for split in self.metrics)
        self.results.figure(
            f"{self.folder}/confusion.svg",
            f"fig-{slug(self.name)}-confusion",
            f"{self.title}: confusion matrices ({splits}); rows are true classes.",
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
