"""README's recipe for a data set, followed to the letter: scikit-learn's digits as a folder of images."""

import json

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from project import copy_project, edit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("a data set")]  # whose run is made once

ENTRY = """
digits:
  title: Handwritten digits
  folder: data/digits
  size: 32
"""
STUDY = """
title: Small networks on digits
question: Does a small network tell handwritten digits apart?
variants:
  digits_small:
    title: SimpleConvnet on digits
    dataset: digits
    architecture: {name: simple_convnet, batch_norm: true}
    optimiser: {name: adam, learning_rate: 0.003, weight_decay: 0.0}
inspect: [digits_small]
"""
TRAINED = "results/tiny/models/digits_small/seed0/weights.safetensors"
EVALUATED = "results/tiny/evaluation/digits_small/seed0/metrics.json"
AUDITED = "results/tiny/audit/digits/audit.json"


def write_digits(folder, number=600):
    """One folder a class, with files in it that are no images."""
    digits = load_digits()
    for k, (image, label) in enumerate(zip(digits.images[:number], digits.target, strict=False)):
        (folder / str(label)).mkdir(parents=True, exist_ok=True)
        Image.fromarray((image * 15.9).astype(np.uint8)).resize((24, 24)).save(folder / str(label) / f"{k}.png")
    (folder / "3" / "Thumbs.db").write_bytes(b"no image")


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    project = copy_project(tmp_path_factory.mktemp("digits"))
    write_digits(project.folder / "data" / "digits")
    with (project.folder / "config" / "datasets.yaml").open("a") as stream:
        stream.write(ENTRY)
    (project.folder / "config" / "studies" / "digits.yaml").write_text(STUDY)
    edit(project.folder / "config" / "tiny.yaml", "  studies:\n", "  studies:\n    digits: {epochs: 8}\n")
    result = project.snakemake(TRAINED, EVALUATED, AUDITED)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return project


def read(project, path):
    return json.loads((project.folder / path).read_text())


def test_a_variant_on_it_is_trained_and_evaluated(added):
    metrics = read(added, EVALUATED)
    assert metrics["test"]["n"] >= 50 and metrics["test"]["accuracy"] > 0.5
    record = read(added, "resources/embedded/digits/dataset.json")
    assert record["classes"] == [str(k) for k in range(10)] and record["images"] == 600
    assert record["skipped"] == [{"id": "3/Thumbs.db", "reason": "not an image"}]
    assert record["provenance"]["origin"] == "folder" and record["provenance"]["files"] == 601


def test_it_is_audited_without_features(added):
    found = read(added, AUDITED)
    assert found["label_errors"] is None and found["composition"]["images"] == 600


def test_the_content_of_its_images_decides_what_reruns(added):
    image = added.folder / "data/digits/5/5.png"
    image.touch()
    assert not added.planned(TRAINED)
    kept = image.read_bytes()
    image.write_bytes(image.with_name("15.png").read_bytes())
    assert {rule for rule, _ in added.planned(TRAINED)} == {"prepare", "split", "train"}
    image.write_bytes(kept)
    assert not added.planned(TRAINED)
    image.rename(image.with_name("another.png"))
    assert {rule for rule, _ in added.planned(TRAINED)} == {"prepare", "split", "train"}
    image.with_name("another.png").rename(image)


def test_it_is_in_the_report(added):
    """The chapters on the data and the introduction list it, in the embedded run too."""
    readers = added.readers()
    assert readers["results/tiny/audit/digits/samples.png"][("execute", "data")] == 1
    assert readers["resources/embedded/digits/dataset.json"][("execute", "introduction")] == 1
