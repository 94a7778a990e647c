"""The loss: cross-entropy against class numbers or soft targets, and the L1 penalty."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Class numbers (N,) as float32 vectors (N, classes)."""
    return F.one_hot(labels, classes).float()


def cross_entropy(logits: Tensor, targets: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Mean cross-entropy of logits (N, C) with class numbers (N,) or probabilities (N, C), in float32.

    Label smoothing spreads that share of the target evenly over all classes (Szegedy et al., 1512.00567); one-hot
    vectors and class numbers give the same value.
    """
    return F.cross_entropy(logits.float(), targets, label_smoothing=label_smoothing)


def classes_of(targets: Tensor) -> Tensor:
    """The class numbers (N,) of targets of either kind; of a mixture, the class with the largest share."""
    return targets.argmax(1) if targets.dim() == 2 else targets


def l1_norm(network: nn.Module) -> Tensor:
    """The sum of |weights| of all convolutions and dense layers; biases and normalisation are left out."""
    return torch.stack([m.weight.abs().sum() for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]).sum()
