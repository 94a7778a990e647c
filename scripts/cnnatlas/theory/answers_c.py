"""The answers to the theoretical questions of assignment C that are numbers, each computed twice."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from cnnatlas.theory import convolutions, costs, matching, networks, receptive
from cnnatlas.theory.agreement import Answers
from cnnatlas.theory.scene import Scene, grey

EXACT = 1e-12
LEVELS = 3
SEEDS = range(5)
# (padding, dilation) of C0.1, C0.2 and C0.3; the last question has three readings
CONVOLUTIONS = {"c0_1": (0, 1), "c0_2": (1, 1), "c0_3": (2, 2), "c0_3_padding_1": (1, 2)}
# Channels and side of feature maps whose 3 x 3 convolutions cost the same (C0.6)
TRADE = ((64, 32), (128, 16), (256, 8))


def small_image(answers: Answers) -> None:
    """C0.1-3 and C0.11: the 4 x 4 image convolved and pooled."""
    image, ones = convolutions.question_image(), np.ones((3, 3, 3), int)
    x, w = torch.tensor(image[None]), torch.ones(1, 3, 3, 3, dtype=torch.int64)
    for name, (padding, dilation) in CONVOLUTIONS.items():
        value = convolutions.correlate(image, ones, padding=padding, dilation=dilation)
        second = F.conv2d(x, w, padding=padding, dilation=dilation)[0, 0]
        answers.check(name, value, second, how="definition", against="torch conv2d")
    channels = [convolutions.correlate(image[c : c + 1], ones[:1]) for c in range(3)]
    grouped = F.conv2d(x, torch.ones(3, 1, 3, 3, dtype=torch.int64), groups=3)[0]
    answers.check("c0_1_channels", channels, grouped, how="definition", against="torch conv2d in groups")
    answers.check(
        "c0_3_unpadded_size", convolutions.output_size(4, 3, dilation=2), _unpadded(x, w), how="formula",
        against="torch, which refuses",
    )  # fmt: skip
    pooled = F.max_pool2d(x.double(), 2, 2)[0]
    answers.check("c0_11", convolutions.max_pool(image, 2, 2), pooled, how="definition", against="torch max_pool2d")


def _unpadded(x: torch.Tensor, w: torch.Tensor) -> int:
    """Side of the dilated convolution's output without padding: 0 where torch refuses, since the kernel is larger."""
    try:
        return F.conv2d(x, w, dilation=2).shape[-1]
    except RuntimeError:
        return 0


def sizes(answers: Answers) -> None:
    """C0.7-8: output sizes, as (height, width, channels)."""
    for name, stride in (("c0_7", 1), ("c0_8", 2)):
        side = convolutions.output_size(128, 3, stride)
        with torch.inference_mode():
            shape = nn.Conv2d(32, 16, 3, stride)(torch.zeros(1, 32, 128, 128)).shape
        answers.check(
            name, [side, side, 16], [shape[2], shape[3], shape[1]], how="formula", against="the torch module's output"
        )


def template(answers: Answers, scene: Scene) -> dict[str, np.ndarray]:
    """C0.4: where a template cut out of the scene responds; returns the responses as arrays."""
    image, (top, left, height, width) = grey(scene.image), scene.boxes[0]
    cut = image[top : top + height, left : left + width]
    value = matching.responses(image, cut)
    second = [r.numpy() for r in networks.normalised_responses(torch.tensor(image), torch.tensor(cut))]
    for name, a, b in zip(("plain", "normalised"), value, second, strict=True):
        how = {"how": "windows in NumPy", "against": "torch conv2d"}
        answers.check(f"c0_4_{name}_peak", matching.peak(a), matching.peak(b), **how)
        answers.check(f"c0_4_{name}_response", a.max(), b.max(), tolerance=1e-9, **how)
    answers.check("c0_4_place", matching.peak(value[1]), [top, left], how="highest response", against="the drawing")
    return {"plain": value[0], "normalised": value[1]}


def pyramid(answers: Answers, scene: Scene) -> dict[str, np.ndarray]:
    """C0.5: one template of fixed size finds the object at each level of a pyramid at another size."""
    image, (top, left, height, width) = grey(scene.image), scene.boxes[0]
    cut = image[top : top + height, left : left + width]
    levels, second = matching.pyramid(image, LEVELS), torch.tensor(image)
    arrays = {}
    for k, level in enumerate(levels):
        second = networks.reduced(second) if k else second
        answers.check(f"c0_5_level_{k}_shape", level.shape, second.shape, how="NumPy", against="torch conv2d")
        response = matching.responses(level, cut)[1]
        found = np.array(matching.peak(response)) * 2**k
        answers.check(f"c0_5_level_{k}_place", found, scene.boxes[k][:2], how="highest response", against="the drawing")
        again = networks.normalised_responses(second, torch.tensor(cut))[1].max()
        answers.check(
            f"c0_5_level_{k}_response", response.max(), again, how="windows in NumPy", against="torch conv2d",
            tolerance=1e-9,
        )  # fmt: skip
        arrays |= {f"level_{k}": level, f"response_{k}": response}
    return arrays


def receptive_fields(answers: Answers) -> dict[str, np.ndarray]:
    """Sizes of receptive fields, and how many paths lead from each pixel to the output."""
    arrays = {}
    for k, layers in enumerate(receptive.STACKS.values()):
        gradient = networks.ones_gradient(layers)
        answers.check(
            f"c0_10_field_{k}", receptive.size(layers), len(gradient), how="formula", against="torch autograd"
        )
        answers.check(
            f"c0_10_paths_{k}", receptive.paths(layers), gradient, how="paths counted", against="torch autograd"
        )
        arrays[f"paths_{k}"] = receptive.paths(layers)
    return arrays


def channels(answers: Answers) -> None:
    """C0.6 and C0.9: channels for resolution; 1 x 1 convolutions as matrices, and as bottlenecks."""
    for k, (count, side) in enumerate(TRADE):
        cost = costs.convolution(count, count, 9, side**2)
        second = networks.described(nn.Conv2d(count, count, 3, padding=1, bias=False), (count, side, side))
        answers.check(
            f"c0_6_{k}", [cost.outputs, cost.parameters, cost.products], second, how="formula",
            against="the torch module, described",
        )  # fmt: skip
    rng = np.random.default_rng(0)
    image, matrix = rng.standard_normal((32, 6, 6)), rng.standard_normal((16, 32))
    second = F.conv2d(torch.tensor(image)[None], torch.tensor(matrix)[..., None, None])[0]
    answers.check(
        "c0_9_product", np.einsum("oc,chw->ohw", matrix, image), second, how="a matrix times each pixel",
        against="torch conv2d", tolerance=EXACT,
    )  # fmt: skip
    narrow = [(256, 64, 1), (64, 64, 3), (64, 256, 1)]
    for name, layers in (("wide", [(256, 256, 3)]), ("bottleneck", narrow)):
        total = sum(a * b * k**2 for a, b, k in layers)
        module = nn.Sequential(*(nn.Conv2d(a, b, k, padding=k // 2, bias=False) for a, b, k in layers))
        answers.check(
            f"c0_9_{name}", total, sum(p.numel() for p in module.parameters()), how="formula",
            against="the torch modules' parameters",
        )  # fmt: skip


def shifted(answers: Answers, scene: Scene) -> None:
    """C0.12: the change of a feature map of the scene under a shift of one pixel, before and after max pooling."""
    image = grey(scene.image)
    edges = np.maximum(image[:, 1:] - image[:, :-1], 0)[None]
    first, second = edges[:, :, 1:], edges[:, :, :-1]
    x = torch.relu(torch.tensor(image)[None, None].diff(dim=-1))[0]
    for name, window in (("before", 1), ("after", 2), ("after_4", 4)):
        pools = [convolutions.max_pool(a, window, window) for a in (first, second)]
        change = np.linalg.norm(pools[0] - pools[1]) / np.linalg.norm(pools[0])
        a, b = (F.max_pool2d(part, window, window) for part in (x[:, :, 1:], x[:, :, :-1]))
        answers.check(
            f"c0_12_{name}", change, (a - b).norm() / a.norm(), how="NumPy", against="torch max_pool2d",
            tolerance=1e-9,
        )  # fmt: skip


def blocks(answers: Answers) -> dict[str, np.ndarray]:
    """C0.17-18: weights of an inception block with and without 1 x 1 reductions; gradients through deep stacks."""
    for name, branches in (("inception", costs.INCEPTION), ("naive", costs.NAIVE)):
        weights = [costs.weights_of_branch(costs.INCEPTION_INPUT, layers) for layers in branches.values()]
        second = [sum(p.numel() for p in _branch(layers).parameters()) for layers in branches.values()]
        answers.check(f"c0_17_{name}", weights, second, how="formula", against="the torch modules' parameters")
    arrays = {"depths": np.array(networks.DEPTHS)}
    for name, shortcut in (("plain", False), ("residual", True)):
        rows = [[networks.gradient_through(d, shortcut, seed) for d in networks.DEPTHS] for seed in SEEDS]
        norms, outputs, products = np.array(rows).transpose(2, 0, 1)
        answers.check(
            f"c0_18_{name}_euler", np.ones(outputs.shape), products / outputs, how="Euler's identity",
            against="torch autograd", tolerance=1e-9,
        )  # fmt: skip
        arrays[f"gradient_{name}"] = norms
    return arrays


def _branch(layers: list[tuple[int, int]]) -> nn.Sequential:
    sides = [costs.INCEPTION_INPUT, *(filters for filters, _ in layers)]
    return nn.Sequential(*(nn.Conv2d(a, b, k, bias=False) for a, (b, k) in zip(sides[:-1], layers, strict=True)))


def visualisation(answers: Answers) -> None:
    """C0.20-21: gradient ascent for a linear filter; Grad-CAM's weights where they are known."""
    generator = torch.Generator().manual_seed(0)
    filters = torch.randn(4, 3, 5, 5, generator=generator, dtype=torch.float64)
    unit = filters / filters.flatten(1).norm(dim=1)[:, None, None, None]
    answers.check(
        "c0_20", unit, networks.ascent(filters), how="the filter over its length", against="gradient ascent",
        tolerance=1e-9,
    )  # fmt: skip
    maps = torch.rand(6, 7, 7, generator=generator, dtype=torch.float64)
    weights = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    answers.check(
        "c0_21", weights[1] / 49, networks.pooled_gradients(maps, weights, 1), how="class weights over pixels",
        against="torch autograd", tolerance=EXACT,
    )  # fmt: skip


def everything(answers: Answers, scene: Scene) -> dict[str, np.ndarray]:
    """Add every answer of assignment C to `answers`; returns the arrays that the figures show."""
    small_image(answers)
    sizes(answers)
    channels(answers)
    shifted(answers, scene)
    visualisation(answers)
    return {
        "scene": scene.image,
        "boxes": scene.boxes,
        "trade": np.array(TRADE),
        **template(answers, scene),
        **pyramid(answers, scene),
        **receptive_fields(answers),
        **blocks(answers),
    }
