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
COLOURS = "RdBu_r"  # blue below, white at and red above zero
OVERLAID = ("cam", "grad_cam")
RECTIFIED = ("grad_cam",)
REBUILT = ("guided_backpropagation",)
ROBUST = 99  # percentile of a pixelwise gradient's absolute values that has full colour; single pixels lie far above
SLOPE = ("brighter lowers the logit", "brighter raises the logit", "logits per unit of intensity")
MEANING = {  # of blue, of red, and the unit
    "cam": ("against the class", "for the class", "logits"),
    "grad_cam": ("zero", "for the class", "logits"),
    "gradient": SLOPE,
    "guided_backpropagation": SLOPE,
    "integrated_gradients": ("against the class", "for the class", "logits"),
    "occlusion": ("hiding it raises the score", "hiding it lowers the score", "units of the softmax score"),
    "smooth_grad": SLOPE,
}


def selected(arrays: Mapping[str, np.ndarray], record: Mapping, shown: str) -> tuple[dict[str, np.ndarray], dict]:
    """The first PAGE rows of those that `shown` names: `right` or `wrong` predictions, or `all`; for `draw`."""
    entries = record["images"]
    rows = [i for i, e in enumerate(entries) if shown == "all" or (e["prediction"] == e["class"]) == (shown == "right")]
    kept = {key: arrays[key][rows[:PAGE]] for key in ("images", "attribution")}
    return kept, {**record, "images": [entries[i] for i in rows[:PAGE]]}


def draw(arrays: Mapping[str, np.ndarray], record: Mapping) -> Figure:
    """Pairs of an image and the attribution of its target, in the order of the record: up to PAGE of them.

    `arrays`: "images" (N, H, W, 3) uint8 and "attribution" (N, C, H, W). Above each pair stand its true class, the
    prediction with its softmax score, the target with its score where it is another class than the prediction, and the
    attribution of full colour. Three channels are summed, but for guided backpropagation, which keeps its colours,
    grey being zero. Without any image, the figure says so. Raises ValueError for more than PAGE.
    """
    entries, method = record["images"], record["method"]
    if len(entries) > PAGE:
        raise ValueError(f"{len(entries)} images are too many for one figure; take those `selected`")
    if not entries:
        return style.note("there is no such image")
    columns = min(len(entries), 4 if len(entries) <= FEW else 5)
    width, rows = style.WIDTH / columns, -(-len(entries) // columns)
    lines = 2 + any(entry["target"] != entry["prediction"] for entry in entries)
    side = min((width - 2 * GAP) / 2, 0.9, (style.HEIGHT - KEY) / rows - lines * TEXT - GAP)
    height = lines * TEXT + side + GAP
    axes = style.canvas(height * rows + KEY)
    for k, (image, values, entry) in enumerate(zip(arrays["images"], arrays["attribution"], entries, strict=True)):
        left, top = k % columns * width + GAP, k // columns * height
        limit = _limit(values if method in REBUILT else values.sum(0, keepdims=True), pixelwise=len(values) > 1)
        scale = f"±{limit:.0f}" if limit >= 100 else f"±{limit:.2g}"
        judged = entry["prediction"] != entry["class"] and entry["class"] in record["classes"]
        _titles(axes, entry, scale, judged, (left, top + lines * TEXT), width - 2 * GAP)
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


def _titles(axes: Axes, entry: Mapping, scale: str, wrong: bool, corner: tuple[float, float], width: float) -> None:
    """Lines of at most `width` inches above a pair of pictures, whose upper left corner is given."""
    room = int(width * 72 / (0.53 * POINTS))  # characters of DejaVu Sans
    texts = [
        (_line("true", entry["class"], "", room - len(scale) - 1), "black"),
        (
            _line("predicted", entry["prediction"], f" {entry['score']:.2f}", room),
            style.VERMILION if wrong else "black",
        ),
    ]
    if entry["target"] != entry["prediction"]:
        texts.append((_line("map for", entry["target"], f" {entry['target_score']:.2f}", room), style.BLUE))
    left, top = corner[0], corner[1] - len(texts) * TEXT
    for line, (text, colour) in enumerate(texts):
        y = top + (line + 0.5) * TEXT
        axes.text(left, y, text, ha="left", va="center", fontsize=POINTS, color=colour)
    axes.text(left + width, top + 0.5 * TEXT, scale, ha="right", va="center", fontsize=POINTS, color=style.GREY)


def _line(key: str, name: str, score: str, room: int) -> str:
    """A class with its score; of a name too long for `room` characters only the start."""
    left, readable = room - len(key) - 2 - len(score), style.readable(name)
    return f"{key}: {readable if len(readable) <= left else readable[: left - 1] + '…'}{score}"


def _key(axes: Axes, method: str) -> None:
    """What the colours mean: a bar from blue to red with both ends' names, or a sentence."""
    middle, bottom = style.WIDTH / 2, axes.get_ylim()[0]
    low, high, unit = MEANING[method]
    scale = f"each map has its own scale, given above it in {unit}"
    if method in REBUILT:
        scale = f"grey: zero; lighter: positive; darker: negative; {scale}"
    else:
        bar = matplotlib.colormaps[COLOURS](np.linspace(0.5 if method in RECTIFIED else 0, 1, 101))[None, :, :3]
        y = bottom - KEY + 0.09
        axes.imshow(bar, extent=(middle - 0.7, middle + 0.7, y + 0.08, y), aspect="auto")
        axes.text(middle - 0.78, y + 0.04, low, ha="right", va="center", fontsize=6)
        axes.text(middle + 0.78, y + 0.04, high, ha="left", va="center", fontsize=6)
    axes.text(middle, bottom - 0.1, scale, ha="center", va="center", fontsize=6)


def _picture(axes: Axes, image: np.ndarray, left: float, top: float, side: float) -> None:
    axes.imshow(image, extent=(left, left + side, top + side, top), aspect="auto", interpolation="nearest")
