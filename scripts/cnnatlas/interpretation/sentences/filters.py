"""Are learned filters Gabor functions? The answer in words, from fits of learned and of random filters (A3b)."""

from collections.abc import Mapping

from cnnatlas.evaluation.statistics import holm
from cnnatlas.evaluation.verdicts import LEVEL
from cnnatlas.interpretation.arrays import Arrays, layers
from cnnatlas.interpretation.gabor import QUANTILE, SMALLEST, compare
from cnnatlas.wording import capitalised, counted, decimal, listing, percent


def summarise(arrays: Arrays, record: Mapping) -> dict:
    """`compare` of each layer whose filters are square and large enough, and the question's answer in words.

    `arrays`: those of the filters' arrays.npz. Gives {layers: {name: ...}, order: [names, from the input on],
    sentences: [...]}; each layer's `p` is corrected after Holm over the layers.
    """
    weights = {name: arrays[name] for name in layers(arrays)}
    fits = {name: compare(a) for name, a in weights.items() if a.shape[2] == a.shape[3] >= SMALLEST}
    corrected = holm([fit["p"] for fit in fits.values()])
    for fit, p in zip(fits.values(), corrected, strict=True):
        fit["p"] = p
    return {"layers": fits, "order": list(fits), "sentences": sentences(fits)}


def sentences(fits: Mapping[str, Mapping]) -> list[str]:
    """Does the network learn filters like Gabor functions? The answer first, then each layer's numbers."""
    if not fits:
        return ["None of these layers has filters of at least 3×3 pixels, so no Gabor function can be fitted."]
    numbers = [sentence for name, layer in fits.items() for sentence in _numbers(name, layer)]
    small = [layer["null_median"] for layer in fits.values() if layer["size"] == SMALLEST]
    return [_answer(fits), *numbers, *([_remark(small)] if small else [])]


def _answer(fits: Mapping[str, Mapping]) -> str:
    groups = {
        "more often like Gabor functions than random ones are": [n for n, x in fits.items() if _verdict(x) == "wave"],
        "more often fitted by a Gabor function than random ones, though mostly as blobs without stripes": [
            n for n, x in fits.items() if _verdict(x) == "blob"
        ],
        "not shown to be more like Gabor functions than random ones": [
            n for n, x in fits.items() if _verdict(x) == "chance"
        ],
    }
    parts = [f"the filters of {listing(names)} are {words}" for words, names in groups.items() if names]
    return capitalised("; ".join(parts)) + "."


def _verdict(layer: Mapping) -> str:
    if layer["p"] >= LEVEL:
        return "chance"
    return "wave" if 2 * layer["waves"] >= layer["above"] else "blob"


def _numbers(name: str, layer: Mapping) -> list[str]:
    above = {0: "none", 1: "one"}.get(layer["above"], layer["above"])
    size = f"{layer['size']}×{layer['size']}"
    few = f" that were fitted, of {layer['filters']}," if layer["fitted"] < layer["filters"] else ""
    share, low, high = (percent(value, 0) for value in (layer["share"], *layer["wilson"]))
    verb = "is" if layer["above"] == 1 else "are"
    medians = f"{decimal(layer['median'])} learned and {decimal(layer['null_median'])} random"
    p = f"p = {decimal(layer['p'], 3)}" if layer["p"] >= 0.001 else "p < 0.001"
    stripes = f"; not blobs but stripes or edges: {layer['waves']}" if layer["above"] else ""
    return [
        f"In {name}, {above} of the {counted(layer['fitted'], 'filter')} of {size} pixels{few} "
        f"({share}, 95 % interval {low} to {high}) {verb} closer to a Gabor function than "
        f"{percent(QUANTILE, 0)} of random filters are (R² above "
        f"{decimal(layer['threshold'])}; medians {medians}; {p}){stripes}.",
        f"The fitted pattern, the first principal component over the {layer['channels']} input channels, holds "
        f"{percent(layer['energy'], 0)} of a filter's energy ({percent(layer['null_energy'], 0)} in random filters; "
        f"medians).",
        *_best(layer),
    ]


def _best(layer: Mapping) -> list[str]:
    first, wave = layer["best"][0], layer["best_wave"]
    blob = f"The closest of all is filter {first['index']}, a blob without stripes (R² {decimal(first['r2'])})."
    if wave is None:
        return [blob]
    kind = "wave" if first["blob"] else "of all"
    text = (
        f"The closest {kind} is filter {wave['index']}: stripes at {decimal(wave['orientation'], 0)}° to the "
        f"horizontal, {decimal(wave['frequency'])} cycles per pixel (R² {decimal(wave['r2'])})."
    )
    return [blob, text] if first["blob"] else [text]


def _remark(medians: list[float]) -> str:
    low, high = decimal(min(medians)), decimal(max(medians))
    reached = low if low == high else f"{low} to {high}"
    return (
        f"With 3×3 pixels R² alone says little: half of the random filters reach {reached} as well, since the function "
        f"has eight parameters for nine weights."
    )
