"""Saved results of a small study, as the workflow's rules leave them, and its facts as the plan gives them."""

import base64
import json
from pathlib import Path
from types import SimpleNamespace

from cnnatlas.report.claims import Claims

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"></svg>'
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def entry(name, mean, diverged=0, splits=("validation",), flags=()):
    value = {"mean": mean, "low": mean - 0.01, "high": mean + 0.01, "mirrored": None, "loss": 2 * (1 - mean)}
    return {"variant": name, "title": name.title(), "dataset": "small", "parameters": 10, "multiply_adds": 20,
            "seeds": 1, "epochs": 3.0, "diverged": diverged, "highest_validation": mean,
            "flags": [{"flag": flag, "seeds": 1, "sentence": f"{flag}: so."} for flag in flags],
            "accuracy": dict.fromkeys(splits, value)}  # fmt: skip


def effect(name, difference):
    split = {"difference": difference, "low": difference - 0.02, "high": difference + 0.02, "seeds": 1}
    return {"effect": name, "heading": name.upper(), "splits": {"validation": split}, "void": None}


def curve(name, loss):
    return {"variant": name, "title": name.title(), "flags": "", "seeds": 1, "epochs": 3.0, "loss": loss,
            "accuracy": 1 - loss / 2, "gap": -0.05, "rises": 0.5, "epochs_to_common": 4 * loss,
            "start": None}  # fmt: skip


def pair(a, b, **other):
    """A pair of one seed; `other` replaces or adds keys."""
    split = {"difference": 0.3, "low": 0.2, "high": 0.4, "seeds": 1, "p": None, "verdict": None,
             "accuracy_a": 0.5, "accuracy_b": 0.8}  # fmt: skip
    speed = {"selected": [], "unequal": [], "warm": False, "epochs_to_match": 2.0, "epochs_to_best_a": 3.0}
    found = {"a": a, "b": b, "void": None, "gains_sentence": "Cats gain.", "splits": {"validation": split}}
    return found | speed | other


COMPARISON = {
    "variants": [entry("base", 0.5), entry("t_1", 0.6, diverged=1, flags=["undertrained"]), entry("t_2", 0.8)],
    "ranking": [{"variant": "base"}],
    "pairs": [pair("base", "best(t)", gains_sentence="-", selected=["b"], epochs_to_match=None),
              pair("base", "t_2")],
    "best": {"t": {"variant": "t_2", "ranking": [{"rank": 1, "variant": "t_2"}, {"rank": 2, "variant": "t_1"}]}},
    "factorial": {"factors": ["norm", "dropout"], "void": None, "unequal": [],
                  "cells": {"neither": {"variant": "base"}, "first": {"variant": "base"},
                            "second": {"variant": "t_2"}, "both": {"variant": "t_2"}},
                  "effects": [effect(n, -0.1) for n in ("first_main", "second_main", "interaction")]},
    "training_curves": {"common_loss": 0.9, "sentence": "Base is slower.",
                        "variants": [curve("base", 0.9), curve("t_2", 0.4)]},
    "fitted": {"base": {"sentence": "It fits."}},
    "confused": {"t_2": {"sentence": "Cats are dogs."}},
    "fine_tuning": {"sentences": ["It starts there.", "It improved."]},
}  # fmt: skip
MEMBERS = {
    "t_1": {"label": "trial 1: dropout 0.3", "values": {"architecture.dropout": 0.3}},
    "t_2": {"label": "trial 2: dropout 0.5", "values": {"architecture.dropout": 0.5}},
}
FACTS = {
    "title": "A study", "question": "Why?", "variants": {"base": "Base", "t_1": "T_1", "t_2": "T_2"},
    "seeds": {"base": [0], "t_1": [0], "t_2": [0]},
    "groups": {"t": {"kind": "search", "title": "Tuned", "members": MEMBERS}},
    "inspect": ["base", "t_2"], "gains": [["base", "t_2"]], "elsewhere": [],
}  # fmt: skip
RECIPE = {"optimiser": {"name": "sgd", "learning_rate": 0.1}, "schedule": {"name": "constant"}, "augmentation": {},
          "batch_size": 32}  # fmt: skip
# One variant, with nothing to compare or inspect
ALONE = {
    "variants": [entry("only", 0.5)],
    "ranking": [],
    "pairs": [],
    "best": {},
    "factorial": None,
    "fitted": {},
    "training_curves": {"common_loss": None, "sentence": None, "variants": []},
}
ALONE_FACTS = {"title": "Alone", "question": "What?", "variants": {"only": "Only"}, "seeds": {"only": [7]},
               "groups": {}, "inspect": [], "gains": [], "elsewhere": []}  # fmt: skip


def claims(comparison: dict) -> Claims:
    """The claims of a run of which all studies have this comparison, as its file would hold it."""
    saved = json.loads(json.dumps(comparison))
    return Claims(SimpleNamespace(json=lambda name: saved))


def told(comparison: dict, a: str, b: str) -> list[str]:
    """What answers say of a pair, in each way that they have."""
    found = claims(comparison)
    return [
        *(found.change("s", a, b), found.against("s", b, a)),
        *(found.each("s", a, {b: "this"}), found.most("s", a, [b])),
    ]


def save(folder: Path, name: str, comparison: dict, facts: dict, select_epoch: str = "best") -> None:
    """Write the results of study `name` below `folder`."""
    study = folder / "studies" / name
    drawn = ["accuracy", "curves", "factorial", *(f"groups/{group}" for group in facts["groups"])]
    for figure in [*drawn, *(f"gains/{a}/{b}" for a, b in facts["gains"])]:
        _write(study / f"{figure}.svg", SVG)
    _write(study / "comparison.json", json.dumps(comparison))
    _write(study / "comparison.csv", "variant\n")
    for variant, (seed, *_) in facts["seeds"].items():
        spec = {"select_epoch": select_epoch, "test_each_epoch": False, "label_smoothing": 0.0, "l1": 0.0}
        spec |= {"dataset": "small", **RECIPE}
        training = {"spec": spec, "mixed_targets": False, "best_epoch": 2, "epochs": 3}
        _write(folder / f"models/{variant}/seed{seed}/training.json", json.dumps(training))
    for variant in facts["inspect"]:
        _save_evaluation(folder / "evaluation" / variant, facts["seeds"][variant][0])


def _save_evaluation(folder: Path, seed: int) -> None:
    _write(folder / "curves.svg", SVG)
    metrics = {"validation": {"accuracy": 0.5, "wilson": [0.4, 0.6], "n": 80, "loss": 1.5}, "flags": []}
    _write(folder / f"seed{seed}/metrics.json", json.dumps(metrics))
    _write(folder / f"seed{seed}/similarity.json", json.dumps({"pairs": []}))
    for figure in ("confusion", "counts"):
        _write(folder / f"seed{seed}/{figure}.svg", SVG)
    for kind in ("right", "wrong"):
        (folder / f"seed{seed}/{kind}.png").write_bytes(PIXEL)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
