"""docs/data_dictionary.md and the files of a run agree, both ways."""

import subprocess
import sys
from collections import defaultdict

import numpy as np
import pytest

import data_dictionary
from cnnatlas.audit import duplicates, label_errors
from cnnatlas.evaluation import (
    between_runs,
    comparison,
    confusion_similarity,
    extremes,
    gains,
    metrics,
    predictions,
    results,
)  # fmt: skip
from cnnatlas.evaluation.scores import Scored
from cnnatlas.mytorch import agreement, digits
from cnnatlas.report import explorer
from cnnatlas.training import save
from cnnatlas.workflow import timings

# Files that a run has only where something went wrong, or on request
OCCASIONAL = {"checkpoints/", "previous_report/"}
OCCASIONAL |= {f"{command}/{{variant}}/seed{{seed}}/" for command in ("export", "predict")}
OCCASIONAL |= {f"photographs/{{photograph}}/{name}" for name in ("record.json", "arrays.npz", "photograph.png")}
COLUMNS = {
    "results.csv": results.COLUMNS,
    "models/{variant}/seed{seed}/history.csv": save.COLUMNS,
    "evaluation/{variant}/seed{seed}/extremes.csv": extremes.COLUMNS,
    "evaluation/{variant}/seed{seed}/predictions.csv": predictions.COLUMNS,
    "studies/{study}/comparison.csv": comparison.COLUMNS,
    "studies/{study}/gains.csv": gains.CLASS_COLUMNS,
    "studies/{study}/confusions.csv": gains.CONFUSION_COLUMNS,
    "audit/{dataset}/pairs.csv": duplicates.COLUMNS,
    "audit/{dataset}/label_errors.csv": label_errors.COLUMNS,
    "foundations/mytorch/agreement.csv": agreement.COLUMNS,
    "foundations/mytorch/history.csv": digits.COLUMNS,
    "report/explorer/variants.csv": explorer.VARIANT,
    "report/explorer/curves.csv": explorer.POINT,
    "benchmarks/times.csv": timings.COLUMNS,
    "benchmarks/trainings.csv": timings.TRAINING,
}


def undescribed(file, found):
    """The keys of a file that its section does not list."""
    listed = data_dictionary.sections()[file]
    return sorted(key for key in found if not any(data_dictionary.matches(each, key) for each in listed))


def absent(file, found):
    """What the section of a file lists and none of its keys is."""
    listed = data_dictionary.sections()[file]
    return [each for each in listed if not any(data_dictionary.matches(each, key) for key in found)]


def test_every_table_of_a_run_has_its_columns_described():
    assert set(COLUMNS) == {file for file in data_dictionary.files() if file.endswith(".csv")}


@pytest.mark.parametrize("file", COLUMNS)
def test_columns_are_those_that_are_written_in_their_order(file):
    assert data_dictionary.sections()[file] == [(column,) for column in COLUMNS[file]]


def test_every_section_is_of_a_file_and_every_file_with_keys_has_one():
    files, sections = data_dictionary.files(), data_dictionary.sections()
    assert len(files) == len(set(files)) and set(sections) <= set(files)
    assert {file for file in files if file.endswith((".csv", ".json", ".npz"))} == set(sections)


def test_metrics_and_similarities_of_a_small_example_have_the_keys_described():
    scores = np.array([[0.75, 0.25], [0.25, 0.75], [0.75, 0.25], [0.25, 0.75]])
    split = Scored(np.arange(4), np.array([0, 0, 1, 1]), scores, scores)
    measured = metrics.evaluate({"train": split, "test": split})
    measured |= {"flags": [{"flag": "at chance", "sentence": "At chance."}]}
    confused = np.array([[3, 2], [1, 4]])
    similar = confusion_similarity.similarity({"train": confused, "test": confused})
    for name, found in (("metrics.json", measured), ("similarity.json", similar)):
        file, keys = f"evaluation/{{variant}}/seed{{seed}}/{name}", set(data_dictionary.keys(found))
        assert (undescribed(file, keys), absent(file, keys)) == ([], [])


def test_a_key_that_is_not_described_or_no_longer_there_is_found():
    file = "models/{variant}/seed{seed}/timing.json"
    keys = set(data_dictionary.keys({"seconds": 1, "epochs": [{"epoch": 1, "watts": 3}], "interruptions": 0}))
    assert undescribed(file, keys) == [("epochs", "[]", "watts")]
    assert absent(file, keys) == [
        ("images_per_second",),
        ("epochs", "[]", "seconds"),
        ("epochs", "[]", "images_per_second"),
    ]


def check(run):
    """Hold the dictionary to all files of a run, and them to it."""
    names, found, seen = data_dictionary.files(), defaultdict(set), set()
    for path in sorted(path for path in run.rglob("*") if path.is_file()):
        file = path.relative_to(run).as_posix()
        name = data_dictionary.pattern(file, names)
        assert name, f"{file} is not in the dictionary"
        seen.add(name)
        if name in data_dictionary.sections():
            keys = data_dictionary.contents(path)
            assert undescribed(name, keys) == [], file
            found[name] |= keys
    assert set(names) - seen - OCCASIONAL == set()
    for file, keys in found.items():
        assert absent(file, keys) == [], file


def test_a_finished_run_has_the_files_and_keys_described_and_no_others(finished):
    finished.snakemake("results/tiny/evaluation/d1_shallow/seed0/predictions.csv")
    check(finished.folder / "results" / "tiny")
    between_runs.read(finished.folder / "results" / "tiny")


def test_predictions_give_the_accuracy_of_the_metrics(finished):
    run = finished.folder / "results" / "tiny"
    finished.snakemake("results/tiny/evaluation/d1_shallow/seed0/predictions.csv")
    answers = data_dictionary.tables.read(run / "evaluation/d1_shallow/seed0/predictions.csv")
    rows = data_dictionary.tables.read(run / "results.csv")
    for row in (row for row in rows if row["variant"] == "d1_shallow"):
        own = [answer["correct"] == "1" for answer in answers if answer["split"] == row["split"]]
        assert (len(own), sum(own)) == (int(row["images"]), int(row["correct"]))


def test_two_equal_runs_differ_in_nothing_when_they_are_compared(finished):
    command = [sys.executable, "scripts/compare_runs.py", "results/tiny", "results/tiny"]
    done = subprocess.run(command, cwd=finished.folder, capture_output=True, text=True, check=True)
    assert "do not differ, but for the seeds" in done.stdout and "only in" not in done.stdout
