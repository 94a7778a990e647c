"""Initial weights and frozen layers: transfer learning in the loop."""

import logging

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torchvision import models

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build, files
from cnnatlas.errors import AtlasError
from cnnatlas.training import initial_weights, precision
from cnnatlas.training.data import to_device
from cnnatlas.training.loop import train
from cnnatlas.training.run import Run
from cnnatlas.training.save import save
from training.test_loop import DATASET, LOG, problem, spec  # noqa: F401 (a fixture)

VGG = {"name": "vgg", "widths": [4, 8], "blocks": [1, 1], "dense": [], "batch_norm": True}
ON_BASE = {"name": "on_base", "base": VGG, "dense": [8], "dropout": 0.0}


@pytest.fixture(scope="module")
def trained(problem, tmp_path_factory):  # noqa: F811
    """A base trained on the problem, as its weights.safetensors."""
    folder = tmp_path_factory.mktemp("base")
    result = train(spec(architecture=VGG, epochs=1), 0, *problem, LOG)
    save(result, DATASET, *(folder / name for name in ("w.safetensors", "h.csv", "s.npz", "t.json", "seconds.json")))
    return folder / "w.safetensors"


@pytest.fixture(scope="module")
def large(problem):  # noqa: F811
    """The problem at 16 pixels, so that progressive resizing has a smaller size to begin with."""
    images, *rest = problem
    return np.kron(images, np.ones((1, 2, 2, 1), dtype=np.uint8)), *rest


def features(weights: dict, prefix: str = "network.features.") -> dict:
    return {key: value for key, value in weights.items() if key.startswith(prefix)}


def transferred(problem, begin, **changes):  # noqa: F811
    return train(spec(architecture=ON_BASE, **changes), 0, *problem, LOG, begin)


def test_a_frozen_base_stays_as_it_was_and_the_head_learns(problem, trained):  # noqa: F811
    result = transferred(problem, {"base": trained}, trainable="head", base="b", epochs=10)
    base, after = load_file(trained), result.classifier.state_dict()
    assert all(torch.equal(value, after[key]) for key, value in features(base).items())
    assert torch.equal(after["normalise.mean"], base["normalise.mean"])
    assert result.history[-1]["train_loss"] < result.history[0]["train_loss"]
    assert result.record["trained_parameters"] == 8 * 8 + 8 + 3 * 8 + 3 < result.record["parameters"]


def test_vectors_computed_once_give_the_scores_of_the_whole_network(problem, trained, monkeypatch):  # noqa: F811
    monkeypatch.setattr("cnnatlas.training.precision.cpu_flags", frozenset)
    images, _, split, _ = problem
    result = transferred(problem, {"base": trained}, trainable="head", base="b")
    with torch.inference_mode():
        inputs = torch.from_numpy(images[split["test"]]).permute(0, 3, 1, 2).float() / 255
        whole = result.classifier.eval()(inputs).softmax(1).numpy()
    assert np.abs(whole - result.scores["test"]).max() < 1e-5


def test_images_that_change_are_seen_by_the_frozen_base_anew(problem, trained):  # noqa: F811
    plain = transferred(problem, {"base": trained}, trainable="head", base="b")
    augmented = transferred(problem, {"base": trained}, trainable="head", base="b", augmentation={"crop": 2})
    base, after = load_file(trained), augmented.classifier.state_dict()
    assert all(torch.equal(value, after[key]) for key, value in features(base).items())  # running means included
    assert augmented.history[0]["train_loss"] != plain.history[0]["train_loss"]


def test_images_that_grow_are_seen_by_the_frozen_base_anew(large, trained):
    plain = transferred(large, {"base": trained}, trainable="head", base="b", progressive=1.0)
    grown = transferred(large, {"base": trained}, trainable="head", base="b", progressive=0.5)
    assert grown.history[0]["train_loss"] != plain.history[0]["train_loss"]


@pytest.mark.parametrize(("trainable", "moved"), [("last_block", {"1"}), ("all", {"0", "1"})])
def test_fine_tuning_begins_where_the_frozen_stage_ended(problem, trained, tmp_path, trainable, moved):  # noqa: F811
    frozen = transferred(problem, {"base": trained}, trainable="head", base="b")
    paths = [tmp_path / name for name in ("w.safetensors", "h.csv", "s.npz", "t.json", "seconds.json")]
    save(frozen, DATASET, *paths)
    still = transferred(problem, {"base": trained, "start": paths[0]}, trainable=trainable, base="b", epochs=1,
                        optimiser={"learning_rate": 1e-12, "weight_decay": 0.0})  # fmt: skip
    before, after = load_file(paths[0]), still.classifier.state_dict()
    assert all(torch.allclose(before[key], after[key], atol=1e-6) for key in before if key.endswith("weight"))
    tuned = transferred(problem, {"start": paths[0]}, trainable=trainable, base="b")
    after = tuned.classifier.state_dict()
    changed = {key.split(".")[2] for key, value in features(before).items() if not torch.equal(value, after[key])}
    assert changed == moved


@pytest.mark.parametrize("trainable", ["last_block", "all"])
def test_at_rate_zero_fine_tuning_keeps_the_frozen_stage(problem, trained, tmp_path, trainable, monkeypatch):  # noqa: F811
    monkeypatch.setattr(precision, "cpu_flags", frozenset)
    stage = transferred(problem, {"base": trained}, trainable="head", base="b", select_epoch="last")
    paths = [tmp_path / name for name in ("w.safetensors", "h.csv", "s.npz", "t.json", "seconds.json")]
    save(stage, DATASET, *paths)
    still = transferred(problem, {"start": paths[0]}, trainable=trainable, base="b", epochs=3,
                        optimiser={"learning_rate": 0.0})  # fmt: skip
    last = stage.history[-1]
    assert last["validation_loss"] == pytest.approx(still.history[0]["validation_loss"], abs=1e-6)
    assert last["validation_loss"] == pytest.approx(still.history[-1]["validation_loss"], abs=1e-6)
    assert {key: value.tolist() for key, value in load_file(paths[0]).items() if "num_batches" not in key} == {
        key: value.tolist() for key, value in still.classifier.state_dict().items() if "num_batches" not in key
    }


def test_a_warm_start_draws_its_own_batches_and_dropout_from_the_same_images(problem, trained):  # noqa: F811
    images, labels, split, classes = problem
    data = to_device(images, labels, split, torch.device("cpu"))
    runs, dropout = [], []
    for start in (None, "a", "b"):
        changed = spec(architecture=VGG, start=start, train_images=20)
        runs.append(Run(changed, 0, data, classes, precision.for_cpu(frozenset()), {"start": trained}))
        dropout.append(torch.initial_seed())
    assert len({run.shuffling.initial_seed() for run in runs}) == len({*dropout}) == len(runs)
    assert len({run.augmentation.generator.initial_seed() for run in runs}) == len(runs)
    assert all(torch.equal(run.train_index, runs[0].train_index) for run in runs)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["squeezenet1_1", "vgg16"])
def test_torchvisions_weights_become_the_base(name, tmp_path):
    published = models.get_model(name, weights=None)
    torch.save(published.state_dict(), tmp_path / "published.pth")
    classifier = Classifier(build({"name": "on_base", "base": {"name": name}, "dense": []}, 2, 64))
    initial_weights.load_base(classifier, tmp_path / "published.pth")
    images = torch.rand(1, 3, 64, 64)
    normalised = (images - torch.tensor(initial_weights.IMAGENET_MEAN).view(3, 1, 1)) / torch.tensor(
        initial_weights.IMAGENET_STD
    ).view(3, 1, 1)
    with torch.inference_mode():
        expected = published.eval().features(normalised).mean((2, 3))
        assert torch.allclose(classifier.eval().network.represent(classifier.normalise(images)), expected, atol=1e-5)
    assert not any(getattr(m, "inplace", False) for m in classifier.modules())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "first"), [("squeezenet1_1", 9), ("vgg16", 24)])
def test_the_last_block_begins_behind_a_pooling(name, first):
    network = Classifier(build({"name": "on_base", "base": {"name": name}}, 2, 64))
    frozen = initial_weights.freeze(network, "last_block")
    assert len(frozen) == first
    assert not any(p.requires_grad for module in frozen for p in module.parameters())
    assert all(p.requires_grad for p in network.network.head.parameters())


def test_the_last_block_of_a_whitened_base_is_its_last_stage():
    """Not the constant that scales its output, which has no weights."""
    network = Classifier(build({"name": "on_base", "base": {"name": "whitened", "widths": [4, 8]}}, 2, 64))
    frozen = initial_weights.freeze(network, "last_block")
    assert [type(module).__name__ for module in frozen] == ["Sequential", "Stage"]
    assert all(p.requires_grad for p in network.network.features[2].conv1.parameters())


def test_weights_of_another_network_are_refused_by_name(problem, trained, tmp_path):  # noqa: F811
    other = {**ON_BASE, "base": {**VGG, "widths": [4, 16]}}
    with pytest.raises(AtlasError, match=r"base: .*w\.safetensors"):
        train(spec(architecture=other, base="b"), 0, *problem, logging.getLogger(), {"base": trained})
    with pytest.raises(AtlasError, match=r"start: .*w\.safetensors"):
        train(spec(architecture=other, base="b"), 0, *problem, logging.getLogger(), {"start": trained})
    with pytest.raises(AtlasError, match="trainable: `head`"):
        train(spec(trainable="head"), 0, *problem, LOG)


def test_a_transferred_network_depends_on_the_files_of_head_and_base():
    assert [f.rsplit("/", 1)[-1] for f in files(ON_BASE)] == ["on_base.py", "vgg.py"]
    assert [f.rsplit("/", 1)[-1] for f in files({"name": "on_base", "base": {"name": "vgg16"}})] == ["on_base.py"]
    twice = {"name": "on_base", "base": ON_BASE}
    assert [f.rsplit("/", 1)[-1] for f in files(twice)] == ["on_base.py", "vgg.py"]
