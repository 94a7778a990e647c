"""Each image is changed by one operation that Pillow and torchvision make too, and all operations are as likely."""

import numpy as np
import pytest
import torch
import torchvision.transforms.v2.functional as TF
from PIL import Image, ImageOps

from cnnatlas.training.augmentations import trivial_augment as module
from cnnatlas.training.augmentations.trivial_augment import OPERATIONS, trivial_augment
from training.augmentations.test_augmentations import batch_of, floats, seeded


def made(operation: str, signed: float, images: torch.Tensor) -> torch.Tensor:
    """Images after an operation with a strength and a direction."""
    numbers = torch.full((len(images),), OPERATIONS.index(operation))
    values = torch.full((len(images),), signed)
    moved = module._moved(batch_of(images), numbers, values)
    return module._recoloured(moved, numbers, values.abs(), values).clamp(0, 1)


def natural(count: int = 4, side: int = 32) -> torch.Tensor:
    """Smooth images of 8 bits."""
    small = torch.rand(count, 3, 4, 4, generator=seeded(3))
    return (torch.nn.functional.interpolate(small, (side, side), mode="bicubic").clamp(0, 1) * 255).round() / 255


def test_nothing_is_nothing_and_no_strength_changes_nothing():
    images = natural()
    assert torch.allclose(made("nothing", 0.7, images), images, atol=1e-5)
    for operation in set(OPERATIONS) - {"autocontrast"}:
        assert torch.allclose(made(operation, 0.0, images), images, atol=1e-5), operation


@pytest.mark.parametrize("signed", [0.9, -0.9])
@pytest.mark.parametrize(
    ("operation", "theirs"),
    [
        ("brightness", TF.adjust_brightness), ("contrast", TF.adjust_contrast), ("saturation", TF.adjust_saturation),
    ],
)  # fmt: skip
def test_colours_are_enhanced_as_by_torchvision(operation, theirs, signed):
    images = natural()
    assert torch.allclose(made(operation, signed, images), theirs(images, 1 + 0.9 * signed), atol=2e-3)


@pytest.mark.parametrize(
    ("operation", "theirs"),
    [
        ("rotate", {"angle": -15.0, "translate": [0, 0], "shear": [0, 0]}),
        ("translate_x", {"angle": 0.0, "translate": [-5, 0], "shear": [0, 0]}),
        ("translate_y", {"angle": 0.0, "translate": [0, -5], "shear": [0, 0]}),
    ],
)
def test_pixels_are_moved_as_by_torchvision(operation, theirs):
    images = natural()
    ours = made(operation, 0.5, images)[..., 8:24, 8:24]
    expected = TF.affine(images, scale=1.0, interpolation=TF.InterpolationMode.BILINEAR, **theirs)[..., 8:24, 8:24]
    assert (ours - expected).abs().max() < 0.02 < (ours - images[..., 8:24, 8:24]).abs().max()


def test_a_shear_leaves_the_middle_and_slants_the_rest():
    columns = torch.linspace(0, 1, 32).expand(1, 3, 32, 32).contiguous()
    slanted = made("shear_x", 1.0, columns)[0, 0]
    slopes = (slanted[24, 10:22] - slanted[8, 10:22]) / (columns[0, 0, 0, 1] * 16)  # columns for each row
    assert torch.allclose(slopes, torch.full((12,), module.SHEAR), atol=0.01)
    assert torch.allclose(made("shear_y", 1.0, columns.mT)[0, 0].mT, slanted, atol=1e-5)


def test_outside_of_the_image_is_the_mean_colour():
    moved = made("translate_x", 1.0, torch.ones(1, 3, 32, 32))
    assert torch.allclose(moved[0, :, 5, -5], batch_of(moved).mean, atol=1e-6)


def test_autocontrast_and_posterise_and_solarise_are_pillows():
    images = natural() * 0.5 + 0.2
    pixels = [Image.fromarray((255 * image).round().byte().permute(1, 2, 0).numpy()) for image in images]

    def pillow(function, *arguments) -> torch.Tensor:
        return torch.stack([torch.from_numpy(np.array(function(image, *arguments))) for image in pixels]).permute(
            0, 3, 1, 2
        )

    exact = torch.stack([torch.from_numpy(np.array(image)) for image in pixels]).permute(0, 3, 1, 2) / 255
    assert (255 * made("autocontrast", 0.3, exact) - pillow(ImageOps.autocontrast)).abs().max() <= 1.01
    assert (255 * made("solarise", 0.5, exact) - pillow(ImageOps.solarize, 128)).abs().max() <= 0.51
    coarse = pillow(ImageOps.posterize, 4) // 16
    assert torch.equal((15 * made("posterise", 0.99, exact)).round().to(coarse.dtype), coarse)
    flat = torch.full((1, 3, 8, 8), 0.3)
    assert torch.allclose(made("autocontrast", 0.3, flat), flat)


def test_every_operation_is_as_likely_and_images_stay_images():
    images = floats(6000, 8)
    changed = trivial_augment(batch_of(images), True).images
    untouched = torch.isclose(changed, images, atol=1e-4).flatten(1).all(1).float().mean()
    assert 1 / 12 < untouched < 1 / 12 + 0.06  # "nothing", and posterise of 8 bits
    assert changed.min() >= 0 and changed.max() <= 1
