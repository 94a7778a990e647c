"""Initial weights taken from another network (transfer, fine-tuning), and the layers that stay frozen."""

from pathlib import Path

import torch
from torch import Tensor, nn

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.weights import read_weights
from cnnatlas.errors import AtlasError

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # what torchvision's weights expect
POOLING = nn.MaxPool2d | nn.AvgPool2d


def load_start(classifier: Classifier, weights: Path | str) -> None:
    """Load all weights of another training of the same architecture (its weights.safetensors)."""
    try:
        classifier.load_state_dict(read_weights(weights))
    except RuntimeError as error:
        raise AtlasError(f"start: {weights} holds the weights of another architecture; name a variant with the same "
                         "`architecture`") from error  # fmt: skip


def load_base(classifier: Classifier, weights: Path | str) -> None:
    """Load a trained network's convolutions into the network's `features`, and its normalisation into the classifier.

    `weights` is a weights.safetensors of this project, or torchvision's published file (.pth), read without executing
    code from it. Only weights under `features` are used.
    """
    features, mean, std = _published(weights) if str(weights).endswith(".pth") else _own(weights)
    try:
        classifier.network.features.load_state_dict(features)
    except RuntimeError as error:
        raise AtlasError(f"base: {weights} does not hold the convolutions of this base; name the network whose weights "
                         "these are") from error  # fmt: skip
    classifier.normalise.mean.copy_(mean.reshape(1, 3, 1, 1))
    classifier.normalise.std.copy_(std.reshape(1, 3, 1, 1))


def _published(path: Path | str) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    return _below(read_weights(path), "features."), torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD)


def _own(path: Path | str) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    state = read_weights(path)
    return _below(state, "network.features."), state["normalise.mean"], state["normalise.std"]


def _below(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def freeze(classifier: Classifier, trainable: str) -> list[nn.Module]:
    """Freeze all but a part: `all`, `head`, or `last_block` (the head and the last block of convolutions) is trained.

    Returns the frozen modules, whose batch normalisation and dropout must stay in evaluation mode while the rest
    trains (Chollet 2018, section 5.3). Raises AtlasError where the network has no `features` and `head`.
    """
    if trainable == "all":
        return []
    network = classifier.network
    if not hasattr(network, "features") or not hasattr(network, "head"):
        raise AtlasError(f"trainable: `{trainable}` needs a network with a base and a head, such as on_base; "
                         "write `trainable: all`")  # fmt: skip
    children = list(network.features.children())
    frozen = children if trainable == "head" else children[: _last_block(children)]
    for module in frozen:
        module.requires_grad_(False)
    return frozen


def batch_norms(network: nn.Module) -> list[nn.Module]:
    """The batch normalisation layers of a transferred base.

    Their running statistics stay those of the base while it is fine-tuned (scale and shift are trained): its layers and
    the head have been trained on features that these statistics normalise, and a few batches of other images would
    change the network without any step. See Chollet (2018), section 5.3.
    """
    return [module for module in network.features.modules() if isinstance(module, nn.BatchNorm2d)]


def _last_block(children: list[nn.Module]) -> int:
    """The index of the last block: after the last pooling that is not final; in a list of blocks, the last of them."""
    pooled = [i for i, child in enumerate(children[:-1]) if isinstance(child, POOLING)]
    if pooled:
        return pooled[-1] + 1
    return max(i for i, child in enumerate(children) if list(child.parameters()))
