"""A network as a training saves it, for tests that use one: its weights are random, its file is not."""

from pathlib import Path

import torch

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.training.loop import Result
from cnnatlas.training.save import save

CLASSES = ["cat", "dog", "owl"]
ARCHITECTURE = {"name": "resnet", "stem": 4, "stem_stride": 1, "widths": [4, 8], "blocks": [1, 1]}
FILES = ("weights.safetensors", "history.csv", "scores.npz", "training.json", "timing.json")


def write(folder: Path, *, architecture=ARCHITECTURE, prepared=32, resolution=None, squashed=False) -> Path:
    """Save a network for images of `prepared` pixels, or `resolution`; its file of weights."""
    torch.manual_seed(0)
    network = build(architecture, len(CLASSES), resolution or prepared)
    classifier = Classifier(network, torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.2, 0.3])).eval()
    spec = {"architecture": architecture, "dataset": "pets", "resolution": resolution}
    dataset = {"classes": CLASSES, "size": [prepared, prepared], "squashed": squashed}
    record = {"spec": spec | {"select_epoch": "best"}, "seed": 7, "epochs": 3, "best_epoch": 2}
    result = Result(classifier, [], {}, record, {})
    save(result, dataset, *(folder / name for name in FILES))
    return folder / FILES[0]
