"""The command: a table, a map over the photograph, or one line of what is wrong."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from cnnatlas.errors import AtlasError
from cnnatlas.files import write_json
from cnnatlas.prediction.overlay import SIDE, overlay
from predict import predict
from prediction import trained
from project import ROOT


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    trained.write(folder / "models" / "small" / "seed0")
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "it's a cat.png")
    return folder


def test_the_likeliest_classes_come_first_with_their_scores(run):
    first, *rows = predict(str(run / "it's a cat.png"), str(run), "small", "0", None).splitlines()
    assert "it's a cat.png, by small of" in first and len(rows) == 3
    scores = [float(row.split()[1]) for row in rows]
    assert {row.split()[0] for row in rows} == set(trained.CLASSES)
    assert scores == sorted(scores, reverse=True) and sum(scores) == pytest.approx(1, abs=0.002)


def test_how_good_the_network_is_stands_below_its_scores(run, tmp_path):
    copy = shutil.copytree(run, tmp_path / "copy")
    metrics = copy / "evaluation" / "small" / "seed0" / "metrics.json"
    split = {"n": 20, "accuracy": 0.35, "wilson": [0.181, 0.567]}
    for found, name in (({"validation": split}, "validation"), ({"validation": {}, "test": split}, "test")):
        write_json(metrics, found | {"flags": [{"flag": "at chance", "sentence": "At chance: so it is."}]})
        lines = predict(str(copy / "it's a cat.png"), str(copy), "small", "0", None).splitlines()
        assert lines[4:] == [f"Its accuracy on {name} is 35.0 [18.1, 56.7] %.", "At chance: so it is."]


def test_a_map_is_written_over_what_the_network_saw(run):
    last = predict(str(run / "it's a cat.png"), str(run), "small", "0", "cam").splitlines()[-1]
    path = run / "predict" / "small" / "seed0" / "it's a cat.cam.png"
    assert last.endswith(f": {path}")
    assert Image.open(path).size == (SIDE, SIDE) and [p.name for p in path.parent.iterdir()] == [path.name]


def test_colour_is_where_the_map_is():
    values = np.zeros((1, 8, 8))
    values[0, 2, 5], values[0, 6, 1] = 1, -1
    drawn = np.asarray(overlay(Image.new("RGB", (64, 64), (120, 120, 120)), values, crop=True)).astype(int)
    cell = SIDE // 8
    red, blue, plain = (drawn[int((r + 0.5) * cell), int((c + 0.5) * cell)] for r, c in ((2, 5), (6, 1), (4, 4)))
    assert red[0] - red[2] > 50 and blue[2] - blue[0] > 50 and np.ptp(plain) == 0


def test_a_map_needs_nothing_that_draws_figures():
    code = "import sys, cnnatlas.prediction.overlay; print('matplotlib.axes' in sys.modules)"
    command = [sys.executable, "-c", code]
    printed = subprocess.check_output(command, env={"PYTHONPATH": str(ROOT / "scripts")}, text=True)
    assert printed == "False\n", "make predict would wait for it"


def test_what_is_wrong_is_one_line(run):
    image = str(run / "it's a cat.png")
    command = [sys.executable, str(ROOT / "scripts" / "predict.py"), image, str(run), "smal", "0"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: VARIANT=smal")
    with pytest.raises(AtlasError, match=r"absent\.jpg: cannot be read"):
        predict(str(run / "absent.jpg"), str(run), "small", "0", None)
    with pytest.raises(AtlasError, match="`filters` gives no map"):
        predict(image, str(run), "small", "0", "filters")
