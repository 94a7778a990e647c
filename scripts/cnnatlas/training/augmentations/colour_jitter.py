"""Change brightness, contrast and saturation by up to this share."""

from dataclasses import replace

from torch import Tensor

from cnnatlas.training.augmentations.batch import Batch

STAGE = "colour"
OFF = 0.0
SCHEMA = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
GREY = (0.299, 0.587, 0.114)  # luma of ITU-R BT.601


def colour_jitter(batch: Batch, strength: float) -> Batch:
    """Brightness, contrast and saturation of each image, in this order, times a factor in 1 - strength .. 1 + strength.

    The factors blend with black, with the image's mean grey, and with its grey version, as in torchvision.
    """
    brightness, contrast, saturation = 1 + strength * (2 * batch.uniform(3)[:, :, None, None, None] - 1)
    images = (batch.images * brightness).clamp(0, 1)
    mean = grey(images).mean((2, 3), keepdim=True)
    images = (mean + (images - mean) * contrast).clamp(0, 1)
    luma = grey(images)
    return replace(batch, images=(luma + (images - luma) * saturation).clamp(0, 1))


def grey(images: Tensor) -> Tensor:
    """The luma of images (B, 3, H, W): (B, 1, H, W)."""
    return sum(share * channel for share, channel in zip(GREY, images.split(1, dim=1), strict=True))
