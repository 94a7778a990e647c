"""Assessments of attribution methods as their figure and sentences get them, made up."""

import numpy as np

from cnnatlas.interpretation.declarations import METHODS

ATTRIBUTIONS = [name for name, method in METHODS.items() if method.kind == "attribution"]


def around(value: float, width: float = 0.1) -> dict:
    return {"value": value, "low": value - width, "high": value + width}


def than(difference: float, width: float = 0.1) -> dict:
    return {"difference": difference, "low": difference - width, "high": difference + width}


def assessments(methods=tuple(ATTRIBUTIONS), *, masks: bool = True) -> dict[str, dict]:
    """Assessments by method, drawn at random; tests set the values that they are about."""
    rng = np.random.default_rng(0)
    named = {method: {"colour": i, "title": METHODS[method].title} for i, method in enumerate(methods)}
    return {method: one(rng, masks) | named[method] for method in methods}


def one(rng: np.random.Generator, masks: bool) -> dict:
    """One method's assessment."""
    baselines = {"centre_box": {"value": 0.6, "than": than(0.0)}, "edges": {"value": 0.4, "than": than(0.2)}}
    measured = {key: around(0.2 + 0.6 * rng.random()) | baselines for key in ("pointing", "energy", "iou")}
    fractions = np.linspace(0, 1, 9)
    games = {
        game: {
            "curve": (rng.random(9) / 2).tolist(),
            "area": around(rng.random()),
            "random": {"curve": np.linspace(*ends, 9).tolist(), "area": around(0.45)},
            "than": than(0.0),
        }
        for game, ends in {"deletion": (0.8, 0.1), "insertion": (0.1, 0.8)}.items()
    }
    similarity = {
        measure: {
            "cascading": [around(value) for value in sorted(0.9 * rng.random(4), reverse=True)],
            "independent": [around(value) for value in 0.9 * rng.random(4)],
            "null": around(0.2),
            "kept": around(0.2),
            "end": than(0.0),
        }
        for measure in ("rank", "ssim")
    }
    layers = [f"layer{i}" for i in range(13)]
    return {
        "localisation": {"images": 24, "thresholds": [0.1, 0.2], **measured} if masks else None,
        "faithfulness": {"images": 24, "steps": 8, "fractions": fractions.tolist(), **games},
        "randomisation": {
            "images": 8, "layers": layers, "counts": [4, 7, 10, 13], "half": 1, **similarity, "verdict": "passes",
        },
    }  # fmt: skip
