"""Change each image by one operation of twelve, drawn at random, with a random strength."""

from dataclasses import replace
from math import pi

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnatlas.training.augmentations.batch import Batch
from cnnatlas.training.augmentations.colour_jitter import grey

STAGE = "geometry"
OFF = False
SCHEMA = {"type": "boolean"}
OPERATIONS = (
    "nothing", "shear_x", "shear_y", "translate_x", "translate_y", "rotate",
    "brightness", "contrast", "saturation", "posterise", "solarise", "autocontrast",
)  # fmt: skip
# The largest strengths, those of RandAugment (1909.13719): the tangent of a shear's angle, a share of the side,
# radians, and what is added to or taken from a factor of 1
SHEAR, TRANSLATION, ROTATION, ENHANCEMENT = 0.3, 10 / 32, pi / 6, 0.9
FEWEST_BITS = 4  # of the 8 of a channel


def trivial_augment(batch: Batch, value: bool) -> Batch:
    """One of OPERATIONS for each image, all equally likely, with a uniform strength up to the largest, either way.

    TrivialAugment (Müller and Hutter, 2103.10158) without its sharpness and equalisation. What comes from outside the
    image has the mean colour.
    """
    drawn, strength, sign = batch.uniform(3)
    operation = (drawn * len(OPERATIONS)).long()
    signed = strength * torch.where(sign < 0.5, -1.0, 1.0)
    images = _moved(batch, operation, signed)
    return replace(batch, images=_recoloured(images, operation, strength, signed).clamp(0, 1))


def _is(operation: Tensor, name: str) -> Tensor:
    return operation == OPERATIONS.index(name)


def _moved(batch: Batch, operation: Tensor, signed: Tensor) -> Tensor:
    """The images after the operations that move pixels, bilinear; the others as they are."""
    part = {name: torch.where(_is(operation, name), signed, 0) for name in OPERATIONS[1:6]}
    angle = ROTATION * part["rotate"]
    rows = (
        (angle.cos(), -angle.sin() + SHEAR * part["shear_x"], 2 * TRANSLATION * part["translate_x"]),
        (angle.sin() + SHEAR * part["shear_y"], angle.cos(), 2 * TRANSLATION * part["translate_y"]),
    )
    theta = torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)
    mean = batch.mean.to(batch.images).view(1, 3, 1, 1)
    grid = F.affine_grid(theta.to(batch.images.dtype), list(batch.images.shape), align_corners=False)
    return F.grid_sample(batch.images - mean, grid, padding_mode="zeros", align_corners=False) + mean


def _recoloured(images: Tensor, operation: Tensor, strength: Tensor, signed: Tensor) -> Tensor:
    """The images after the operations that change colours; the others as they are."""
    factor, amount = (1 + ENHANCEMENT * signed)[:, None, None, None], strength[:, None, None, None]
    luma = grey(images)
    levels = torch.exp2(8 - torch.floor((8 - FEWEST_BITS + 1) * amount))
    low, high = images.amin((2, 3), keepdim=True), images.amax((2, 3), keepdim=True)
    changed = {
        "brightness": images * factor,
        "contrast": torch.lerp(luma.mean((2, 3), keepdim=True), images, factor),
        "saturation": torch.lerp(luma, images, factor),
        "posterise": (images * levels).floor().clamp(max=levels - 1) / (levels - 1),
        "solarise": torch.where(images > 1 - amount, 1 - images, images),
        "autocontrast": torch.where(high > low, (images - low) / (high - low).clamp(min=1e-6), images),
    }
    for name, pixels in changed.items():
        images = torch.where(_is(operation, name)[:, None, None, None], pixels, images)
    return images
