"""Fooling images: the smallest change that a short ascent finds, after which a network sees another class (B3.2).

Szegedy et al. (1312.6199) found such images; the ascent is that of the course CS231n, assignment 3, "fooling images".
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.interpretation.hooks import Images, class_indices, prepared, untouched

BATCH = 64  # images at a time bound the memory
LEVELS = 255  # of brightness in an image of 8 bits


def fooling(
    network: nn.Module,
    images: Images,
    targets: Sequence[int],
    *,
    learning_rate: float = 0.2,
    steps: int = 100,
    margin: float = 0.1,
) -> dict[str, np.ndarray]:
    """Change each image by x += learning_rate * g / ||g||, until its copy of 8 bits is classified as its target.

    g is the gradient of the log of the target's softmax score, which points where that of the score itself does and
    does not underflow; ||.|| is the L2 norm over the image: every step has the length `learning_rate`, where pixels are
    in [0, 1], and then is clipped to that range. Against CS231n's ascent, on the logit, this one also lowers the other
    classes: fewer steps, smaller changes, more successes.

    The ascent runs on floats, but an image has 8 bits: an image stops once its copy, rounded to multiples of 1/255, has
    a softmax score of the target that exceeds every other class's by `margin`, or after `steps` steps. All images take
    their steps together; one that is classified as the target from the start takes none.

    `images` and `targets` as `prepared` and `class_indices` take them, and refuse them. Gives "fooling" float32
    (N, 3, H, W), the rounded images; of them "success" bool (N,), "score" (N,), the softmax score of the target, "l2"
    and "linf" (N,), the norms of the change, with pixels in [0, 1]; "steps" int64 (N,); "margin" (N,), as given. Of the
    first float image that the network classifies as the target: "float_success" bool (N,), whether there was one, and
    "float_survives" bool (N,), whether the network classifies its rounded copy as the target.
    """
    with untouched(network):
        x = prepared(network, images)
        indices = class_indices(targets, len(x), _logits(network, x[:1]).shape[1]).to(x.device)
        parts = zip(x.split(BATCH), indices.split(BATCH), strict=True)
        results = [_ascent(network, *part, learning_rate, steps, margin) for part in parts]
        found = {key: torch.cat([result[key] for result in results]) for key in results[0]}
        logits = _logits(network, found["fooling"])
    change = (found["fooling"] - x).flatten(1)
    return {
        **{key: values.cpu().numpy() for key, values in found.items()},
        "score": _scores(logits, indices),
        "l2": change.norm(dim=1).cpu().numpy(),
        "linf": change.abs().amax(1).cpu().numpy(),
        "margin": np.full(len(x), margin, np.float32),
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


def _ascent(
    network: nn.Module, original: Tensor, targets: Tensor, rate: float, steps: int, margin: float
) -> dict[str, Tensor]:
    """The rounded images and, for each, its steps and successes, as `fooling` gives them."""
    x, taken = original.clone(), torch.zeros_like(targets)
    success = _logits(network, x).argmax(1) == targets
    crossed, survives = success.clone(), success.clone()
    left = (~success).nonzero().flatten()
    for step in range(steps + 1):
        if not len(left):
            break
        seen = x[left].requires_grad_()
        logits = network(seen)
        fooled = logits.argmax(1) == targets[left]
        leads = _leads(network, seen.detach(), targets[left], fooled)
        survives[left] |= fooled & ~crossed[left] & (leads > 0)
        crossed[left] |= fooled
        success[left] = leads >= margin
        still = (leads < margin).nonzero().flatten()
        if step < steps:
            x[left[still]] = _stepped(seen, logits, targets[left], rate)[still]
            taken[left[still]] += 1
        left = left[still]
    images = torch.where((taken > 0)[:, None, None, None], _rounded(x), original)
    return {"fooling": images, "steps": taken, "success": success, "float_success": crossed, "float_survives": survives}


def _leads(network: nn.Module, x: Tensor, targets: Tensor, fooled: Tensor) -> Tensor:
    """By how much the target's softmax score exceeds the others in the rounded images; -1 where not `fooled`."""
    leads = torch.full((len(x),), -1.0, device=x.device)
    if fooled.any():
        scores = _logits(network, _rounded(x[fooled])).softmax(1)
        own = scores.gather(1, targets[fooled][:, None])
        leads[fooled] = (own - scores.scatter(1, targets[fooled][:, None], -1.0)).amin(1)
    return leads


def _rounded(x: Tensor) -> Tensor:
    """What an image file of 8 bits keeps of the images."""
    return (x * LEVELS).round() / LEVELS


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
