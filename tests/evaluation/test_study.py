import json

import numpy as np
import pytest

from cnnatlas import tables
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import study
from cnnatlas.wording import counted, decimal, listing, percent, points, power


def test_files_are_matched_to_variants_and_seeds(tmp_path):
    variants = [{"name": "a", "title": "A", "seeds": [0, 1]}, {"name": "b", "title": "B", "seeds": [4]}]
    files = {
        kind: [] for kind in ("metrics", "training", "history", "scores", "architecture", "split", "labels", "dataset")
    }
    np.savez(tmp_path / "split.npz", validation=np.array([0, 1]))
    np.save(tmp_path / "labels.npy", np.array([0, 1]))
    (tmp_path / "dataset.json").write_text('{"classes": ["cat", "dog"], "size": [64, 96]}')
    for number, variant in enumerate(variants):
        (tmp_path / f"architecture{number}.json").write_text(json.dumps({"parameters": number}))
        files["architecture"].append(tmp_path / f"architecture{number}.json")
        for kind, name in (("split", "split.npz"), ("labels", "labels.npy"), ("dataset", "dataset.json")):
            files[kind].append(tmp_path / name)
        for seed in variant["seeds"]:
            run = tmp_path / f"{number}{seed}"
            (run.with_suffix(".metrics")).write_text(json.dumps({"validation": {"n": seed}, "flags": [{"flag": seed}]}))
            (run.with_suffix(".training")).write_text(
                json.dumps({"seed": seed, "epochs": 1, "spec": {"dataset": "stl10"}})
            )
            (run.with_suffix(".history")).write_text(
                f"epoch,train_loss,train_accuracy,validation_accuracy,validation_loss\n1,2.5,0.5,0.{seed},1.5\n"
            )
            np.savez(run.with_suffix(".npz"), validation=np.eye(2, dtype=np.float32))
            for kind in ("metrics", "training", "history"):
                files[kind].append(run.with_suffix(f".{kind}"))
            files["scores"].append(run.with_suffix(".npz"))
    read = study.read(variants, files)
    assert {name: list(v.runs) for name, v in read.items()} == {"a": [0, 1], "b": [4]}
    assert (read["b"].architecture, read["b"].runs[4].validation_curve, read["b"].dataset) == (
        {"parameters": 1},
        [0.4],
        "stl10",
    )
    assert read["a"].prepared == 96
    assert all(run.training["seed"] == seed for v in read.values() for seed, run in v.runs.items())
    assert [run.flags for v in read.values() for run in v.runs.values()] == [[{"flag": seed}] for seed in (0, 1, 4)]
    assert read["b"].runs[4].validation_losses == [1.5]
    assert read["a"].runs[1].splits["validation"].correct.all()
    assert read["a"].runs[1].training_losses == [2.5]


def test_tables_round_trip_with_empty_fields(tmp_path):
    tables.write(tmp_path / "t.csv", ("a", "b", "c"), [{"a": 1 / 3, "b": None, "c": "x, “y”", "more": 1}])
    row = tables.read(tmp_path / "t.csv")[0]
    assert row == {"a": "0.333333", "b": "", "c": "x, “y”"}
    assert tables.number(row["a"]) == pytest.approx(1 / 3, abs=1e-6)
    assert np.isnan(tables.number(row["b"]))


def test_numbers_in_sentences():
    assert (percent(0.93421), points(-0.0213), points(-0.0001), decimal(-1.5, 1)) == ("93.4 %", "−2.1", "0.0", "−1.5")
    assert (power("4.2e-15"), power("1e-05"), power("2e+06"), power("0.01")) == (
        "4.2 × 10⁻¹⁵",
        "10⁻⁵",
        "2 × 10⁶",
        "0.01",
    )
    assert (power("nan"), power("some"), power("1e")) == ("nan", "some", "1e")
    assert (counted(1, "class", "classes"), counted(2000, "image")) == ("1 class", "2,000 images")
    assert (listing(["a"]), listing(["a", "b", "c"])) == ("a", "a, b and c")


def test_a_history_without_its_last_epochs_is_named(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,train_loss,train_accuracy,validation_accuracy,validation_loss\n")
    (tmp_path / "record.json").write_text('{"epochs": 2}')
    paths = {"history": tmp_path / "history.csv", "metrics": tmp_path / "record.json"}
    with pytest.raises(AtlasError, match=r"history\.csv: damaged \(0 of the 2 epochs\)"):
        study._run(paths | {"training": tmp_path / "record.json"})
