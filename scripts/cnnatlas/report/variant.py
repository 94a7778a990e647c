"""What chapters show of a variant: the same tables, figures and computed sentences everywhere.

Labels follow from names: variant d2_deep has fig-d2-deep-curves, tbl-d2-deep-layers, and so on.
"""

from collections import Counter
from collections.abc import Mapping

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.report.authoring import Results, cell, show
from cnnatlas.report.parts import APPENDIX, TEXT, WEB_ONLY, placed
from cnnatlas.training.schedules import period
from cnnatlas.wording import counted, listing, percent, points, power, slug

BETWEEN = ("BatchNorm", "ReLU", "GELU", "Identity", "Dropout", "Flatten")  # layers between those that learn
OPTIMISERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
KINDS = {"Conv2d": "convolution", "BatchNorm2d": "batch normalisation", "Linear": "dense layer"}
SHAPING = {"step": ("drops", "gamma"), "one_cycle": ("warmup",)}  # keys of a schedule, by its name
RECIPE = {"momentum": "momentum", "weight_decay": "weight decay", "label_smoothing": "label smoothing", "l1": "L1"}


class Variant:
    """One variant's part of a chapter; tables and figures of single trainings show that of `seed`."""

    def __init__(self, results: Results, name: str, title: str, seed: int, seeds: int = 1):
        self.results, self.name, self.title, self.seed = results, name, title, seed
        self.of_seed = f" (seed {seed})" if seeds > 1 else ""  # which of several a number is of
        self.model = f"models/{name}/seed{self.seed}"
        self.folder = f"evaluation/{name}/seed{self.seed}"
        self.training = results.json(f"{self.model}/training.json")
        metrics = results.json(f"{self.folder}/metrics.json")
        self.metrics = {split: metrics[split] for split in NAMES if split in metrics}
        self.flags = metrics["flags"]
        self.marks = markers.of(metrics)

    def layers(self) -> None:
        """What the network is made of, in a sentence; in the appendix the table of its layers.

        The table has shapes, parameters and multiply-adds; another on the web also normalisation and ReLU.
        """
        description = self.results.json(f"{self.model}/architecture.json")
        layers, source = description["layers"], f"{self.model}/architecture.json"
        main = [layer for layer in layers if not layer["type"].startswith(BETWEEN)]
        totals = f"In all {description['parameters']:,} parameters and {description['multiply_adds']:,} multiply-adds."
        label = f"tbl-{slug(self.name)}"
        show(f"“{self.title}” has {_made_of(description)}.")
        left_out = "" if main == layers else " Normalisation and activations are left out."
        caption = f"{self.title}: its layers for one image.{left_out} {totals}"
        with placed(APPENDIX):
            self.results.table([_layer(layer) for layer in main or layers], f"{label}-layers", caption, source=source)
        if main != layers:
            with placed(WEB_ONLY):
                caption = f"{self.title}: all its layers for one image. {totals}"
                self.results.table([_layer(layer) for layer in layers], f"{label}-all-layers", caption, source=source)

    def recipe(self) -> None:
        """How it was trained, what losses it reached, and where `curves` and `counts` are: the chapter shows both."""
        spec, optimiser = self.training["spec"], self.training["spec"]["optimiser"]
        further = {**optimiser, **spec}
        named = [f"{words} {further[key]:g}" for key, words in RECIPE.items() if further.get(key)]
        augmented = [name.replace("_", " ") for name in spec["augmentation"]]
        listed = [
            f"learning rate {optimiser['learning_rate']:g} ({_schedule(spec, self.training['epochs'])})",
            f"{counted(self.training['epochs'], 'epoch')} in batches of {spec['batch_size']}",
            *named,
            f"augmentation by {listing(augmented)}" if augmented else "no augmentation",
        ]
        name = OPTIMISERS.get(optimiser["name"], optimiser["name"])
        losses = [f"{NAMES[split]} {cell(m['loss'], '.3f')}" for split, m in self.metrics.items()]
        show(
            f"Training: {name}, {', '.join(listed)}; the weights are those of epoch {self.training['best_epoch']}, "
            f"with losses, on images as they are, of {listing(losses)}{self.of_seed} (@fig-{slug(self.name)}-curves; "
            f"confusion matrices: @fig-{slug(self.name)}-counts)."
        )

    def batches(self) -> None:
        """Of how many images its splits are, and in what batches they are loaded."""
        spec = self.training["spec"]
        counts = listing([f"{metrics['n']:,} {NAMES[split]}" for split, metrics in self.metrics.items()])
        show(f"In this run the splits hold {counts} images, in batches of {spec['batch_size']}.")

    def curves(self) -> None:
        """Losses and accuracies per epoch."""
        shown = (
            "training, validation and test" if self.training["spec"]["test_each_epoch"] else "training and validation"
        )
        self.results.figure(
            f"evaluation/{self.name}/curves.svg",
            f"fig-{slug(self.name)}-curves",
            f"{self.title}: loss and accuracy per epoch ({shown}).{self._losses()}",
            alt=f"Two line plots over epochs, losses and accuracies, with lines for {shown}.",
        )

    def _losses(self) -> str:
        """What was minimised instead of the cross-entropy that the curves show, if anything."""
        terms = minimised(self.training)
        return f" Minimised was the cross-entropy with {listing(terms)}." if terms else ""

    def galleries(self) -> None:
        """The most confident correct and incorrect predictions of each class on validation."""
        above = {"right": "its score", "wrong": "the wrong prediction and its score"}
        for kind, what in (("right", "correctly classified"), ("wrong", "misclassified")):
            self.results.figure(
                f"{self.folder}/{kind}.png",
                f"fig-{slug(self.name)}-{kind}",
                f"{self.title}: the {what} validation images with the highest softmax scores, by true class (seed "
                f"{self.seed}). Above each image {above[kind]}.",
                alt=f"Images by true class, {what} with high scores.",
            )

    def confusion(self) -> None:
        """The confusion matrices, and whether the splits are confused in similar ways."""
        splits = ", ".join(NAMES[split] for split in self.metrics)
        self.results.figure(
            f"{self.folder}/confusion.svg",
            f"fig-{slug(self.name)}-confusion",
            f"{self.title}: confusion matrices ({splits}), in per cent of the true class{self.of_seed}; rows are true "
            "classes.",
            alt=f"Heat maps of confusion matrices for {splits}.",
        )
        similarity = self.results.json(f"{self.folder}/similarity.json")
        if similarity["pairs"]:
            self._similarities(similarity)

    def _similarities(self, found: Mapping) -> None:
        """How far the splits err alike, one pair of them a row."""
        rates, pattern = found["margins"]["rates"], found["margins"]["pattern"]
        void = any(flag["flag"] in markers.VOID for flag in self.flags)
        with placed(APPENDIX if void else TEXT):
            self.results.table(
                [_alike(pair, void=void) for pair in found["pairs"]],
                f"tbl-{slug(self.name)}-similarity",
                f"{self.title}: whether two splits err alike{self.of_seed}, with 95 % intervals. Margins: "
                f"±{100 * rates:g} points for error rates, a cosine of {pattern:g} for which classes are confused (p: "
                "permutation test).",
                source=f"{self.folder}/similarity.json",
            )

    @placed(APPENDIX)
    def counts(self) -> None:
        """The confusion matrices in images."""
        splits = ", ".join(NAMES[split] for split in self.metrics)
        self.results.figure(
            f"{self.folder}/counts.svg",
            f"fig-{slug(self.name)}-counts",
            f"{self.title}: confusion matrices in images ({splits}){self.of_seed}; rows are true classes.",
            alt=f"Heat maps of confusion matrices for {splits}, in images.",
        )


def shaping(spec: Mapping) -> list[str]:
    """The dotted keys that shape a training's schedule; the others of the schedule have no effect on it."""
    return [f"schedule.{key}" for key in SHAPING.get(spec["schedule"]["name"], ())]


def drops(spec: Mapping, epochs: int) -> tuple[int, int]:
    """After how many epochs the step schedule of a spec drops, and how often it did within `epochs`.

    These are the epochs that were trained: fewer than those of the spec, which set the period, where training diverged.
    """
    every = period(spec["schedule"], spec["epochs"])
    return every, max(epochs - 1, 0) // every


def stepped(spec: Mapping, epochs: int) -> str:
    """How a step schedule changed the learning rate within the `epochs` trained, in words that follow a name."""
    every, often = drops(spec, epochs)
    start = f"starts at a learning rate of {spec['optimiser']['learning_rate']:g}"
    if not often:
        return f"{start} and ends before its first step"
    return (
        f"{start}, which is multiplied by {spec['schedule']['gamma']:g} after every "
        f"{'epoch' if every == 1 else f'{every} epochs'}: {'once' if often == 1 else f'{often} times'} within its "
        f"{counted(epochs, 'epoch')}"
    )


def _schedule(spec: Mapping, epochs: int) -> str:
    """A schedule in brackets: its name and, of steps, how many there were and by how much each multiplied the rate."""
    schedule = spec["schedule"]
    if schedule["name"] == "step":
        return f"{counted(drops(spec, epochs)[1], 'step')}, each by {schedule['gamma']:g}"
    return schedule["name"].replace("_", "-")


def minimised(training: Mapping) -> list[str]:
    """In what the loss that a training minimised differs from plain cross-entropy with the labels."""
    spec = training["spec"]
    return [
        *(["the mixed labels of mixed images"] if training["mixed_targets"] else []),
        *([f"labels smoothed by {spec['label_smoothing']:g}"] if spec["label_smoothing"] else []),
        *([f"{power(format(spec['l1'], 'g'))} times the sum of absolute weights"] if spec["l1"] else []),
    ]


def _alike(pair: Mapping, *, void: bool) -> dict:
    """A row of the table of similarities; how a network errs that has learned no class is `void`."""
    rates, pattern = pair["rates"], pair["pattern"]
    low, high = (points(rates[key]) for key in ("low", "high"))
    unknown = pattern["cosine"] is None
    return {
        "splits": f"{NAMES[pair['a']]}, {NAMES[pair['b']]}",
        "errors": f"{percent(rates['a'])}, {percent(rates['b'])}",
        "difference": f"{points(rates['difference'])} [{low}, {high}]",
        "error rates": "void" if void else rates["verdict"],
        "mistakes": f"{pattern['a']:,}, {pattern['b']:,}",
        "cosine": None if unknown else f"{pattern['cosine']:.2f} [{pattern['low']:.2f}, {pattern['high']:.2f}]",
        "p": None if pattern["p"] is None else f"{pattern['p']:.3f}",
        "confused classes": "void" if void else pattern["verdict"] + ", by margins alone" * pattern["margins"],
    }


def _size(value: object) -> str | None:
    if isinstance(value, (list, tuple)):
        return " × ".join(map(str, value))
    return None if value is None else str(value)


def flat(spec: Mapping, prefix: str = "") -> dict[str, str]:
    """Settings by dotted key, as text; a mapping without keys has none."""
    found = {}
    for key, value in spec.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


def _made_of(description: Mapping) -> str:
    """The layers with weights of a network, by kind, and its size: "8 convolutions, 2 dense layers, 814,570 ..."."""
    types = Counter(layer["type"] for layer in description["layers"])
    kinds = [counted(types[kind], noun) for kind, noun in KINDS.items() if types[kind]]
    size = (
        f"{counted(description['parameters'], 'parameter')} and {description['multiply_adds']:,} multiply-adds an image"
    )
    return f"{listing(kinds)}, {size}" if kinds else size


def _layer(layer: Mapping) -> dict:
    return {
        "layer": f"`{layer['name']}`",
        "type": layer["type"],
        "output": " × ".join(map(str, layer["output"])),
        "kernel": _size(layer.get("kernel")),
        "stride": _size(layer.get("stride")),
        "padding": _size(layer.get("padding")),
        "parameters": layer["parameters"],
        "multiply-adds": layer["multiply_adds"],
    }
