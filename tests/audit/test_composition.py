import numpy as np
import pytest

from cnnatlas.audit.composition import balance, composition

SPLIT = {"train": np.array([0, 1, 3]), "validation": np.array([2])}
RECORD = {
    "classes": ["a", "b"],
    "size": [8, 8],
    "skipped": [{"id": "x", "reason": "empty"}],
    "mean": [0] * 3,
    "std": [1] * 3,
    "provenance": {"origin": "mirror"},
}


def item(label, grey=0, group=0):
    return {
        "label": str(label),
        "class": "ab"[label],
        "grey": str(grey),
        "group": str(group),
        "width": str(30 + group),
        "height": "20",
    }


def test_counts_grey_and_skipped():
    made = composition([item(0, 1), item(1, group=1), item(0, group=2), item(0, group=3)], RECORD, SPLIT)
    assert made["per_class"] == {"a": {"train": 2, "validation": 1}, "b": {"train": 1, "validation": 0}}
    assert made["stored"]["height"] == {"smallest": 20, "median": 20.0, "largest": 20}
    assert made["stored"]["width"]["smallest"] == 30
    assert made["origin"] == "mirror"
    assert made["grey"] == {"images": 1, "share": 0.25, "per_class": {"a": 1, "b": 0}}
    assert (made["images"], made["skipped"], made["balance"]["ratio"]) == (4, 1, 3)
    assert made["photographs"] == {"shared": 0, "between": {}, "parted": 0}


def test_photographs_in_two_classes_and_on_two_sides():
    kept = composition([item(0), item(1), item(0, group=2), item(1, group=3)], RECORD, SPLIT)["photographs"]
    assert kept == {"shared": 1, "between": {"a / b": 1}, "parted": 0}
    parted = composition([item(0), item(1, group=1), item(1), item(1, group=3)], RECORD, SPLIT)["photographs"]
    assert parted["parted"] == 1


def test_balance_of_even_and_uneven_classes():
    assert balance(np.array([5, 5, 5]))["entropy"] == pytest.approx(1)
    assert balance(np.array([1, 3])) == {"smallest": 1, "largest": 3, "ratio": 3, "entropy": pytest.approx(0.8112781)}
