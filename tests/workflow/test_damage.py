"""Whatever a job was reading when it failed: a damaged input is named, with the way to make it again."""

import base64

import numpy as np
import pytest
from safetensors.numpy import save_file
from test_jobs import run

from cnnatlas import tables
from cnnatlas.files import write_json
from cnnatlas.workflow.damage import first_damaged

ARRAY = np.random.default_rng(0).random((40, 50))
# By file: what writes it, and what a script would read it with
FORMATS = {
    "labels.npy": (lambda path: np.save(path, ARRAY), "import numpy; numpy.load({!r})"),
    "images.npy": (lambda path: np.save(path, ARRAY), "import numpy; numpy.load({!r}, mmap_mode='c')"),
    "scores.npz": (lambda path: np.savez_compressed(path, a=ARRAY), "import numpy; numpy.load({!r})['a']"),
    "split.npz": (lambda path: np.savez(path, a=ARRAY), "import numpy; numpy.load({!r})['a']"),
    "metrics.json": (lambda path: write_json(path, {"a": [1.5] * 9}), "import json; json.load(open({!r}))"),
    "b.ipynb": (lambda path: write_json(path, {"cells": []}), "import nbformat; nbformat.read({!r}, 4)"),
    "history.csv": (
        lambda path: tables.write(path, ["a", "b"], [{"a": 1, "b": 0.25}] * 7),
        "from cnnatlas import tables; tables.read({!r})",
    ),
    "weights.safetensors": (
        lambda path: save_file({"a": ARRAY}, path),
        "from safetensors.numpy import load_file; load_file({!r})",
    ),
}


@pytest.fixture(params=FORMATS)
def made(request, tmp_path):
    """A file of one format, and the code that reads it."""
    write, read = FORMATS[request.param]
    path = tmp_path / request.param
    write(path)
    return path, read.format(str(path))


def test_a_whole_file_is_not_damaged(made):
    assert first_damaged([made[0]]) is None


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9])
def test_a_half_file_is_damaged(made, kept):
    path, _ = made
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    assert str(first_damaged([path])).startswith(f"{path}: damaged (")


@pytest.mark.parametrize("reader", ["raise damaged({!r}, 'cut off')", "json.load(open({!r}))"])
def test_the_rule_that_makes_a_damaged_file_is_named(tmp_path, monkeypatch, reader):
    monkeypatch.chdir(tmp_path)
    metadata = tmp_path / ".snakemake" / "metadata"
    metadata.mkdir(parents=True)
    name = base64.urlsafe_b64encode(b"results/metrics.json").decode()
    write_json(metadata / name, {"rule": "evaluate", "log": ["results/logs/evaluate/a.log"]})
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "metrics.json").write_text("{")
    code = f"import json\nfrom cnnatlas.errors import damaged\n{reader.format('results/metrics.json')}"
    _, _, console = run(tmp_path / "a.log", code, inputs=["results/metrics.json"])
    assert console.startswith("error: results/metrics.json: damaged (")
    assert console.endswith("(rule evaluate makes it, see results/logs/evaluate/a.log)\n")


def test_a_job_that_reads_a_half_file_names_it(made, tmp_path):
    path, code = made
    path.write_bytes(path.read_bytes()[:-30])
    status, _, console = run(tmp_path / "a.log", f"{code}\n", inputs=[str(path)])
    assert status == 1
    assert console.startswith(f"error: {path}: damaged (")
    assert "delete it and run the same command again" in console
    assert "please report" not in console


def test_an_input_that_was_removed_meanwhile_is_named(tmp_path):
    _, _, console = run(tmp_path / "a.log", "open('gone.npy')\n", inputs=["gone.npy"])
    assert console.startswith("error: gone.npy: it has been removed; run the same command again")


def test_a_fault_of_the_job_itself_is_still_one(made, tmp_path):
    _, _, console = run(tmp_path / "a.log", "{}['key']\n", inputs=[str(made[0])])
    assert console.startswith("error: unexpected KeyError")
