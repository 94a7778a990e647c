"""What the images that maximise activations have in common, layer by layer (feature visualisation, C1f)."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy import stats

from cnnatlas.interpretation.arrays import Arrays, maximised
from cnnatlas.wording import counted, decimal, listing, part_of

CLASSES = "classes"


def mean_frequency(images: np.ndarray) -> np.ndarray:
    """Mean radial frequency (N,) of images (N, C, H, W), in cycles per pixel, weighted by power; NaN for flat ones.

    Channels are added up. Each image's mean is subtracted and a Hann window laid over it, since the opposite edges of
    a photograph differ, which would count as high frequencies.
    """
    height, width = images.shape[2:]
    window = np.hanning(height + 2)[1:-1, None] * np.hanning(width + 2)[None, 1:-1]
    values = images - images.mean(axis=(2, 3), keepdims=True)
    power = (np.abs(np.fft.fft2(values * window)) ** 2).sum(axis=1)
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    total, weighted = power.sum(axis=(1, 2)), (power * radius).sum(axis=(1, 2))
    return np.divide(weighted, total, out=np.full(len(images), np.nan), where=total > 1e-9)


def summary(arrays: Arrays) -> dict:
    """What a sentence needs of the arrays of activation_maximisation and the "images" uint8 (N, H, W, 3) with them.

    `images` is the number of natural images that the activations are compared with.
    `layers` is a list, from the input on, with for each: `name`; `units`; `above`, how many images activate their
    unit more than the best natural image; `silent`, how many units no natural image activates; `factor`, the median of
    reached / natural over the others; `gain`, the median of reached - natural; `frequencies`, the mean radial frequency
    of each visualisation that activates its unit more than the start did and the best natural image does: others are no
    maxima. `natural_frequency` is the mean of `images`.
    """
    natural = mean_frequency(arrays["images"].transpose(0, 3, 1, 2) / 255)
    return {
        "images": int(arrays["natural_images"]),
        "natural_frequency": float(np.nanmean(natural)) if np.isfinite(natural).any() else None,
        "layers": [_layer(arrays, name) for name in maximised(arrays)],
    }


def _layer(arrays: Arrays, name: str) -> dict:
    reached, start, natural = (arrays[f"{name}_{key}"].astype(np.float64) for key in ("reached", "start", "natural"))
    active = natural > 0
    frequencies = mean_frequency(arrays[name][reached > np.maximum(start, natural)])
    return {
        "name": name,
        "units": len(reached),
        "above": int((reached > natural).sum()),
        "silent": int((~active).sum()),
        "factor": float(np.median(reached[active] / natural[active])) if active.any() else None,
        "gain": float(np.median(reached - natural)),
        "frequencies": [float(value) for value in frequencies[np.isfinite(frequencies)]],
    }


def activation_sentence(found: Mapping) -> str:
    """How far the visualisations activate their units beyond natural images, from what `summary` gives."""
    layers = [layer for layer in found["layers"] if layer["name"] != CLASSES]
    parts = [_channels(layers, found["images"])] if layers else []
    for classes in (layer for layer in found["layers"] if layer["name"] == CLASSES):
        every = f"{part_of(classes['above'], classes['units'], 'class', 'classes')} a higher logit"
        gain = f"; in the median, the logit is {decimal(abs(classes['gain']), 1)} {_direction(classes['gain'])}"
        parts.append(f"The visualisations give {every} than the best validation image does{gain}.")
    return " ".join(parts)


def _channels(layers: list[dict], images: int) -> str:
    above, units = (sum(layer[key] for layer in layers) for key in ("above", "units"))
    silent = sum(layer["silent"] for layer in layers)
    text = (
        f"The visualisations activate {part_of(above, units, 'channel')} of {counted(len(layers), 'layer')} more than "
        f"the best of {counted(images, 'validation image')} does"
    )
    text += f"; {silent} of them {'is' if silent == 1 else 'are'} inactive on every validation image" if silent else ""
    rated = [layer for layer in layers if layer["factor"] is not None]
    if not rated:
        return text + "."
    factors = [layer["factor"] for layer in rated]
    trend = ", growing with depth" if _rising(factors) else ", shrinking with depth" if _rising(factors[::-1]) else ""
    each = listing([f"{decimal(layer['factor'], 2)} in {short(layer['name'])}" for layer in rated])
    return f"{text}. The median factor is {each}{trend}."


def frequency_sentence(found: Mapping) -> str:
    """Whether later layers prefer finer or coarser patterns than early ones, from what `summary` gives.

    The difference between the first and the last layer is given with Welch's 95 % interval over their units.
    """
    layers = [layer for layer in found["layers"] if layer["frequencies"]]
    if not layers:
        return "No visualisation activated its unit beyond natural images, so their patterns show nothing."
    each = [f"{decimal(np.mean(layer['frequencies']), 3)} for {_called(layer['name'])}" for layer in layers]
    natural = found["natural_frequency"]
    beside = "" if natural is None else f"; validation images have {decimal(natural, 3)}"
    which = "Of the visualisations beyond natural images, the mean radial frequency in cycles per pixel"
    text = f"{which} is {listing(each)}{beside}."
    compared = [layer for layer in layers if layer["name"] != CLASSES and len(layer["frequencies"]) > 1]
    return text if len(compared) < 2 else f"{text} {_change(compared[0], compared[-1])}"


def conclusion(found: Mapping) -> str:
    """What the visualisations say of the network's channels, from what `summary` gives; "" without a convolution."""
    layers = [layer for layer in found["layers"] if layer["name"] != CLASSES]
    if not layers:
        return ""
    return f"Conclusion: {_beyond(layers, found['images'])}; {_finer(layers)}."


def _beyond(layers: Sequence[Mapping], images: int) -> str:
    """Of how many channels of each layer the ascent found an image that activates them more than any natural one."""
    best = f"the best of {counted(images, 'validation image')}"
    if not any(layer["above"] for layer in layers):
        return f"the ascent found no image that activates its channel more than {best} does"
    parts = [f"{part_of(layer['above'], layer['units'], 'channel')} of {short(layer['name'])}" for layer in layers]
    rest = (
        "; the images of the others do not maximise their channels" if any(_short_of(layer) for layer in layers) else ""
    )
    return f"the ascent activates {listing(parts)} more than {best} does{rest}"


def _short_of(layer: Mapping) -> bool:
    return layer["above"] < layer["units"]


def _finer(layers: Sequence[Mapping]) -> str:
    """Whether the last layer prefers finer or coarser patterns than the first, of those with images to compare."""
    compared = [layer for layer in layers if len(layer["frequencies"]) > 1]
    if len(compared) < 2:
        return "too few layers have such images to compare their patterns"
    first, last = compared[0], compared[-1]
    low, high = _frequency_interval(first["frequencies"], last["frequencies"])
    if low <= 0 <= high:
        return f"whether {short(last['name'])} prefers finer patterns than {short(first['name'])} is not decided"
    word = "finer" if low > 0 else "coarser"
    return f"{short(last['name'])} prefers {word} patterns than {short(first['name'])}"


def _frequency_interval(first: Sequence[float], last: Sequence[float]) -> tuple[float, float]:
    """Welch's 95 % interval of the difference of means, last minus first."""
    return tuple(stats.ttest_ind(last, first, equal_var=False).confidence_interval(0.95))


def _change(first: dict, last: dict) -> str:
    low, high = _frequency_interval(first["frequencies"], last["frequencies"])
    difference = np.mean(last["frequencies"]) - np.mean(first["frequencies"])
    interval = f"{decimal(difference, 3)} (95 % interval over units {decimal(low, 3)} to {decimal(high, 3)})"
    names = f"from {short(first['name'])} to {short(last['name'])}"
    if low > 0:
        return f"It rises {names} by {interval}: the later layer prefers finer patterns."
    if high < 0:
        return f"It falls {names}, the change being {interval}: the later layer prefers coarser patterns."
    return f"Its change {names}, {interval}, leaves open whether the later layer prefers finer or coarser patterns."


def short(name: str) -> str:
    """A layer's name without the part that all layers of a classifier share."""
    return name.removeprefix("network.")


def _called(name: str) -> str:
    return "the classes" if name == CLASSES else short(name)


def _direction(gain: float) -> str:
    return "higher" if gain > 0 else "lower"


def _rising(values: list[float]) -> bool:
    return len(values) > 1 and all(a < b for a, b in pairwise(values))


def summarise(arrays: Arrays, record: Mapping) -> dict:
    """The report's text on feature visualisations: {sentences}."""
    found = summary(arrays)
    sentences = (activation_sentence(found), frequency_sentence(found), conclusion(found))
    return {"sentences": [sentence for sentence in sentences if sentence]}
