"""Images beside what a method attributes to their pixels (A4, A5, B3.1, D3)."""

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style

PAGE = 50  # images on a page at most
FEW = 20  # up to so many are drawn larger
TEXT = 0.115  # inches for a line of text
POINTS = 5.5
GAP = 0.05
KEY = 0.36  # inches for the key below
COLOURS = "RdBu_r"  # red speaks for the class, blue against it; white, zero, is the middle
OVERLAID = ("cam", "grad_cam")
RECTIFIED = ("grad_cam",)
REBUILT = ("guided_backpropagation",)
ROBUST = 99  # percentile of a pixelwise gradient's absolute values that has full colour; single pixels lie far above
UNITS = {
    "cam": "logits",
    "grad_cam": "logits",
    "gradient": "logits per unit of intensity",
    "guided_backpropagation": "logits per unit of intensity",
    "integrated_gradients": "logits",
    "occlusion": "softmax score",
    "smooth_grad": "logits per unit of intensity",
}


def pages(arrays: Mapping[str, np.ndarray], record: Mapping) -> list[Figure]:
    """All images of an interpretation's arrays.npz and record.json, PAGE of them on each figure; see `draw`."""
    starts = range(0, len(record["images"]), PAGE)
    return [
        draw(
            {key: arrays[key][start : start + PAGE] for key in ("images", "attribution")},
            {**record, "images": record["images"][start : start + PAGE]},
        )
        for start in starts
    ]


def draw(arrays: Mapping[str, np.ndarray], record: Mapping) -> Figure:
    """Pairs of an image and the attribution of its target, in the order of the record: up to PAGE of them.

    `arrays`: "images" (N, H, W, 3) uint8 and "attribution" (N, C, H, W). Above each pair stand its true class, the
    prediction with its softmax score, the target with its score where it is another class than the prediction, and the
    attribution of full colour. Three channels are summed, but for guided backpropagation, which keeps its colours,
    grey being zero. Raises ValueError for more images.
    """
    entries, method = record["images"], record["method"]
    if len(entries) > PAGE:
        raise ValueError(f"{len(entries)} images are too many for one figure; call `pages`")
    columns = min(len(entries), 4 if len(entries) <= FEW else 5)
    width, rows = style.WIDTH / columns, -(-len(entries) // columns)
    lines = 2 + any(entry["target"] != entry["prediction"] for entry in entries)
    side = min((width - 2 * GAP) / 2, 0.9, (style.HEIGHT - KEY) / rows - lines * TEXT - GAP)
    height = lines * TEXT + side + GAP
    axes = _canvas(height * rows + KEY)
    for k, (image, values, entry) in enumerate(zip(arrays["images"], arrays["attribution"], entries, strict=True)):
        left, top = k % columns * width + (width - 2 * side) / 2, k // columns * height
        limit = _limit(values if method in REBUILT else values.sum(0, keepdims=True), pixelwise=len(values) > 1)
        _titles(axes, entry, f"±{limit:.2g}", (left, top + lines * TEXT), 2 * side)
        _picture(axes, image, left, top + lines * TEXT, side - 0.02)
        _picture(axes, coloured(image, values, method, limit), left + side, top + lines * TEXT, side - 0.02)
    _key(axes, method)
    return axes.figure


def coloured(image: np.ndarray, values: np.ndarray, method: str, limit: float) -> np.ndarray:
    """The picture (H, W, 3) in [0, 1] of an attribution (C, H, W) whose values at `limit` have full colour."""
    if method in REBUILT:
        return np.clip(0.5 + 0.5 * values.transpose(1, 2, 0) / limit, 0, 1)
    share = np.clip(values.sum(0) / limit, -1, 1)
    colours = matplotlib.colormaps[COLOURS](0.5 + 0.5 * share)[..., :3]
    if method not in OVERLAID:
        return colours
    grey = np.repeat(image.mean(2, keepdims=True) / 255, 3, axis=2)
    opacity = 0.85 * np.abs(share)[..., None]
    return (1 - opacity) * grey + opacity * colours


def _limit(values: np.ndarray, *, pixelwise: bool) -> float:
    """The absolute value that gets full colour: a map's largest, or a high percentile of a gradient's."""
    sizes = np.abs(values)
    return float(np.percentile(sizes, ROBUST) if pixelwise else 0) or float(sizes.max()) or 1.0


def _titles(axes: Axes, entry: Mapping, scale: str, corner: tuple[float, float], width: float) -> None:
    """Lines above a pair of pictures, whose upper left corner is given."""
    wrong = entry["prediction"] != entry["class"]
    texts = [
        (f"true: {style.readable(entry['class'])}", "black"),
        (f"predicted: {_scored(entry['prediction'], entry['score'])}", style.VERMILION if wrong else "black"),
    ]
    if entry["target"] != entry["prediction"]:
        texts.append((f"shown: {_scored(entry['target'], entry['target_score'])}", style.BLUE))
    left, top = corner[0], corner[1] - len(texts) * TEXT
    room = int(width * 72 / (0.58 * POINTS))  # characters of DejaVu Sans
    for line, (text, colour) in enumerate(texts):
        space = room - len(scale) - 1 if line == 0 else room
        y = top + (line + 0.5) * TEXT
        axes.text(left, y, _cut(text, space), ha="left", va="center", fontsize=POINTS, color=colour)
    axes.text(left + width - 0.02, top + 0.5 * TEXT, scale, ha="right", va="center", fontsize=POINTS, color=style.GREY)


def _scored(name: str, score: float) -> str:
    return f"{style.readable(name)} {score:.2f}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _key(axes: Axes, method: str) -> None:
    """What the colours mean: a bar from against to for the class, or a sentence."""
    middle, bottom = style.WIDTH / 2, axes.get_ylim()[0]
    unit = f"each map has its own scale, given above it in {UNITS.get(method, 'the method’s units')}"
    if method in REBUILT:
        text = f"grey: zero; lighter: positive; darker: negative; {unit}"
        axes.text(middle, bottom - KEY / 2, text, ha="center", va="center", fontsize=6)
        return
    rectified = method in RECTIFIED
    bar = matplotlib.colormaps[COLOURS](np.linspace(0.5 if rectified else 0, 1, 101))[None, :, :3]
    y = bottom - KEY + 0.09
    axes.imshow(bar, extent=(middle - 0.7, middle + 0.7, y + 0.08, y), aspect="auto")
    ends = "zero" if rectified else "against the class", "for the class"
    for x, ha, text in ((middle - 0.78, "right", ends[0]), (middle + 0.78, "left", ends[1])):
        axes.text(x, y + 0.04, text, ha=ha, va="center", fontsize=6)
    axes.text(middle, y + 0.17, unit, ha="center", va="center", fontsize=6)


def _canvas(height: float) -> Axes:
    """One pair of axes over the whole figure, in inches from its upper left corner: far faster than one per image."""
    axes = style.figure(height, layout=None).add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, style.WIDTH), ylim=(height, 0), autoscale_on=False)
    axes.axis("off")
    return axes


def _picture(axes: Axes, image: np.ndarray, left: float, top: float, side: float) -> None:
    axes.imshow(image, extent=(left, left + side, top + side, top), aspect="auto", interpolation="nearest")
