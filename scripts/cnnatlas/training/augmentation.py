"""Augmentation of whole batches on the device; every image draws its own numbers from a seeded generator.

Images come as one uint8 tensor (N, H, W, 3) and leave as float (B, 3, H, W) in [0, 1]. The order is fixed: flip and
crop (one gather), resized crop, colour jitter, cutout, CutMix.
"""

from dataclasses import dataclass
from math import log

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from cnnatlas.errors import AtlasError
from cnnatlas.training.data import as_float

ASPECT = (3 / 4, 4 / 3)  # of a resized crop, as in torchvision
GREY = (0.299, 0.587, 0.114)  # luma of ITU-R BT.601


@dataclass(frozen=True)
class Augmentation:
    """A spec's `augmentation`, its source of numbers, and the colour that cutout leaves (the mean image colour)."""

    spec: dict
    fill: Tensor
    generator: Generator

    @property
    def changes_nothing(self) -> bool:
        """Whether all of its parts are switched off."""
        off = {"flip": False, "crop": 0, "resized_crop": [1.0, 1.0], "cutout": 0, "colour_jitter": 0.0, "cutmix": 0.0}
        return {**self.spec, "resized_crop": list(self.spec["resized_crop"])} == off

    @property
    def mixes(self) -> bool:
        """Whether targets must be vectors, because images are mixed."""
        return self.spec["cutmix"] > 0

    def __call__(
        self, images: Tensor, index: Tensor, targets: Tensor, side: int | None = None
    ) -> tuple[Tensor, Tensor]:
        """The images at `index`, augmented, and their targets.

        Images are (B, 3, H, W) in channels_last strides, or (B, 3, side, side); targets come back as they were, but
        mixed by CutMix.
        """
        spec, generator = self.spec, self.generator
        side = side or images.shape[1]
        batch = as_float(flip_and_crop(images, index, spec["flip"], spec["crop"], generator))
        if tuple(spec["resized_crop"]) != (1.0, 1.0):
            batch = resized_crop(batch, spec["resized_crop"], side, generator)
        elif side != images.shape[1]:
            batch = F.interpolate(batch, (side, side), mode="bilinear", antialias=True, align_corners=False)
        if spec["colour_jitter"]:
            batch = colour_jitter(batch, spec["colour_jitter"], generator)
        if spec["cutout"]:
            batch = cutout(batch, round(spec["cutout"] * side / images.shape[1]), self.fill, generator)
        if self.mixes:
            batch, targets = cutmix(batch, targets, spec["cutmix"], generator)
        return batch, targets


def flip_and_crop(images: Tensor, index: Tensor, flip: bool, padding: int, generator: Generator) -> Tensor:
    """The images at `index` (B, H, W, 3), each mirrored with probability 1/2 and shifted by up to `padding` pixels.

    The shift equals padding by reflection and cropping to the old size. Raises AtlasError where the padding is not
    smaller than the image.
    """
    if not flip and not padding:
        return images[index]
    height, width = images.shape[1:3]
    if padding >= min(height, width):
        raise AtlasError(f"augmentation.crop: {padding} is not smaller than the images ({height} x {width}); lower it")
    count = len(index)
    shifts = torch.randint(-padding, padding + 1, (2, count, 1), generator=generator, device=images.device)
    mirrored = torch.rand(count, 1, generator=generator, device=images.device) < (0.5 if flip else 0.0)
    rows = _reflected(torch.arange(height, device=images.device) + shifts[0], height)
    columns = _reflected(torch.arange(width, device=images.device) + shifts[1], width)
    columns = torch.where(mirrored, columns.flip(1), columns)
    return images[index[:, None, None], rows[:, :, None], columns[:, None, :]]


def _reflected(position: Tensor, size: int) -> Tensor:
    """Positions outside 0 .. size - 1 mirrored at the border pixel."""
    return size - 1 - (size - 1 - position.abs()).abs()


def resized_crop(images: Tensor, area: tuple[float, float], side: int, generator: Generator) -> Tensor:
    """Of each image, a random box with a share of the area in `area` and an aspect of 3/4 to 4/3, resized to `side`.

    Bilinear, as torchvision's RandomResizedCrop; boxes that would reach over the image are cut to its width or height.
    """
    share, stretch, x, y = _uniform(4, images, generator)
    share = area[0] + (area[1] - area[0]) * share
    stretch = torch.exp(log(ASPECT[0]) + (log(ASPECT[1]) - log(ASPECT[0])) * stretch)
    width, height = (share * stretch).sqrt().clamp(max=1), (share / stretch).sqrt().clamp(max=1)
    theta = images.new_zeros(len(images), 2, 3)
    theta[:, 0, 0], theta[:, 0, 2] = width, (2 * x - 1) * (1 - width)
    theta[:, 1, 1], theta[:, 1, 2] = height, (2 * y - 1) * (1 - height)
    grid = F.affine_grid(theta, [*images.shape[:2], side, side], align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)


def colour_jitter(images: Tensor, strength: float, generator: Generator) -> Tensor:
    """Brightness, contrast and saturation of each image, in this order, times a factor in 1 - strength .. 1 + strength.

    The factors blend with black, with the image's mean grey, and with its grey version, as in torchvision.
    """
    brightness, contrast, saturation = 1 + strength * (2 * _uniform(3, images, generator)[:, :, None, None, None] - 1)
    images = (images * brightness).clamp(0, 1)
    mean = _grey(images).mean((2, 3), keepdim=True)
    images = (mean + (images - mean) * contrast).clamp(0, 1)
    grey = _grey(images)
    return (grey + (images - grey) * saturation).clamp(0, 1)


def _grey(images: Tensor) -> Tensor:
    return (images * images.new_tensor(GREY).view(1, 3, 1, 1)).sum(1, keepdim=True)


def cutout(images: Tensor, side: int, fill: Tensor, generator: Generator) -> Tensor:
    """A square of `side` pixels per image set to the colour `fill` (3,). DeVries and Taylor (1708.04552).

    Its centre lies anywhere in the image, so that a square may reach over the border.
    """
    y, x = _uniform(2, images, generator)
    start_y, start_x = (y * images.shape[2]).floor() - side // 2, (x * images.shape[3]).floor() - side // 2
    box = _inside(images, start_y, start_y + side, start_x, start_x + side)
    return torch.where(box, fill.to(images).view(1, 3, 1, 1), images)


def cutmix(images: Tensor, targets: Tensor, share: float, generator: Generator) -> tuple[Tensor, Tensor]:
    """In a `share` of the images, a box from another image; targets (B, C) mix by area. Yun et al. (1905.04899).

    The box has the image's aspect and a uniformly drawn share of its area (the paper's alpha = 1), its centre is
    uniform, and what reaches over the border does not count. Every image draws its own box.
    """
    height, width = images.shape[2:]
    chosen, area, y, x = _uniform(4, images, generator)
    partner = torch.randperm(len(images), generator=generator, device=images.device)
    half = area.sqrt() / 2 * (chosen < share)
    top, bottom = (((y + sign * half) * height).round().clamp(0, height) for sign in (-1, 1))
    left, right = (((x + sign * half) * width).round().clamp(0, width) for sign in (-1, 1))
    taken = ((bottom - top) * (right - left) / (height * width))[:, None]
    box = _inside(images, top, bottom, left, right)
    return torch.where(box, images[partner], images), (1 - taken) * targets + taken * targets[partner]


def _uniform(count: int, images: Tensor, generator: Generator) -> Tensor:
    """`count` numbers in [0, 1) for each image: (count, B)."""
    return torch.rand(count, len(images), generator=generator, device=images.device)


def _inside(images: Tensor, top: Tensor, bottom: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Which pixels lie in each image's box: (B, 1, H, W)."""
    rows = torch.arange(images.shape[2], device=images.device)
    columns = torch.arange(images.shape[3], device=images.device)
    vertical = (rows >= top[:, None]) & (rows < bottom[:, None])
    horizontal = (columns >= left[:, None]) & (columns < right[:, None])
    return (vertical[:, :, None] & horizontal[:, None, :])[:, None]
