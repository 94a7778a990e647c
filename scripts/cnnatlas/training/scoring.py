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
    classifier: nn.Module, data: Data, name: str, targets: Tensor, precision: Precision
) -> tuple[float, float]:
    """Mean cross-entropy and accuracy on a split's plain images; `targets` are those of all images.

    In the training's precision, which is fast and good enough to choose an epoch.
    """
    classifier.eval()
    total = torch.zeros(2, device=data.images.device)
    for index in data.splits[name].split(BATCH):
        inputs = precision.laid_out(data.batch(index))
        with precision.autocast(inputs.device):
            logits = classifier(inputs)
        correct = (logits.argmax(1) == classes_of(targets[index])).sum()
        total += torch.stack([cross_entropy(logits, targets[index]) * len(index), correct])
    loss, accuracy = (total / len(data.splits[name])).tolist()
    return loss, accuracy


@torch.inference_mode()
def scores(
    classifier: nn.Module, data: Data, index: Tensor, layout: torch.memory_format, mirrored: bool = False
) -> np.ndarray:
    """Softmax scores (n, C) float32 of the plain images at `index` (n,), in its order.

    In float32 whatever the training's precision: in bfloat16 the two highest logits of up to 3 % of images are equal,
    so that the order of the classes would decide. With `mirrored`, the mean of the scores of each image and its mirror
    image.
    """
    classifier.eval()
    parts = []
    for some in index.split(BATCH):
        inputs = data.batch(some).contiguous(memory_format=layout)
        logits = [classifier(inputs), *([classifier(inputs.flip(3))] if mirrored else [])]
        parts.append(torch.stack([each.softmax(1) for each in logits]).mean(0))
    return torch.cat(parts).cpu().numpy()
