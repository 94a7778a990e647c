"""Fooling images: the smallest change that a short ascent finds, after which a network sees another class (B3.2).

Szegedy et al. (1312.6199) found such images; the ascent is that of the course CS231n, assignment 3, "fooling images".
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.interpretation.hooks import Images, class_indices, prepared, untouched

BATCH = 64  # images at a time bound the memory


def fooling(
    network: nn.Module, images: Images, targets: Sequence[int], *, learning_rate: float = 0.2, steps: int = 100
) -> dict[str, np.ndarray]:
    """Change each image by x += learning_rate * g / ||g||, until the network predicts its target.

    g is the gradient of the log of the target's softmax score, which points where that of the score itself does and
    does not underflow; ||.|| is the L2 norm over the image: every step has the length `learning_rate`, where pixels are
    in [0, 1], and then is clipped to that range. Against CS231n's ascent, on the logit, this one also lowers the other
    classes: fewer steps, smaller changes, more successes. All images take their steps together and each stops where it
    is fooled, after at most `steps` steps; one that is the target already takes none.

    `images` and `targets` as `prepared` and `class_indices` take them, and refuse them. Gives "fooling" float32
    (N, 3, H, W); "steps" int64 (N,); "success" bool (N,); "score" (N,), the softmax score of the target in the end;
    "l2" and "linf" (N,), the norms of the change, with pixels in [0, 1].
    """
    with untouched(network):
        x = prepared(network, images)
        indices = class_indices(targets, len(x), _logits(network, x[:1]).shape[1]).to(x.device)
        parts = zip(x.split(BATCH), indices.split(BATCH), strict=True)
        results = [_ascent(network, *part, learning_rate, steps) for part in parts]
    fooled, logits, taken = (torch.cat(values) for values in zip(*results, strict=True))
    change = (fooled - x).flatten(1)
    return {
        "fooling": fooled.cpu().numpy(),
        "steps": taken.cpu().numpy(),
        "success": (logits.argmax(1) == indices).cpu().numpy(),
        "score": _scores(logits, indices),
        "l2": change.norm(dim=1).cpu().numpy(),
        "linf": change.abs().amax(1).cpu().numpy(),
    }


def transfer(network: nn.Module, images: Images, targets: Sequence[int], *, originals: Images) -> dict[str, np.ndarray]:
    """What a second network makes of fooling images (N, 3, H, W) and of the `originals` that they were made from.

    Its original class is the one that it predicts for the original. All arrays are (N,): "transfer_success" bool, it
    predicts the target; "transfer_score", its softmax score of the target; "transfer_original_score", that of its
    original class; and of the original, "transfer_success_before", "transfer_score_before" and
    "transfer_original_score_before". Raises AtlasError as `fooling` does.
    """
    with untouched(network):
        after, before = (_logits(network, prepared(network, each)) for each in (images, originals))
    indices = class_indices(targets, len(after), after.shape[1]).to(after.device)
    found = {}
    for suffix, logits in (("", after), ("_before", before)):
        found |= {
            f"transfer_success{suffix}": (logits.argmax(1) == indices).cpu().numpy(),
            f"transfer_score{suffix}": _scores(logits, indices),
            f"transfer_original_score{suffix}": _scores(logits, before.argmax(1)),
        }
    return found


def _ascent(network: nn.Module, x: Tensor, targets: Tensor, rate: float, steps: int) -> tuple[Tensor, Tensor, Tensor]:
    """The changed images, their logits, and how many steps each took."""
    x, taken, logits = x.clone(), torch.zeros_like(targets), None
    left = torch.arange(len(x), device=x.device)
    for step in range(steps + 1):
        seen = x[left].requires_grad_()
        found = network(seen)
        logits = found.detach().clone() if logits is None else logits.index_copy(0, left, found.detach())
        still = (found.argmax(1) != targets[left]).nonzero().flatten()
        if step == steps or not len(still):
            break
        x[left[still]] = _stepped(seen, found, targets[left], rate)[still]
        left = left[still]
        taken[left] += 1
    return x, logits, taken


def _stepped(x: Tensor, logits: Tensor, targets: Tensor, rate: float) -> Tensor:
    """One step of every image up its target's score; where the gradient vanishes, the image stays."""
    (gradient,) = torch.autograd.grad(logits.log_softmax(1).gather(1, targets[:, None]).sum(), x)
    length = gradient.flatten(1).norm(dim=1).clamp_min(torch.finfo(x.dtype).tiny)
    return (x.detach() + rate * gradient / length[:, None, None, None]).clamp(0, 1)


def _logits(network: nn.Module, x: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.cat([network(part) for part in x.split(BATCH)])


def _scores(logits: Tensor, classes: Tensor) -> np.ndarray:
    return logits.softmax(1).gather(1, classes[:, None]).flatten().cpu().numpy()
