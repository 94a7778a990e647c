"""What to learn from single items, where the words or the numbers of the lesson depend on the run."""

from collections.abc import Collection, Iterable, Mapping

from cnnatlas.evaluation.metrics import wilson
from cnnatlas.wording import counted, percent, points

EXAMPLE = 0.75  # accuracy for which the width of an interval is given
LEARN = "**What to learn from it.** "


def one_loop(parameters: Iterable[int]) -> str:
    """Of networks with so many parameters, all trained by one loop (B2.1)."""
    found = sorted(parameters)
    return (
        f"{LEARN}One loop trains networks of {found[0]:,} to {found[-1]:,} parameters: two of them differ only in "
        "their settings, and a test of the loop is a test of every training."
    )


def unpooled(architecture: Mapping) -> str:
    """Of a network that flattens its maps without pooling, from its architecture.json (B2.3)."""
    height, width, share = _flattened(architecture)
    return (
        f"{LEARN}The dense layer holds {percent(share)} of the parameters: it has weights of its own for each of the "
        f"{height} × {width} positions that the convolution treats alike."
    )


def pooled(architecture: Mapping) -> str:
    """Of a network that pools its maps and then flattens them, from its architecture.json (C2b)."""
    height, width, share = _flattened(architecture)
    whole = " × ".join(map(str, architecture["layers"][0]["output"][1:]))
    return (
        f"{LEARN}A dense layer grows with the number of positions that are flattened: pooling leaves {height} × "
        f"{width} of {whole}, and the layer holds {percent(share)} of the parameters."
    )


def _flattened(architecture: Mapping) -> tuple[int, int, float]:
    """Height and width of the maps that are flattened, and the dense layers' share of all parameters."""
    layers = architecture["layers"]
    first = next(i for i, layer in enumerate(layers) if layer["type"] == "Flatten")
    _, height, width = layers[first - 1]["output"]
    dense = sum(layer["parameters"] for layer in layers if layer["type"] == "Linear")
    return height, width, dense / architecture["parameters"]


def best_of_all(entries: Iterable[Mapping]) -> str:
    """Of the choice among variants by validation, from entries of comparison.json, which may repeat (B2.12)."""
    found = {entry["variant"]: entry for entry in entries}
    scores = {name: entry["accuracy"]["validation"] for name, entry in found.items()}
    budgets = _budgets(found.values())
    best = max(scores, key=lambda name: scores[name]["mean"])
    mean, images = (scores[best][key] for key in ("mean", "images"))
    over_images, _ = wilson(round(mean * images), images)  # an interval over several seeds leaves them out
    low = min(scores[best]["low"], over_images)
    near = sum(scores[name]["mean"] >= low for name in scores if name != best)
    if not near:
        over = "images" if found[best]["seeds"] == 1 else "images, or over seeds where that is wider"
        return (
            f"{LEARN}No other variant lies within its 95 % interval on validation, which is over {over}: trained with "
            f"other seeds, another may be chosen.{budgets}"
        )
    lie = "lies" if near == 1 else "lie"
    return (
        f"{LEARN}Of {counted(len(scores) - 1, 'other variant')}, {near:,} {lie} within its 95 % interval on "
        f"validation: a choice so close may turn out differently on other images.{budgets}"
    )


def _budgets(entries: Collection[Mapping]) -> str:
    """How far the budgets of variants differ, where they do: the best may be the one with the largest.

    A training that diverged had more epochs than it ran.
    """
    ranges = {
        "epochs": [entry["epochs"] for entry in entries if not entry["diverged"]] or [0],
        "training images": [entry["accuracy"]["train"]["images"] for entry in entries],
    }
    differ = [f"{min(v):,.0f} to {max(v):,.0f} {key}" for key, v in ranges.items() if min(v) < max(v)]
    return f" Their budgets differ ({' and '.join(differ)}): the best need not be the best design." if differ else ""


def unread(architecture: Mapping) -> str:
    """Of a network whose strides without padding leave out the image's last rows and columns; "" of others (D3)."""
    rows, size = _rows_read(architecture)
    if rows >= size:
        return ""
    return (
        f"The network reads {rows} of {size} rows and columns, as strides without padding leave out the last "
        f"{size - rows}: an even map over what it reads has {percent(even_over_read(architecture))} of its mass in the "
        "central quarter of the image, one over the whole image 25 %."
    )


def even_over_read(architecture: Mapping) -> float | None:
    """The share of an even map over what a network reads in the image's central quarter; None if it reads all (D3)."""
    rows, size = _rows_read(architecture)
    middle = max(0.0, min(rows, 0.75 * size) - 0.25 * size)  # of the rows in the central quarter, those that it reads
    return None if rows >= size else (middle / rows) ** 2


def _rows_read(architecture: Mapping) -> tuple[int, int]:
    """How many of an image's rows a network reads, and how many there are."""
    layers = [layer for layer in architecture["layers"] if layer.get("kernel")]
    rows = layers[-1]["output"][1]
    for layer in reversed(layers):
        rows = (rows - 1) * layer["stride"][0] + layer["kernel"][0] - 2 * layer["padding"][0]
    return rows, layers[0]["input"][1]


def map_size(architecture: Mapping) -> str:
    """Of how few values the last maps of a network consist, which class activation maps enlarge (A4)."""
    height, width = [layer["output"][1:] for layer in architecture["layers"] if len(layer["output"]) == 3][-1]
    return (
        f"The last maps have {height} × {width} values, enlarged to the image's size: where a map's mass lies is known "
        "no more finely than that."
    )


def gap(entry: Mapping) -> str:
    """Training minus validation accuracy in points, means over seeds, from an entry of comparison.json (C1c, D2.3)."""
    return points(entry["accuracy"]["train"]["mean"] - entry["accuracy"]["validation"]["mean"])


def few_images(images: int) -> str:
    """Of a test on so many images (C1a)."""
    low, high = wilson(round(EXAMPLE * images), images)
    return (
        f"{LEARN}On {counted(images, 'test image')}, an accuracy of {100 * EXAMPLE:.0f} % has a 95 % interval that is "
        f"{100 * (high - low):.1f} points wide: few images limit what a network learns, and what its test can tell."
    )


def in_memory(dataset: Mapping, side: int | None) -> str:
    """Of a data set's colour images in bytes, from dataset.json, and at the resolution of a training (C1b)."""
    images, (stored, _) = dataset["images"], dataset["size"]
    resized = f", and {_megabytes(images, side)} as the network takes them" if side not in (None, stored) else ""
    return (
        f"{LEARN}All {counted(images, 'image')} take {_megabytes(images, stored)} as they are stored{resized}. What is "
        "held in memory needs no processes that decode files during training."
    )


def _megabytes(images: int, side: int) -> str:
    return f"{images * side * side * 3 / 1e6:.1f} MB at {side} × {side} pixels"
