"""How far trainings are, by logs as the training loop writes them."""

import os
import re
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.training import loop
from cnnatlas.training.clock import Clock
from cnnatlas.workflow import progress
from project import ROOT


def epoch(number: int, accuracy: float = 0.5, of: int = 4) -> str:
    """A line as the training loop writes it."""
    losses = {f"{name}_{what}": accuracy for name in ("train", "validation") for what in ("loss", "accuracy")}
    clock = Clock(epochs=[{"images_per_second": 1234.4}])
    clock.whole.gathered = 60.0 * number
    return loop._line({"epoch": number, **losses}, clock, of)


def bar(done: int, total: int) -> str:
    """What the training loop's bar writes."""
    run = SimpleNamespace(total_steps=total, steps=0)
    shown = loop._bar(run)
    text = shown.format_meter(done, total, 30, ascii=True, bar_format=shown.bar_format)
    shown.disable = True
    return text.rstrip("\n")


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results" / "tiny"
    folder.mkdir(parents=True)
    return folder


def log(results, *lines: str, variant: str = "d1", age: float = 0.0):
    path = results / "logs" / "train" / variant / "seed0.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in ("vgg on cpu: float32", *lines)))
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_a_training_is_where_its_last_epoch_says(results):
    log(results, epoch(1, 0.25), epoch(2, 0.625))
    (found,) = progress.under_way(results)
    assert (found.variant, found.seed, found.epoch, found.epochs) == ("d1", "0", 2, 4)
    assert (found.accuracy, found.speed, found.left) == ("62.50%", 1234, 120.0)


def test_within_an_epoch_its_bar_knows_how_long_it_takes(results):
    log(results, epoch(1), bar(10, 40))
    (found,) = progress.under_way(results)
    assert found.left == 90 and found.epoch == 1
    log(results, bar(10, 40), epoch(2))  # a bar from before the epoch ended knows less
    assert progress.under_way(results)[0].left == 120


def test_before_the_first_epoch_there_is_little_to_say(results):
    log(results)
    assert re.search(r"^d1, seed 0  begins  -  +-  +-  ", progress.table(results), re.M)


def test_one_that_resumed_goes_on_from_there(results):
    log(results, "resuming from a checkpoint: 3 of 10 epochs and 30 of 100 steps are done")
    assert progress.under_way(results)[0].epoch == 3


@pytest.mark.parametrize(
    "last", ["done in 3.0 s, peak memory 5 MB", "failed after 1 s", "error: no", "stopped by SIGTERM after 3 s"]
)
def test_one_that_has_ended_is_not_under_way(results, last):
    log(results, epoch(1), last)
    assert progress.under_way(results) == []
    assert progress.table(results).endswith("0 under way, 0 trainings done")


def test_one_with_results_is_done(results):
    log(results, epoch(4))
    record = results / "models" / "d1" / "seed0" / "training.json"
    record.parent.mkdir(parents=True)
    record.touch()
    assert progress.table(results).endswith("0 under way, 1 training done")


def test_one_that_is_silent_may_be_gone(results):
    log(results, epoch(1), age=400)
    assert progress.table(results).endswith("6 min 40 s ago (stopped?)")


def test_a_run_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(AtlasError, match=r"RUN=.*nothing: no such folder; name that of a run"):
        progress.under_way(tmp_path / "nothing")
    with pytest.raises(AtlasError, match=r"RUN=.*: no run, as it has no logs/; name one"):
        progress.under_way(tmp_path)


@pytest.mark.parametrize("pause", ["x", "-1", "nan", "1e12"])
def test_a_wrong_pause_is_one_line(results, pause):
    command = [sys.executable, "scripts/progress.py", str(results), pause]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        f"error: WATCH={pause}: not a number of seconds up to a day; say WATCH=10\n",
    )


def test_it_is_told_again_until_it_is_interrupted(results):
    log(results, epoch(1))
    command = [sys.executable, "scripts/progress.py", str(results), "0.01"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(6)]
        process.terminate()
    assert sum("1 under way" in line for line in lines) == 2
