"""Are learned filters Gabor functions? The answer in words, from fits of learned and of random filters (A3b)."""

from collections.abc import Mapping
from types import MappingProxyType

from cnnatlas.evaluation.statistics import holm
from cnnatlas.evaluation.verdicts import LEVEL
from cnnatlas.interpretation.arrays import Arrays, layers
from cnnatlas.interpretation.gabor import COPY, QUANTILE, SMALLEST, compare, copies
from cnnatlas.wording import capitalised, counted, decimal, listing, percent

_COPIES = f"mostly hand one input channel on ({percent(COPY, 0)} of their energy or more in one weight at the middle)"


def summarise(arrays: Arrays, record: Mapping) -> dict:
    """`compare` of each layer whose filters are square and large enough, and the question's answer in words.

    `arrays`: those of the filters' arrays.npz. Gives {layers: {name: ...}, order: [their names, from the input on],
    shown: [all names], sentences: [...]}; each layer's `p` is corrected after Holm over the layers. Layers of identity
    kernels alone have nothing to fit, and a sentence at the end.
    """
    weights = {name: arrays[name] for name in layers(arrays)}
    large = {name: a for name, a in weights.items() if a.shape[2] == a.shape[3] >= SMALLEST}
    copied = {name: len(a) for name, a in large.items() if copies(a).all()}
    fits = {name: compare(a) for name, a in large.items() if name not in copied}
    corrected = holm([fit["p"] for fit in fits.values()])
    for fit, p in zip(fits.values(), corrected, strict=True):
        fit["p"] = p
    return {"layers": fits, "order": list(fits), "sentences": sentences(fits, copied), "shown": list(weights)}


def sentences(fits: Mapping[str, Mapping], copied: Mapping[str, int] = MappingProxyType({})) -> list[str]:
    """Does the network learn filters like Gabor functions? The answer first, then each layer's numbers.

    `copied`: how many filters the layers have that consist of identity kernels alone.
    """
    left_out = [
        f"No Gabor function is fitted to the filters of {name}: all {number} {_COPIES}."
        for name, number in copied.items()
    ]
    if not fits:
        least = f"{SMALLEST}×{SMALLEST} pixels"
        none = f"None of these layers has filters of at least {least}, so no Gabor function can be fitted."
        return left_out or [none]
    numbers = [sentence for name, layer in fits.items() for sentence in _numbers(name, layer)]
    small = {name: layer for name, layer in fits.items() if layer["size"] == SMALLEST}
    large = {name: layer for name, layer in fits.items() if name not in small}
    answers = [*([_answer(large)] if large else []), *([_untold(small)] if small else [])]
    return [*answers, *numbers, *left_out]


def _untold(fits: Mapping[str, Mapping]) -> str:
    """That fits of so small filters do not tell what these are, even where they are closer than random ones'."""
    closer = [name for name, layer in fits.items() if layer["p"] < LEVEL]
    others = [name for name in fits if name not in closer]
    least = min(layer["null_median"] for layer in fits.values())
    start = f"The fit cannot tell whether the filters of {listing(list(fits))} resemble Gabor functions"
    if closer:
        unshown = f" (not shown of the filters of {listing(others)})" if others else ""
        start = (
            f"A Gabor function is fitted more closely to the filters of {listing(closer)} than to random ones{unshown}"
            ", but the fit cannot tell whether they resemble Gabor functions"
        )
    return (
        f"{start}: with eight parameters for {SMALLEST}×{SMALLEST} weights, it reaches R² {decimal(least)} on half of "
        "the random filters as well."
    )


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
    p = f"= {decimal(layer['p'], 3)}" if layer["p"] >= 0.001 else "< 0.001"
    small = layer["size"] == SMALLEST  # neither stripes nor blobs can be told there
    stripes = f"; not blobs but stripes or edges: {layer['waves']}" if layer["above"] and not small else ""
    everyone = " over all filters, fitted or not" if few else ""
    left_out = f"{layer['copies']} of its filters, which {_COPIES}, are left out." if layer["copies"] else ""
    return [
        f"In {name}, {above} of the {counted(layer['fitted'], 'filter')} of {size} pixels{few} "
        f"({share}, 95 % interval {low} to {high}) {verb} closer to a Gabor function than "
        f"{percent(QUANTILE, 0)} of random filters are (R² above "
        f"{decimal(layer['threshold'])}; medians {medians}; p {p}, corrected over the layers){stripes}.",
        f"The fitted pattern, the first principal component over the {layer['channels']} input channels, holds "
        f"{percent(layer['energy'], 0)} of a filter's energy ({percent(layer['null_energy'], 0)} in random filters; "
        f"medians{everyone}).",
        *([left_out] if left_out else []),
        *([] if small else _best(layer)),
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
