"""The loop: it learns, repeats bit for bit, chooses by validation, and leaves the test split alone."""

import csv
import json
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnatlas.architectures.classifier import load_trained
from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import strict_yaml
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import scores as saved_scores
from cnnatlas.training import loop, losses, precision
from cnnatlas.training.data import to_device
from cnnatlas.training.loop import train
from cnnatlas.training.run import Run
from cnnatlas.training.save import save

ROOT = Path(__file__).parents[2]
LOG = logging.getLogger("test")
DATASET = {"classes": ["red", "green", "blue"], "size": [8, 8], "squashed": False}
TINY = {"name": "resnet", "stem": 4, "stem_stride": 1, "widths": [8], "blocks": [1]}


def spec(**changes) -> dict:
    """The real defaults, shrunk to a second, with changes."""
    tiny = {"architecture": TINY, "epochs": 2, "batch_size": 16, "threads": 1, "device": "cpu"}
    return configuration.merge(
        configuration.merge(strict_yaml.load(ROOT / "config/defaults.yaml").content, tiny), changes
    )


@pytest.fixture(scope="module")
def problem():
    """Noise in which the class brightens one channel; 65 training images, so that a last batch of one appears."""
    generator = np.random.default_rng(0)
    labels = np.arange(125) % 3
    images = generator.integers(0, 120, (125, 8, 8, 3))
    images[np.arange(125), :, :, labels] += 60
    split = {"train": np.arange(65), "validation": np.arange(65, 95), "test": np.arange(95, 125)}
    return images.astype(np.uint8), labels, split, 3


@pytest.fixture
def float32(monkeypatch):
    """A host without bfloat16, so that scores can be compared to the last digit."""
    monkeypatch.setattr(precision, "cpu_flags", frozenset)


def run(problem, seed: int = 0, **changes):
    return train(spec(**changes), seed, *problem, LOG)


def weights(result) -> torch.Tensor:
    return torch.cat([value.double().flatten() for value in result.classifier.state_dict().values()])


def test_every_source_of_random_numbers_is_seeded_by_the_seed(problem):
    images, labels, split, classes = problem
    data, seeds = to_device(images, labels, split, torch.device("cpu")), []
    for seed in (0, 1):
        run = Run(spec(), seed, data, classes, precision.for_cpu(frozenset()), {})
        seeds += [g.initial_seed() for g in (run.shuffling, run.augmentation.generator, torch.default_generator)]
    assert len(set(seeds)) == 6


def test_learns_what_is_easy_to_tell_apart(problem):
    result = run(problem, epochs=8)
    first, last = result.history[0], result.history[-1]
    assert last["train_loss"] < first["train_loss"] and last["validation_accuracy"] > 0.95
    for name, index in problem[2].items():
        assert result.scores[name].shape == (len(index), 3) and result.scores[name].dtype == np.float32
        assert np.allclose(result.scores[name].sum(1), 1, atol=1e-5)
    assert (result.scores["test"].argmax(1) == problem[1][95:]).mean() > 0.95


AUGMENTED = {"augmentation": {"flip": True, "crop": 1, "cutmix": 0.5, "colour_jitter": 0.2, "resized_crop": [0.5, 1.0]}}


@pytest.mark.parametrize("changes", [{}, AUGMENTED], ids=["plain", "augmented"])
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(problem, changes):
    first, again, other = (run(problem, seed, **changes) for seed in (3, 3, 4))
    assert torch.equal(weights(first), weights(again)) and not torch.equal(weights(first), weights(other))
    assert all(np.array_equal(first.scores[name], again.scores[name]) for name in first.scores)
    assert first.history == again.history and first.record == again.record


def test_dropout_repeats_too(problem):
    vgg = {"architecture": {"name": "vgg", "widths": [4], "blocks": [1], "dense": [8], "dropout": 0.5}}
    assert torch.equal(weights(run(problem, 1, **vgg)), weights(run(problem, 1, **vgg)))


@pytest.mark.parametrize(
    "changes",
    [
        {"l1": 0.01},
        {"label_smoothing": 0.3},
        {"normalise": False},
        {"optimiser": {"weight_decay": 0.1}},
        {"optimiser": {"momentum": 0.9}},
        {"schedule": {"name": "constant"}},
        {"augmentation": {"cutout": 4}},
        {"augmentation": {"flip": True}},
    ],
    ids=str,
)
def test_every_key_changes_the_weights(problem, changes):
    assert not torch.equal(weights(run(problem)), weights(run(problem, **changes)))


def test_l1_shrinks_the_weights(problem):
    def norm(result) -> float:
        return losses.l1_norm(result.classifier).item()

    assert norm(run(problem, l1=0.1)) < 0.9 * norm(run(problem))


def test_one_hot_targets_train_as_class_numbers_do(problem):
    index, vectors = run(problem), run(problem, targets="one_hot")
    assert torch.allclose(weights(index), weights(vectors), atol=1e-2)
    assert index.history[-1]["train_loss"] == pytest.approx(vectors.history[-1]["train_loss"], rel=1e-2)


def test_the_best_epoch_is_restored(problem, monkeypatch):
    """Validation is scripted: two epochs tie for the highest accuracy, and the later of them has the lower loss."""
    script = iter([(0.9, 0.5), (0.8, 0.7), (0.7, 0.7), (0.7, 0.7), (0.6, 0.6)])
    seen = []

    def scripted(classifier, data, name, *_):
        seen.append(torch.cat([v.double().flatten() for v in classifier.state_dict().values()]))
        return next(script)

    monkeypatch.setattr(loop, "evaluate", scripted)
    result = run(problem, epochs=5)
    assert result.record["best_epoch"] == 3
    assert torch.equal(weights(result), seen[2])


def test_the_last_epoch_is_kept_where_the_spec_says_so(problem, monkeypatch):
    script = iter([(0.5, 0.9), (0.9, 0.1)])
    monkeypatch.setattr(loop, "evaluate", lambda *_: next(script))
    assert run(problem, select_epoch="last").record["best_epoch"] == 2


def test_the_test_split_is_read_once_after_the_choice_unless_curves_are_asked_for(problem, monkeypatch):
    order = []
    real_evaluate, real_scores = loop.evaluate, loop.scores
    monkeypatch.setattr(loop, "evaluate", lambda c, d, name, *r: order.append(name) or real_evaluate(c, d, name, *r))
    first = {int(index[0]): name for name, index in problem[2].items()}
    monkeypatch.setattr(
        loop, "scores", lambda c, d, i, *r: order.append(f"score {first[int(i[0])]}") or real_scores(c, d, i, *r)
    )
    quiet = run(problem)
    assert order == ["validation"] * 2 + ["score train", "score validation", "score test"]
    assert "test_loss" not in quiet.history[0]
    curves = run(problem, test_each_epoch=True)
    assert {"test_loss", "test_accuracy"} <= set(curves.history[0])
    assert torch.equal(weights(quiet), weights(curves))  # watching changes nothing


def test_a_data_set_without_test_split(problem):
    images, labels, split, classes = problem
    split = {name: split[name] for name in ("train", "validation")}
    result = train(spec(test_each_epoch=True), 0, images, labels, split, classes, LOG)
    assert set(result.scores) == {"train", "validation"} and "test_loss" not in result.history[0]


def test_mirrored_scores_are_the_mean_over_both_directions(problem, float32):
    result = run(problem, test_time_mirror=True)
    assert {"validation", "validation_mirrored"} <= set(result.scores) and "train_mirrored" not in result.scores
    images = torch.from_numpy(problem[0][problem[2]["validation"]]).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        both = [result.classifier.eval()(x).softmax(1).numpy() for x in (images, images.flip(3))]
    assert np.allclose(result.scores["validation"], both[0], atol=1e-5)
    assert np.allclose(result.scores["validation_mirrored"], np.mean(both, 0), atol=1e-5)


def test_divergence_names_the_rate_and_the_epoch(problem):
    with pytest.raises(AtlasError, match=r"optimiser\.learning_rate: .*1e\+30.*epoch 1"):
        run(problem, optimiser={"learning_rate": 1e30}, architecture={"name": "vgg", "widths": [4], "blocks": [1]})


def test_a_spec_that_demands_a_gpu_is_refused_without_one(problem, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(AtlasError, match="device"):
        run(problem, device="gpu")


def test_a_line_per_epoch_with_losses_accuracies_speed_and_time_left(problem, caplog):
    with caplog.at_level(logging.INFO):
        run(problem, test_each_epoch=True)
    lines = [line for line in caplog.messages if line.startswith("epoch")]
    assert len(lines) == 2
    assert all(word in lines[0] for word in ("1/2", "train loss", "validation loss", "test loss", "images/s", "left"))


def test_what_is_saved_is_what_was_trained(problem, tmp_path, float32):
    result = run(problem, test_time_mirror=True)
    names = ("weights.safetensors", "history.csv", "scores.npz", "training.json", "timing.json")
    paths = [tmp_path / name for name in names]
    save(result, DATASET, *paths)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in paths)
    again, described = load_trained(paths[0])
    assert described["classes"] == DATASET["classes"] and described["spec"] == result.record["spec"]
    validation = torch.from_numpy(problem[0][problem[2]["validation"]]).permute(0, 3, 1, 2) / 255
    saved = np.load(paths[2])
    with torch.inference_mode():
        assert np.allclose(again(validation).softmax(1).numpy(), saved["validation"], atol=1e-5)
    rows = list(csv.DictReader(paths[1].open()))
    assert [row["epoch"] for row in rows] == ["1", "2"] and list(rows[0])[1:3] == ["train_loss", "train_accuracy"]
    record = json.loads(paths[3].read_text())
    assert record["spec"] == spec(test_time_mirror=True) and record["seed"] == 0 and record["epochs"] == 2
    assert record["environment"]["threads"] == 1 and record["precision"]["rule"]
    timing = json.loads(paths[4].read_text())
    assert [row["epoch"] for row in timing["epochs"]] == [1, 2] and timing["interruptions"] == 0
    assert timing["seconds"] > sum(row["seconds"] for row in timing["epochs"]) > 0 < timing["images_per_second"]
    assert not {"seconds", "images_per_second"} & {*rows[0], *record}
    assert record["parameters"] == sum(p.numel() for p in result.classifier.parameters())


@pytest.mark.slow
def test_a_training_does_not_load_torch_s_compiler():
    """It takes seconds to import, in every job; torch.optim and others bring it in without a word."""
    code = (
        "import sys, logging, numpy as np; sys.path[:0] = ['scripts', 'tests'];"
        "from training import test_loop as t;"
        "x = np.zeros((8, 8, 8, 3), np.uint8); split = {'train': np.arange(4), 'validation': np.arange(4, 8)};"
        "t.train(t.spec(), 0, x, np.arange(8) % 2, split, 2, logging.getLogger());"
        "assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_diverging_training_keeps_its_finite_epochs_if_allowed(problem, tmp_path):
    wild = {"learning_rate": 1e25, "weight_decay": 0.0}
    with pytest.raises(AtlasError, match=r"optimiser\.learning_rate.*diverged in epoch 1"):
        run(problem, optimiser=wild)
    result = run(problem, optimiser=wild, allow_divergence=True)
    assert result.record["diverged"] == 1 and result.history == [] and result.record["best_epoch"] == 0
    assert np.isfinite(result.scores["test"]).all()
    paths = [tmp_path / name for name in ("w", "h.csv", "s.npz", "t.json", "seconds.json")]
    save(result, DATASET, *paths)
    assert paths[1].read_text().startswith("epoch,train_loss,train_accuracy,validation_loss")
    assert run(problem).record["diverged"] is None


def test_training_on_a_part_takes_as_many_steps_as_that_part(problem):
    result = run(problem, train_images=16, epochs=40, batch_size=16)
    assert result.history[-1]["train_accuracy"] == 1.0  # one batch, memorised
    assert result.scores["train"].shape == (16, 3)


def test_losses_are_plain_cross_entropies_whatever_is_minimised(problem, float32):
    """With a learning rate of almost zero all networks are the same, and so are their losses."""
    still = {"optimiser": {"learning_rate": 1e-30}, "epochs": 1, "normalise": False}
    plain, other = (run(problem, **still, **changes) for changes in ({}, {"label_smoothing": 0.5, "l1": 0.1}))
    for column in ("train_loss", "validation_loss"):
        assert other.history[0][column] == pytest.approx(plain.history[0][column], rel=1e-5)
    scored = plain.scores["validation"][np.arange(30), problem[1][65:95]]
    assert plain.history[0]["validation_loss"] == pytest.approx(-np.log(scored).mean(), rel=1e-4)


def test_final_scores_are_those_of_the_saved_network_in_float32(problem, monkeypatch):
    monkeypatch.setattr(precision, "cpu_flags", lambda: frozenset({"avx512_bf16"}))
    monkeypatch.setattr(precision, "cpu_vendor", lambda: "AuthenticAMD")
    result = run(problem)
    assert result.record["precision"]["dtype"] == "bfloat16"
    images = torch.from_numpy(problem[0][65:95]).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode():
        expected = result.classifier.eval()(images).softmax(1).numpy()
    assert result.scores["validation"] == pytest.approx(expected, abs=1e-5)


def test_final_scores_have_no_ties_that_the_order_of_the_classes_would_decide(problem, monkeypatch):
    """Of blends of all classes; rounded to bfloat16, the same scores have ties, and which class is first matters."""
    monkeypatch.setattr(precision, "cpu_flags", lambda: frozenset({"avx512_bf16"}))
    monkeypatch.setattr(precision, "cpu_vendor", lambda: "AuthenticAMD")
    images, labels, _, classes = problem
    generator = np.random.default_rng(1)
    shares = generator.dirichlet(np.ones(classes), 4000)
    parts = [images[labels == k][generator.integers(0, 40, len(shares))] for k in range(classes)]
    blends = sum(share[:, None, None, None] * part for share, part in zip(shares.T, parts, strict=True))
    data = np.concatenate([images, blends.astype(np.uint8)]), np.concatenate([labels, shares.argmax(1)])
    split = {"train": np.arange(65), "validation": np.arange(125, 125 + len(shares))}
    found = run((*data, split, classes), epochs=5).scores["validation"]
    rounded = torch.from_numpy(found).bfloat16().float().numpy()
    assert ties(rounded) > 0 and accuracy(rounded, shares) != accuracy(rounded[:, ::-1], shares[:, ::-1])
    assert ties(found) == 0 and accuracy(found, shares) == accuracy(found[:, ::-1], shares[:, ::-1])


def accuracy(scores: np.ndarray, shares: np.ndarray) -> float:
    """As evaluation has it, of images whose class is that of the largest share."""
    labels = shares.argmax(axis=1)
    return saved_scores.Scored(np.arange(len(labels)), labels, scores).correct.mean()


def ties(scores: np.ndarray) -> int:
    """Of how many images the two highest scores are equal."""
    second, first = np.sort(scores, axis=1)[:, -2:].T
    return int((first == second).sum())


def test_training_scores_are_of_the_images_trained_on(problem, tmp_path):
    result = run(problem, train_images=20, select_epoch="last")
    indices = result.scores["train_indices"]
    assert len(set(indices)) == 20 == len(result.scores["train"]) and set(indices) < set(range(65))
    assert "train_indices" not in run(problem).scores
    np.savez(tmp_path / "split.npz", **problem[2])
    np.savez(tmp_path / "scores.npz", **result.scores)
    np.save(tmp_path / "labels.npy", problem[1])
    found = saved_scores.read(*(tmp_path / name for name in ("scores.npz", "split.npz", "labels.npy")))
    assert np.array_equal(found["train"].indices, indices) and len(found["train"].labels) == 20
