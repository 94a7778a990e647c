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
    classifier: nn.Module, data: Data, index: Tensor, layout: torch.memory_format, mirror: bool = False
) -> tuple[np.ndarray, np.ndarray | None]:
    """Softmax scores (n, C) float32 of the plain images at `index` (n,), in its order; with `mirror`, the mean too.

    The second array has the mean of the scores of each image and its mirror image, or is None. All in float32 whatever
    the training's precision: in bfloat16 the two highest logits of up to 3 % of images are equal, so that the order of
    the classes would decide.
    """
    classifier.eval()
    plain, mirrored = [], []
    for some in index.split(BATCH):
        inputs = data.batch(some).contiguous(memory_format=layout)
        plain.append(classifier(inputs).softmax(1))
        if mirror:
            mirrored.append((plain[-1] + classifier(inputs.flip(3)).softmax(1)) / 2)
    return torch.cat(plain).cpu().numpy(), torch.cat(mirrored).cpu().numpy() if mirror else None
