"""Checkpoints: a training that is interrupted after any step resumes to the same bits, from its newest valid file."""

import logging
import os
import signal

import numpy as np
import pytest
import torch

from cnnatlas import locks
from cnnatlas.architectures import registry
from cnnatlas.errors import AtlasError, Stopped
from cnnatlas.training import checkpoints, loop, steps
from cnnatlas.training.checkpoints import Checkpoints
from cnnatlas.training.loop import train
from training.test_initial_weights import ON_BASE, large, trained  # noqa: F401 (fixtures)
from training.test_loop import LOG, problem, spec, weights  # noqa: F401 (a fixture)


class Killed(BaseException):
    """What ends a training here; nothing in the training may catch it."""


class Mortal(Checkpoints):
    """Writes a checkpoint at every occasion, and dies after a number of them."""

    def __init__(self, folder, lives: int = 1, sources=()):
        super().__init__(folder, sources, interval=0)
        self.lives = lives

    def write(self, *arguments):
        super().write(*arguments)
        self.lives -= 1
        if not self.lives:
            raise Killed


def killed(folder, data, lives: int = 1, begin=None, seed: int = 0, sources=(), **changes) -> None:
    with pytest.raises(Killed):
        train(spec(**changes), seed, *data, LOG, begin, Mortal(folder, lives, sources))


def in_pieces(folder, data, lives: int = 1, begin=None, **changes):
    """Train and resume until it ends; it is killed after every `lives` checkpoints."""
    for _ in range(1000):
        try:
            return train(spec(**changes), 0, *data, LOG, begin, Mortal(folder, lives))
        except Killed:
            continue
    raise AssertionError("no progress")


def assert_same(first, second) -> None:
    assert torch.equal(weights(first), weights(second))
    assert first.history == second.history and first.record == second.record
    assert first.scores.keys() == second.scores.keys()
    assert all(np.array_equal(first.scores[name], second.scores[name]) for name in first.scores)


EVERYTHING = {
    "flip": True, "crop": 2, "resized_crop": [0.5, 1.0], "cutout": 4, "colour_jitter": 0.2, "cutmix": 0.5,
}  # fmt: skip
DROPOUT = {"name": "vgg", "widths": [4], "blocks": [1], "dense": [8], "dropout": 0.5, "batch_norm": True}
CASES = {
    "dropout and adam": {"architecture": DROPOUT, "optimiser": {"name": "adam", "learning_rate": 0.01}},
    "augmented": {"augmentation": EVERYTHING, "progressive": 0.5, "schedule": {"name": "one_cycle"}},
    "last epoch": {"select_epoch": "last", "optimiser": {"name": "adamw", "learning_rate": 0.01}, "train_images": 40},
    "averaged": {
        "architecture": {"name": "whitened", "widths": [4]},
        "augmentation": {"flip": "alternating"},
        "lookahead": 2,
        "optimiser": {"momentum": 0.9, "normalisation_rate": 8.0},
    },
    "watched": {"test_each_epoch": True, "test_time_mirror": True, "targets": "one_hot", "l1": 0.01},
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_killed_after_every_step_it_comes_to_the_same_bits(large, tmp_path, changes):  # noqa: F811
    whole = train(spec(epochs=3, **changes), 0, *large, LOG)
    pieces = in_pieces(tmp_path / "kept", large, epochs=3, **changes)
    assert_same(whole, pieces)
    steps = 3 * (3 if "train_images" in changes else 4)
    assert pieces.timing["interruptions"] == steps + 3  # a checkpoint after each step, and one after each epoch
    assert [row["epoch"] for row in pieces.timing["epochs"]] == [1, 2, 3]
    assert whole.timing["interruptions"] == 0


@pytest.mark.parametrize("augmentation", [{}, {"flip": True}], ids=["represented", "seen anew"])
def test_a_frozen_base_is_not_kept_and_comes_back(problem, trained, tmp_path, augmentation):  # noqa: F811
    head = {"architecture": ON_BASE | {"dropout": 0.5}, "trainable": "head", "base": "b", "augmentation": augmentation}
    begin = {"base": trained}
    killed(tmp_path, problem, lives=5, begin=begin, **head)
    _, tensors = checkpoints.read(sorted(tmp_path.glob("*.checkpoint"))[-1])
    assert any("head" in name for name in tensors) and not any("features" in name for name in tensors)
    whole, pieces = train(spec(**head), 0, *problem, LOG, begin), in_pieces(tmp_path, problem, begin=begin, **head)
    assert_same(whole, pieces)


def test_a_training_that_diverges_does_so_in_the_same_epoch(problem, tmp_path):  # noqa: F811
    wild = {"schedule": {"name": "step", "drops": 1, "gamma": 1e30}, "optimiser": {"weight_decay": 0.0}}
    wild |= {"architecture": {"name": "vgg", "widths": [4], "blocks": [1]}, "allow_divergence": True, "epochs": 6}
    whole, pieces = train(spec(**wild), 0, *problem, LOG), in_pieces(tmp_path, problem, lives=2, **wild)
    assert whole.record["diverged"] == 4
    assert_same(whole, pieces)


def test_two_generations_stay_and_none_after_success(problem, tmp_path):  # noqa: F811
    folder = tmp_path / "checkpoints" / "variant" / "seed0"
    (tmp_path / "models").mkdir()
    killed(folder, problem, lives=6)
    assert len(list(folder.glob("*.checkpoint"))) == 2
    (folder / ".abc.part.checkpoint").write_bytes(b"killed while writing")
    keep = Mortal(folder, lives=1000)
    train(spec(), 0, *problem, LOG, checkpoints=keep)
    assert len(list(folder.glob("*.checkpoint"))) == 2
    keep.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["models"]


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(at: float):
    def damage(content: bytes) -> bytes:
        position = int(at * (len(content) - 1))
        return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]

    return damage


@pytest.mark.parametrize(
    "damage",
    [truncated, lambda _: b"", flipped(0), flipped(0.02), flipped(0.5), flipped(1)],
    ids=["truncated", "empty", "checksum", "facts", "tensors", "last byte"],
)
def test_a_damaged_one_is_set_aside_and_the_one_before_is_used(problem, tmp_path, caplog, damage):  # noqa: F811
    killed(tmp_path, problem, lives=7)
    before, newest = sorted(tmp_path.glob("*.checkpoint"))
    newest.write_bytes(damage(newest.read_bytes()))
    steps = checkpoints.read(before)[0]["steps"]
    with caplog.at_level(logging.INFO):
        assert_same(train(spec(), 0, *problem, LOG), train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path)))
    assert newest.with_suffix(".damaged").exists() and not newest.exists()
    said = [line for line in caplog.messages if "checkpoint" in line]
    assert len(said) == 2 and "is damaged" in said[0] and f"{steps} of 8 steps" in said[1]


def test_with_none_undamaged_it_begins_anew(problem, tmp_path):  # noqa: F811
    killed(tmp_path, problem, lives=7)
    for path in tmp_path.glob("*.checkpoint"):
        path.write_bytes(truncated(path.read_bytes()))
    result = train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path))
    assert_same(train(spec(), 0, *problem, LOG), result)
    assert result.timing["interruptions"] == 0


def brighter(data):
    images, *rest = data
    return images + 1, *rest


def test_one_of_another_training_is_ignored_and_stays(problem, tmp_path, caplog):  # noqa: F811
    source = tmp_path / "source.py"
    source.write_text("before")
    folder = tmp_path / "kept"
    killed(folder, problem, lives=7, sources=[source])
    theirs = sorted(folder.iterdir())
    others = {"seed": (spec(), 1, problem), "spec": (spec(l1=0.1), 0, problem), "data": (spec(), 0, brighter(problem))}
    for part, (changed, seed, data) in others.items():
        with caplog.at_level(logging.INFO):
            result = train(changed, seed, *data, LOG, checkpoints=Checkpoints(folder, [source]))
        assert f"{theirs[0]} is not used: it belongs to another {part}" in caplog.messages
        assert_same(train(changed, seed, *data, LOG), result)
    source.write_text("after")
    with caplog.at_level(logging.INFO):
        train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(folder, [source]))
    assert f"{theirs[0]} is not used: it belongs to another source" in caplog.messages
    source.write_text("before")
    assert train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(folder, [source])).timing["interruptions"] == 1
    assert sorted(folder.iterdir()) == theirs


def test_another_environment_or_base_is_another_training(problem, trained, tmp_path, monkeypatch, caplog):  # noqa: F811
    other = {"dtype": "float16"}
    killed(tmp_path, problem, lives=3)
    monkeypatch.setattr("cnnatlas.training.precision.Precision.record", lambda _: other)
    with caplog.at_level(logging.INFO):
        train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path))
    assert any(line.endswith("another environment") for line in caplog.messages)
    parts = [checkpoints.identity({}, 0, {}, begin, [], {}) for begin in ({}, {"base": trained})]
    assert [key for key in parts[0] if parts[0][key] != parts[1][key]] == ["initial weights"]


def test_a_training_of_seconds_writes_none(problem, tmp_path):  # noqa: F811
    train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path / "kept"))
    assert not list((tmp_path / "kept").glob("*.checkpoint"))


def test_writing_takes_at_most_its_share_of_the_time(tmp_path, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])
    keep = Checkpoints(tmp_path, interval=30)
    slow = lambda *_: now.__setitem__(0, now[0] + 2)  # noqa: E731 (two seconds pass)
    monkeypatch.setattr(checkpoints, "write", slow)
    assert not keep.due()
    now[0] += 30
    assert keep.due()
    keep.write(lambda: ({"steps": 1}, {}), LOG)
    now[0] += 199
    assert not keep.due()
    now[0] += 1
    assert keep.due()


def test_where_none_can_be_written_training_goes_on_with_a_warning(problem, tmp_path, caplog):  # noqa: F811
    (tmp_path / "file").write_text("")
    keep = Checkpoints(tmp_path / "file" / "kept", interval=0)
    assert_same(train(spec(), 0, *problem, LOG), train(spec(), 0, *problem, LOG, checkpoints=keep))
    assert any("no checkpoint was written" in line for line in caplog.messages)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_step_with_a_checkpoint(problem, tmp_path, monkeypatch, number):  # noqa: F811
    whole = train(spec(epochs=3), 0, *problem, LOG)
    step, taken = steps.step, []

    def interrupted(*arguments):
        taken.append(1)
        if len(taken) == 6:
            os.kill(os.getpid(), number)
        return step(*arguments)

    monkeypatch.setattr(steps, "step", interrupted)
    before = signal.getsignal(number)
    line = rf"stopped by {number.name} at epoch 2/3; run the same command to resume"
    with pytest.raises(Stopped, match=line):
        train(spec(epochs=3), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path))
    assert signal.getsignal(number) == before
    (kept,) = tmp_path.glob("*.checkpoint")
    assert checkpoints.read(kept)[0]["steps"] == 6
    assert_same(whole, train(spec(epochs=3), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path)))
    assert len(taken) == 6 + 6


def test_while_scores_are_made_a_signal_is_obeyed_at_once(problem, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(loop, "scores", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(Stopped, match="stopped by SIGTERM; run"):
        train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path))


def test_a_signal_is_taken_for_no_fault_of_what_happens_meanwhile(problem, tmp_path, monkeypatch):  # noqa: F811
    family, kind = registry.families()[spec()["architecture"]["name"]]
    network = f"cnnatlas.architectures.{family}.{kind}"
    monkeypatch.setattr(network, lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(Stopped, match=r"^stopped by SIGTERM; run"):
        train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path))


def test_a_second_signal_does_not_wait_for_the_step(problem, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(steps, "step", lambda *_: [os.kill(os.getpid(), signal.SIGTERM) for _ in range(2)])
    with pytest.raises(Stopped, match="stopped by SIGTERM; run"):
        train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path))
    assert not list(tmp_path.glob("*.checkpoint"))


def test_two_trainings_never_share_a_folder(problem, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(locks, "PATIENCE", 0)
    first = Checkpoints(tmp_path / "kept")
    with first.listening(), pytest.raises(AtlasError, match=f"kept: process {os.getpid()} .*is at work in it"):
        train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path / "kept"))
    with pytest.raises(AtlasError, match="at work"), Checkpoints(tmp_path / "kept").listening():
        pass  # its weights are not saved yet
    first.remove()
    train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path / "kept"))


def test_a_folder_that_cannot_be_made_keeps_no_training_from_running(problem, tmp_path):  # noqa: F811
    (tmp_path / "file").touch()
    train(spec(), 0, *problem, LOG, checkpoints=Checkpoints(tmp_path / "file" / "kept"))
