"""What a reader must know before using a network: how good it is, on what, and what it was not made for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cnnatlas.prediction.network import Network
from cnnatlas.prediction.trainings import Training
from cnnatlas.wording import counted, interval

FILES = {
    "metrics": ("evaluation", "metrics.json"),
    "training": ("models", "training.json"),
    "architecture": ("models", "architecture.json"),
}
CITED = re.compile(r" ?\[@[^\]]*\]")  # of the report's bibliography, which is not exported


@dataclass(frozen=True)
class Source:
    """What the run's configuration says: the variant's title, its data set's entry, whether its images were drawn."""

    title: str
    dataset: Mapping
    drawn: bool


@dataclass(frozen=True)
class Facts:
    """The contents of FILES, and what the configuration says."""

    metrics: Mapping
    training: Mapping
    architecture: Mapping
    source: Source


def text(training: Training, network: Network, facts: Facts, difference: float) -> str:
    """The model card, in Markdown."""
    parts = [
        ["---", "pipeline_tag: image-classification", "tags: [cnn-atlas, safetensors, onnx]", "---"],
        [f"# {facts.source.title} (`{training.variant}`)"],
        [_what(training, network, facts)],
        ["## Accuracy", "", *_accuracy(facts)],
        ["## Data", "", *_data(facts.source)],
        ["## Limits", "", *_limits(network, facts.source)],
        ["## Use", "", *_use(network, difference)],
        ["## Licence", "", _licence(facts.source)],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _what(training: Training, network: Network, facts: Facts) -> str:
    size, record, title = network.preprocessing["size"], facts.training, facts.source.dataset["title"]
    images = f"images drawn in the format of {title}" if facts.source.drawn else title
    return (
        f"A convolutional network (`{network.spec['architecture']['name']}`) of {facts.architecture['parameters']:,} "
        f"parameters, which tells {counted(len(network.classes), 'class', 'classes')} apart in images of {size} x "
        f"{size} pixels with {facts.architecture['multiply_adds']:,} multiply-adds each. CNN Atlas trained it on "
        f"{images} for {counted(record['epochs'], 'epoch')} (seed {network.seed}, run "
        f"`{training.run.name}`) and kept the weights of epoch {record['best_epoch']}."
    )


def _accuracy(facts: Facts) -> Iterator[str]:
    yield from ("| split | images | accuracy in %, with its 95 % interval |", "|---|---|---|")
    splits = [name for name in ("train", "validation", "test") if facts.metrics.get(name, {}).get("n")]
    for name in splits:
        measured = facts.metrics[name]
        yield f"| {name} | {measured['n']:,} | {interval(measured['accuracy'], *measured['wilson'])} |"
    yield ""
    yield "Wilson's interval, over images: it says nothing about networks trained with other seeds."
    if facts.training["spec"]["select_epoch"] == "best":
        yield "The epoch was chosen by its accuracy on validation, which that choice favours."
    if "test" not in splits:
        yield "The data set has no test split here."
    flags = [flag["sentence"] for flag in facts.metrics["flags"]]
    yield from ["", *(f"- {sentence}" for sentence in flags)] if flags else ()


def _data(source: Source) -> Iterator[str]:
    entry = source.dataset
    if source.drawn:
        yield f"The images were drawn by CNN Atlas in the format of {entry['title']}: they are **not** that data set,"
        yield "and the accuracies above say nothing about photographs."
        return
    yield f"{entry['title']}. {entry.get('citation') or ''}".rstrip()
    if entry.get("homepage"):
        yield f"<{entry['homepage']}>"
    if entry.get("problems"):
        yield f"Known problems: {CITED.sub('', entry['problems'])}."


def _limits(network: Network, source: Source) -> Iterator[str]:
    yield f"- Every image is given one of {counted(len(network.classes), 'class', 'classes')}, whatever it shows."
    yield "- A softmax score is no probability of being right: it is not calibrated."
    yield "- Accuracy was measured on images from the source of those it was trained on; elsewhere it may be lower."
    yield "- Made to be studied, and for no decision about anything that matters."


def _use(network: Network, difference: float) -> Iterator[str]:
    size, prepared, squashed = (network.preprocessing[key] for key in ("size", "prepared", "squashed"))
    scaled = "as a whole" if squashed else "the square in its middle"
    steps = f"{prepared} x {prepared} pixels" + (f", then to {size} x {size}" if size != prepared else "")
    yield f"An image is scaled to {steps} ({scaled}); its RGB values are divided by 255. Normalisation is part of"
    yield "the network. Names of the classes, in order, are in `classes.json`; the rest is in `config.json`."
    yield from ("", "```python")
    yield from ("from cnnatlas import load", "", 'load("weights.safetensors").predict("photograph.jpg")')
    yield from ("```", "", "```python", "import json", "", "import numpy as np", "import onnxruntime")
    yield from ("from PIL import Image, ImageOps", "")
    yield 'image = ImageOps.exif_transpose(Image.open("photograph.jpg")).convert("RGB")'
    if not squashed:
        yield from ("side = min(image.size)", "left, top = (image.width - side) / 2, (image.height - side) / 2")
        box = ", box=(left, top, left + side, top + side)"
    else:
        box = ""
    yield f"image = image.resize(({prepared}, {prepared}), Image.Resampling.LANCZOS{box})"
    if size != prepared:
        yield f"image = image.resize(({size}, {size}), Image.Resampling.BILINEAR)"
    yield "values = np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 255"
    yield 'session = onnxruntime.InferenceSession("model.onnx")'
    yield '(logits,) = session.run(["logits"], {"images": values})'
    yield 'print(json.load(open("classes.json"))[logits[0].argmax()])'
    yield from ("```", "", f"Logits of `model.onnx` differ from torch's by at most {difference:.1e} of their size, on")
    yield "images of noise."


def _licence(source: Source) -> str:
    code = "The code is under the MIT licence."
    if source.drawn:
        return f"{code} The images are the code's own."
    return f"{code} The data: {source.dataset.get('licence') or 'no licence stated'}."
