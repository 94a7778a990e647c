"""A classifier's loss, accuracy and softmax scores on whole splits."""

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.training.data import Data
from cnnatlas.training.losses import classes_of, cross_entropy
from cnnatlas.training.precision import Precision

BATCH = 256


@torch.inference_mode()
def evaluate(
    classifier: nn.Module, data: Data, name: str, targets: Tensor, smoothing: float, precision: Precision
) -> tuple[float, float]:
    """Mean cross-entropy and accuracy on a split's plain images; `targets` are those of all images."""
    classifier.eval()
    total = torch.zeros(2, device=data.images.device)
    for index in data.splits[name].split(BATCH):
        inputs = precision.laid_out(data.batch(index))
        with precision.autocast(inputs.device):
            logits = classifier(inputs)
        correct = (logits.argmax(1) == classes_of(targets[index])).sum()
        total += torch.stack([cross_entropy(logits, targets[index], smoothing) * len(index), correct])
    loss, accuracy = (total / len(data.splits[name])).tolist()
    return loss, accuracy


@torch.inference_mode()
def scores(classifier: nn.Module, data: Data, name: str, precision: Precision, mirrored: bool = False) -> np.ndarray:
    """Softmax scores (n, C) float32 of a split's plain images, in its order.

    In the training's precision, so that they agree with its history. With `mirrored`, the mean of the scores of each
    image and its mirror image.
    """
    classifier.eval()
    parts = []
    for index in data.splits[name].split(BATCH):
        inputs = precision.laid_out(data.batch(index))
        with precision.autocast(inputs.device):
            logits = [classifier(inputs), *([classifier(inputs.flip(3))] if mirrored else [])]
        parts.append(torch.stack([each.float().softmax(1) for each in logits]).mean(0))
    return torch.cat(parts).cpu().numpy()
