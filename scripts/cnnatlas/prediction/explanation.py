"""What a network answers to one photograph, and which parts of the photograph decide that."""

from collections.abc import Mapping
from importlib import import_module

import numpy as np
from PIL import Image

from cnnatlas.prediction.network import Network

LIKELIEST = 5
WIDER = 2  # the whole photograph is shown at so many times the network's resolution
STRIP = 3  # of a photograph that is longer, in multiples of its short side, the middle is shown
KEPT = 600  # pixels of the longer side of the photograph that figures show


def explain(network: Network, picture: Image.Image, methods: Mapping[str, Mapping]) -> tuple[dict, dict]:
    """A network's answer to a picture: arrays, and what is told of it.

    `methods` are those of attribution and `response`, with their options; each explains the likeliest class. The arrays
    are "seen" (side, side, 3) uint8, what the network is shown; by method its attribution (1 or 3, side, side); of
    `response` the evidence at each position (h, w), and "whole" (H, W, 3) uint8, the photograph that it is of. Told are
    {classes, likeliest: [{class, score}], squashed}, classes being their number. Raises AtlasError where a method does
    not fit the network.
    """
    seen = network.prepare(picture)
    scores = network.scores(seen)[0]
    ranked = np.argsort(-scores, kind="stable")
    arrays = {"seen": seen[0]}
    for method, options in methods.items():
        function = getattr(import_module(f"cnnatlas.interpretation.methods.{method}"), method)
        if method == "response":
            arrays["whole"] = enlarged(picture, WIDER * seen.shape[1])
            arrays[method] = function(network.classifier, arrays["whole"][None], ranked[:1], **options)["response_0"][0]
        else:
            arrays[method] = function(network.classifier, seen, ranked[:1], **options)["attribution"][0]
    told = [{"class": network.classes[k], "score": float(scores[k])} for k in ranked[:LIKELIEST]]
    return arrays, {"classes": len(scores), "likeliest": told, "squashed": network.preprocessing["squashed"]}


def enlarged(picture: Image.Image, short: int) -> np.ndarray:
    """A picture with `short` pixels on its short side: (H, W, 3) uint8; of a strip, the middle."""
    sides = [min(side, STRIP * min(picture.size)) for side in picture.size]
    left, top = ((whole - side) / 2 for whole, side in zip(picture.size, sides, strict=True))
    size = [round(side * short / min(sides)) for side in sides]
    return np.array(picture.resize(size, Image.Resampling.LANCZOS, box=(left, top, left + sides[0], top + sides[1])))


def kept(picture: Image.Image) -> np.ndarray:
    """The picture as figures show it: (H, W, 3) uint8 with at most KEPT pixels on the longer side."""
    scale = min(1.0, KEPT / max(picture.size))
    return np.asarray(picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.LANCZOS))
