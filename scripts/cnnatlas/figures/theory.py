"""Pictures for the theoretical questions: dilation, pooling, receptive fields, template matching, pyramids."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from cnnatlas.errors import AtlasError
from cnnatlas.figures import block_diagrams, style
from cnnatlas.theory import convolutions, receptive

Answers = Mapping[str, Mapping]
Arrays = Mapping[str, np.ndarray]

TAP, PADDING, FAINT = "#A6CBE6", "#E4E4E4", "#FFFFFF"
BLOCKS = ("#CFE3F2", "#F8DFBF", "#BFE6D8", "#F5CFC0")


def draw(picture: str, answers: Answers, arrays: Arrays) -> Figure:
    """Draw one of PICTURES from the content of answers.json and arrays.npz; raises AtlasError for another name."""
    if picture not in PICTURES:
        raise AtlasError(f"{picture}: no such picture of the theory; there are {', '.join(PICTURES)}")
    return PICTURES[picture](answers, arrays)


def dilation(answers: Answers, arrays: Arrays) -> Figure:
    """The taps of a 3 x 3 kernel at dilation 1 and 2, and how the latter meets the padded 4 x 4 image (C0.3)."""
    drawn = style.figure(2.1)
    near, far, image, output = drawn.subplots(1, 4, width_ratios=(5, 5, 8, 4))
    for axes, rate in ((near, 1), (far, 2)):
        taps = 2 + rate * np.arange(-1, 2)
        cells = np.where(np.isin(np.arange(5)[:, None], taps) & np.isin(np.arange(5), taps), TAP, FAINT)
        _grid(axes, cells, title=f"dilation {rate}\nspans {(reach := convolutions.span(3, rate))} × {reach}")
    padded = np.pad(convolutions.question_image().sum(0), 2)
    taps = np.isin(np.arange(8), (0, 2, 4))
    inside = np.pad(np.ones((4, 4), bool), 2)
    cells = np.where(taps[:, None] & taps, TAP, np.where(inside, FAINT, PADDING))
    _grid(image, cells, padded, title="sum of the channels, 2 zeros around,\ntaps of the first output")
    image.add_patch(Rectangle((2, 2), 4, 4, fill=False, edgecolor=style.VERMILION, linewidth=1.2))
    value = np.array(answers["c0_3"]["value"])
    _grid(output, np.where(np.indices((4, 4)).sum(0) == 0, TAP, FAINT), value, title="output\n")
    return drawn


def max_pooling(answers: Answers, arrays: Arrays) -> Figure:
    """The channels of the 4 x 4 image and their 2 x 2 max pooling (C0.11)."""
    drawn = style.figure(1.55)
    panels = drawn.subplots(1, 6, width_ratios=(4, 2) * 3)
    colours = np.array(BLOCKS).reshape(2, 2)
    for k, name in enumerate("RGB"):
        _grid(panels[2 * k], colours.repeat(2, 0).repeat(2, 1), convolutions.question_image()[k], title=name)
        _grid(panels[2 * k + 1], colours, np.array(answers["c0_11"]["value"])[k], title=f"{name}, pooled")
    return drawn


def receptive_fields(answers: Answers, arrays: Arrays) -> Figure:
    """How many paths lead from each pixel to one output, for stacks of layers; on one scale of pixels."""
    names = list(receptive.STACKS)
    maps = [arrays[f"paths_{k}"] for k in range(len(names))]
    widest = max(map(len, maps)) / 2 + 0.5
    drawn = style.figure(2.25)
    panels = drawn.subplots(1, len(names))
    for k, (axes, name, paths) in enumerate(zip(panels, names, maps, strict=True)):
        half = len(paths) / 2
        shown = np.where(paths > 0, paths / paths.max(), np.nan)
        axes.set_facecolor("#F4F4F4")
        axes.imshow(shown, cmap="viridis", vmin=0, vmax=1, extent=(-half, half, half, -half), interpolation="nearest")
        side = answers[f"c0_10_field_{k}"]["value"]
        axes.set(xlim=(-widest, widest), ylim=(widest, -widest), xticks=[], yticks=[])
        axes.set_title(name.replace(", stride 2, ", ", stride 2,\n").replace(" dilated", "\ndilated"), fontsize=7.5)
        axes.set_xlabel(
            f"{side} × {side} pixels\nat most {paths.max()} path{'s' if paths.max() > 1 else ''}", fontsize=7
        )
        axes.grid(visible=False)
    return drawn


def template_matching(answers: Answers, arrays: Arrays) -> Figure:
    """A drawn scene, a template cut out of it, and the plain and the normalised response (C0.4)."""
    drawn = style.figure(style.HALF_PAGE)
    (scene, cut), (plain, normalised) = drawn.subplots(2, 2)
    top, left, height, width = arrays["boxes"][0]
    _picture(scene, arrays["scene"], "scene, and the template's position")
    _box(scene, arrays["boxes"][0], style.VERMILION)
    _picture(cut, arrays["scene"][top : top + height, left : left + width], f"template, {width} × {height} pixels")
    for axes, name, title in ((plain, "plain", "inner product"), (normalised, "normalised", "normalised correlation")):
        image = _response(axes, arrays[name], arrays["scene"].shape[:2], answers[f"c0_4_{name}_peak"]["value"])
        _bare(axes, f"{title}, greatest at the cross")
        drawn.colorbar(image, ax=axes, location="bottom", shrink=0.8, aspect=30)
    return drawn


def pyramid(answers: Answers, arrays: Arrays) -> Figure:
    """Levels of a pyramid at one scale of pixels, the best match of one template in each, and the responses (C0.5)."""
    levels = sum(name.startswith("level_") for name in arrays)
    drawn = style.figure(style.HALF_PAGE)
    grid = drawn.subplots(2, levels, width_ratios=[2.0**-k for k in range(levels)])
    height, width = arrays["boxes"][0][2:]
    for k, (upper, lower) in enumerate(grid.T):
        level = arrays[f"level_{k}"]
        position = np.array(answers[f"c0_5_level_{k}_place"]["value"]) / 2**k
        upper.imshow(level, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        _bare(upper, f"level {k}\n{level.shape[1]} × {level.shape[0]}")
        _box(upper, (*position, height, width), style.VERMILION)
        image = _response(lower, arrays[f"response_{k}"], level.shape, position)
        image.set_clim(-1, 1)
        _bare(lower, f"greatest\n{answers[f'c0_5_level_{k}_response']['value']:.2f}")
        for axes in (upper, lower):
            axes.set_anchor("S")
    drawn.colorbar(image, ax=grid[1], location="bottom", shrink=0.5, aspect=35, label="normalised correlation")
    return drawn


def _response(axes: Axes, response: np.ndarray, shape: tuple[int, int], position: Sequence[float]) -> AxesImage:
    """A response, each value at its window's centre, over an image's frame; a cross on the window at `position`."""
    offsets = [(whole - part) / 2 for whole, part in zip(shape, response.shape, strict=True)]
    (top, left), (height, width) = offsets, response.shape
    extent = (left - 0.5, left + width - 0.5, top + height - 0.5, top - 0.5)
    image = axes.imshow(response, cmap="viridis", extent=extent, interpolation="nearest")
    axes.set(xlim=(-0.5, shape[1] - 0.5), ylim=(shape[0] - 0.5, -0.5))
    axes.plot(position[1] + left, position[0] + top, "+", color=style.VERMILION, markersize=9, markeredgewidth=1.8)
    return image


def _grid(axes: Axes, colours: np.ndarray, values: np.ndarray | None = None, *, title: str) -> None:
    """Cells (rows, columns) filled with colours, each with its number if there are any."""
    rows, columns = colours.shape
    for i in range(rows):
        for j in range(columns):
            cell = Rectangle((j, i), 1, 1, facecolor=colours[i, j], edgecolor=style.GREY, linewidth=0.6)
            axes.add_patch(cell)
            if values is not None:
                axes.text(j + 0.5, i + 0.5, str(values[i, j]), ha="center", va="center", fontsize=7)
    axes.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1), aspect="equal", xticks=[], yticks=[])
    axes.axis("off")
    axes.set_title(title, fontsize=7.5)


def _picture(axes: Axes, image: np.ndarray, title: str) -> None:
    axes.imshow(image, interpolation="nearest")
    _bare(axes, title)


def _bare(axes: Axes, title: str) -> None:
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_title(title, fontsize=7.5)


def _box(axes: Axes, box: tuple[float, float, float, float], colour: str) -> None:
    top, left, height, width = box
    corner = (left - 0.5, top - 0.5)
    axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=colour, linewidth=1.3))


PICTURES: dict[str, Callable[[Answers, Arrays], Figure]] = {
    "dilation": dilation,
    "max_pooling": max_pooling,
    "receptive_fields": receptive_fields,
    "template_matching": template_matching,
    "pyramid": pyramid,
    "inception": block_diagrams.inception,
    "residual": block_diagrams.residual,
}
