"""A network that leaves: its files are whole, agree with torch, and say what it is."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from cnnatlas import load
from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import strict_yaml, studies
from cnnatlas.errors import AtlasError
from cnnatlas.export import folder, model_card, onnx_model
from cnnatlas.files import write_json
from cnnatlas.prediction.trainings import Training
from prediction import trained
from project import ROOT

pytestmark = pytest.mark.filterwarnings("ignore")
MEASURED = {"n": 200, "accuracy": 0.615, "wilson": [0.546, 0.68]}
FLAG = {"flag": "undertrained", "sentence": "Undertrained: its training accuracy reached 61.5 %."}
PETS = {"title": "Pets & co", "citation": "Someone (2020). Pets.", "homepage": "https://pets.example",
        "licence": "CC BY 4.0", "problems": "two dogs are wolves [@someone2020]"}  # fmt: skip
SOURCE = model_card.Source("Small ResNet", PETS, drawn=False)
FILES = {"README.md", "classes.json", "config.json", "model.onnx", "weights.safetensors"}


@pytest.fixture
def training(tmp_path) -> Training:
    found = Training(tmp_path / "results" / "tiny", "small", 7)
    trained.write(found.weights.parent, prepared=32, resolution=16)
    write_json(found.place("models", "architecture.json"), {"parameters": 12345, "multiply_adds": 67890, "layers": []})
    metrics = {"train": MEASURED, "validation": MEASURED | {"n": 0}, "test": MEASURED, "flags": [FLAG]}
    write_json(found.place("evaluation", "metrics.json"), metrics)
    return found


@pytest.fixture
def without_onnx(monkeypatch):
    """A network whose ONNX file is written and checked elsewhere."""
    monkeypatch.setattr(onnx_model, "require", lambda: None)
    monkeypatch.setattr(onnx_model, "write", lambda classifier, size, path: path.write_bytes(b"onnx") and 2e-6)


@pytest.mark.usefixtures("without_onnx")
def test_the_folder_holds_all_that_is_needed(training):
    made = folder.export(training, SOURCE)
    assert made == training.run / "export" / "small" / "seed7" and {path.name for path in made.iterdir()} == FILES
    assert json.loads((made / "classes.json").read_text()) == trained.CLASSES
    written = json.loads((made / "config.json").read_text())
    assert written["architecture"] == trained.ARCHITECTURE and written["preprocessing"]["prepared"] == 32
    assert written["onnx"]["input"]["shape"] == ["batch", 3, 16, 16] and written["seed"] == 7
    image = np.zeros((16, 16, 3), np.uint8)
    assert np.array_equal(load(made / "weights.safetensors").scores(image), load(training.weights).scores(image))


@pytest.mark.usefixtures("without_onnx")
def test_another_seed_is_another_folder(training):
    made = folder.export(training, SOURCE)
    other = replace(training, seed=8)
    for name in ("models", "evaluation"):
        shutil.copytree(training.run / name / training.name, training.run / name / other.name)
    assert folder.export(other, SOURCE) == made.with_name("seed8") and (made / "README.md").exists()


@pytest.mark.usefixtures("without_onnx")
def test_the_model_card_says_how_good_the_network_is_and_on_what(training):
    card = (folder.export(training, SOURCE) / "README.md").read_text()
    assert "| test | 200 | 61.5 [54.6, 68.0] |" in card and "| validation" not in card
    assert f"- {FLAG['sentence']}" in card and "# Small ResNet (`small`)" in card
    assert "trained it on Pets & co for" in card
    assert "12,345 parameters" in card and "3 epochs (seed 7, run `tiny`)" in card and "epoch 2" in card
    assert "CC BY 4.0" in card and "two dogs are wolves." in card and "https://pets.example" in card
    assert "32 x 32 pixels, then to 16 x 16" in card and "2.0e-06" in card


@pytest.mark.usefixtures("without_onnx")
def test_the_model_card_of_drawn_images_does_not_pass_for_the_real_ones(training):
    card = (folder.export(training, replace(SOURCE, drawn=True)) / "README.md").read_text()
    assert "drawn in the format of Pets & co for" in card and "**not** that data set" in card
    assert "CC BY" not in card and "Someone" not in card


@pytest.mark.usefixtures("without_onnx")
def test_a_failed_export_leaves_what_was_there(training, monkeypatch):
    made = folder.export(training, SOURCE)
    (made / "old").write_text("")

    def fail(*_):
        raise AtlasError("no")

    with monkeypatch.context() as patched, pytest.raises(AtlasError, match="no"):
        patched.setattr(onnx_model, "write", fail)
        folder.export(training, SOURCE)
    assert [path.name for path in made.parent.iterdir()] == ["seed7"] and (made / "old").exists()
    folder.export(training, SOURCE)
    assert [path.name for path in made.parent.iterdir()] == ["seed7"] and not (made / "old").exists()


@pytest.mark.usefixtures("without_onnx")
def test_a_network_that_is_not_evaluated_is_not_exported(training):
    training.place("evaluation", "metrics.json").unlink()
    with pytest.raises(AtlasError, match=r"metrics\.json: not there; run snakemake with this file"):
        folder.export(training, SOURCE)
    assert not (training.run / "export").exists()


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setattr(onnx_model, "find_spec", lambda name: None if name == "onnxruntime" else name)
    with pytest.raises(AtlasError, match=r"^onnxruntime: not installed here.*make \.venv/\.complete"):
        onnx_model.require()


@pytest.mark.parametrize("found", [2e-4, float("nan")])
def test_an_onnx_file_with_other_logits_is_refused(training, monkeypatch, found):
    classifier = load(training.weights).classifier
    monkeypatch.setattr(torch.onnx, "export", lambda *_, **__: None)
    monkeypatch.setattr(onnx_model, "difference", lambda *_: found)
    with pytest.raises(AtlasError, match=r"model\.onnx: its logits differ"):
        onnx_model.write(classifier, 16, training.run / "model.onnx")


def test_a_network_that_onnx_cannot_express_is_named(training, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("Failed to export:\nmany lines")

    classifier = load(training.weights).classifier
    monkeypatch.setattr(torch.onnx, "export", fail)
    with pytest.raises(AtlasError, match=r"^ResidualNetwork: ONNX cannot express it \(Failed to export:\)"):
        onnx_model.write(classifier, 16, training.run / "model.onnx")


def test_the_run_says_where_the_data_are_from():
    import export

    for name, drawn in (("config/embedded.yaml", True), ("config/cpu.yaml", False)):
        config, files = configuration.completed(ROOT, strict_yaml.load(name).content, [name])
        found = export.source(Training(ROOT / "results" / config["run"], "d2_own", 0))
        atlas = studies.load(ROOT, config, files)
        assert (found.drawn, found.title) == (drawn, atlas.titles["d2_own"]) and found.dataset["title"] == "STL-10"
    assert configuration.file_of(ROOT, "nowhere") is None
    with pytest.raises(AtlasError, match="RUN=results/nowhere: no file of config/"):
        export.source(Training(ROOT.relative_to(ROOT) / "results/nowhere", "d2_own", 0))


@pytest.mark.slow
@pytest.mark.parametrize("squashed", [False, True])
def test_the_cards_code_gives_the_networks_scores(training, squashed, monkeypatch):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    trained.write(training.weights.parent, prepared=32, resolution=16, squashed=squashed)
    made = folder.export(training, SOURCE)
    monkeypatch.chdir(made)
    stripes = np.zeros((60, 100, 3), np.uint8)
    stripes[:, 30:60, 0] = stripes[20:40, 50:, 1] = 250
    Image.fromarray(stripes).save("photograph.jpg", quality=95)
    names: dict = {}
    exec((made / "README.md").read_text().split("```python\n")[2].split("```")[0], names)
    found = torch.from_numpy(names["logits"]).softmax(1).numpy()
    assert np.allclose(found, load("weights.safetensors").scores("photograph.jpg"), atol=0.005)


@pytest.mark.slow
def test_onnx_agrees_with_torch_and_a_file_of_another_network_does_not(training, tmp_path):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    made = folder.export(training, SOURCE)
    network = load(training.weights)
    assert onnx_model.difference(network.classifier, 16, made / "model.onnx") < 1e-4
    with torch.no_grad():
        next(network.classifier.parameters()).mul_(1.5)
    assert onnx_model.difference(network.classifier, 16, made / "model.onnx") > 1e-3
