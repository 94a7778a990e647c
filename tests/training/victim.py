"""A training job as Snakemake runs it, in a process of its own, for tests to kill."""

import importlib
import os
import runpy
import signal
from functools import partial
from pathlib import Path

import numpy as np

from cnnatlas.files import write_json
from project import ROOT
from training.test_loop import spec

OUTPUTS = {
    "weights": "weights.safetensors",
    "history": "history.csv",
    "scores": "scores.npz",
    "architecture": "architecture.json",
    "training": "training.json",
    "timing": "timing.json",
}
ARCHITECTURE = {"name": "vgg", "widths": [4, 8], "blocks": [1, 1], "dense": [16], "dropout": 0.3, "batch_norm": True}
AUGMENTATION = {"flip": True, "crop": 2, "colour_jitter": 0.2, "cutmix": 0.5}


class Named(dict):
    """A mapping whose values are attributes too, as Snakemake's named lists have them."""

    __getattr__ = dict.__getitem__


def prepare(folder: Path) -> None:
    """Write a prepared data set: noise of 200 images of 16 pixels in which the class brightens one channel."""
    generator = np.random.default_rng(0)
    labels = np.arange(200) % 3
    images = generator.integers(0, 200, (200, 16, 16, 3), dtype=np.uint8)
    images[np.arange(200), :, :, labels] += 20
    np.save(folder / "images.npy", images)
    np.save(folder / "labels.npy", labels)
    np.savez(folder / "split.npz", train=np.arange(120), validation=np.arange(120, 160), test=np.arange(160, 200))
    write_json(folder / "dataset.json", {"classes": ["a", "b", "c"], "size": [16, 16], "squashed": False})


def work(data: Path, folder: Path, dies_in: str | None = None, call: int = 1) -> None:
    """Run scripts/train.py with a checkpoint after every step.

    `dies_in`: module:function, on whose call of that number the process kills itself, with half a file written.
    """
    names = {"images": "images.npy", "labels": "labels.npy", "split": "split.npz", "dataset": "dataset.json"}
    changes = {"architecture": ARCHITECTURE, "augmentation": AUGMENTATION, "epochs": 6, "batch_size": 10}
    snakemake = Named(
        input=Named({key: data / name for key, name in names.items()}, sources=[ROOT / "scripts/train.py"]),
        output=Named({key: folder / "model" / name for key, name in OUTPUTS.items()}),
        params=Named(spec=spec(**changes, test_each_epoch=True), checkpoints=folder / "checkpoints/v/seed0"),
        wildcards=Named(seed="0"),
        log=[folder / "log"],
    )
    checkpoints = importlib.import_module("cnnatlas.training.checkpoints")
    checkpoints.Checkpoints = partial(checkpoints.Checkpoints, interval=0)
    if dies_in:
        _die(*dies_in.split(":"), call)
    runpy.run_path(str(ROOT / "scripts/train.py"), init_globals={"snakemake": snakemake})


def _die(module: str, name: str, call: int) -> None:
    """Let a function, on one of its calls, do its work, cut off the file it wrote, and kill the process."""
    owner = importlib.import_module(module)
    function, calls = getattr(owner, name), []

    def deadly(*arguments, **options):
        calls.append(1)
        result = function(*arguments, **options)
        if len(calls) == call:
            for path in [a for a in arguments if isinstance(a, Path)]:
                path.write_bytes(path.read_bytes()[:-100])
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)
