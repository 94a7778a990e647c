"""The whole audit of one data set, with and without a trained network."""

import numpy as np
from test_similarity import photographs

from cnnatlas.audit.dataset import audit
from cnnatlas.evaluation.scores import Scored

RECORD = {
    "classes": ["a", "b"],
    "size": [32, 32],
    "skipped": [],
    "mean": [0.5] * 3,
    "std": [0.1] * 3,
    "provenance": {"origin": "upstream"},
}
SPLIT = {"train": np.arange(20), "validation": np.arange(20, 30), "test": np.arange(30, 40)}


def items(partition=""):
    return [
        {"id": f"{'ab'[k % 2]}/{k}", "class": "ab"[k % 2], "label": str(k % 2), "group": str(k), "grey": "0",
         "partition": partition and ("train" if k < 30 else "test"), "width": "32", "height": "32"}
        for k in range(40)
    ]  # fmt: skip


def images():
    """Forty photographs; the test image 35 is a copy of the training image 3, the validation image 25 of 4."""
    found = photographs(40)
    found[35], found[25] = found[3], found[4]
    return found


def test_accuracy_is_compared_on_the_last_split():
    scores = np.tile([0.9, 0.1], (10, 1))
    scored = {name: Scored(SPLIT[name][:10], np.arange(10) % 2, scores) for name in SPLIT}
    features = np.random.default_rng(0).standard_normal((40, 4))
    result, pairs, errors = audit(images(), items("upstream"), RECORD, SPLIT, features, scored)
    assert result["accuracy"]["split"] == "test"
    assert result["accuracy"]["all"]["n"] == 10 and result["accuracy"]["without"]["n"] == 9
    assert [(row["first"], row["second"]) for row in pairs] == [(3, 35), (4, 25)]
    assert result["duplicates"]["upstream"]["images"] == 1 and result["duplicates"]["upstream"]["of"] == 10
    assert result["label_errors"]["images"] == len(errors)


def test_without_a_network_there_are_duplicates_alone():
    result, pairs, errors = audit(images(), items(), RECORD, SPLIT, None, None)
    assert result["accuracy"] is None and result["label_errors"] is None and errors == []
    assert len(pairs) == 2 and "upstream" not in result["duplicates"]
