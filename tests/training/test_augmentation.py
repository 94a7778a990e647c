"""Augmentation: each part does exactly what it says, for each image anew, and repeats with its seed."""

import pytest
import torch
import torch.nn.functional as F

from cnnatlas.errors import AtlasError
from cnnatlas.training import augmentation as a

OFF = {"flip": False, "crop": 0, "resized_crop": [1.0, 1.0], "cutout": 0, "colour_jitter": 0.0, "cutmix": 0.0}


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 64, side: int = 16) -> torch.Tensor:
    return torch.randint(0, 256, (count, side, side, 3), generator=seeded(9), dtype=torch.uint8)


def floats(count: int = 64, side: int = 16) -> torch.Tensor:
    return a.as_float(pictures(count, side))


def test_nothing_wanted_gives_the_plain_images():
    images, index, targets = pictures(), torch.tensor([5, 3, 3]), torch.tensor([0, 1, 2])
    batch, same = a.Augmentation(OFF, torch.zeros(3), seeded())(images, index, targets)
    assert torch.equal(batch, images[index].permute(0, 3, 1, 2) / 255) and same is targets
    assert batch.is_contiguous(memory_format=torch.channels_last)


def test_flip_mirrors_about_half_of_the_images_exactly():
    images, index = pictures(), torch.arange(64)
    batch = a.flip_and_crop(images, index, True, 0, seeded())
    plain = [torch.equal(x, y) for x, y in zip(batch, images, strict=True)]
    mirrored = [torch.equal(x, y.flip(1)) for x, y in zip(batch, images, strict=True)]
    assert all(p != m for p, m in zip(plain, mirrored, strict=True))
    assert 16 < sum(mirrored) < 48


def test_crop_equals_padding_by_reflection_and_cutting_out():
    images, index, padding = pictures(), torch.arange(64), 4
    batch = a.flip_and_crop(images, index, False, padding, seeded())
    padded = F.pad(images.permute(0, 3, 1, 2).float(), [padding] * 4, mode="reflect").permute(0, 2, 3, 1).byte()
    shifts = set()
    for number, image in enumerate(batch):
        windows = [
            (y, x) for y in range(9) for x in range(9) if torch.equal(image, padded[number, y : y + 16, x : x + 16])
        ]
        assert len(windows) == 1
        shifts.add(windows[0])
    assert len(shifts) > 30  # drawn for each image


def test_a_crop_wider_than_the_image_is_named():
    with pytest.raises(AtlasError, match=r"augmentation\.crop.*16"):
        a.flip_and_crop(pictures(), torch.arange(2), False, 16, seeded())


def test_a_resized_crop_of_everything_is_the_image():
    images = torch.rand(4, 3, 12, 12)
    theta = torch.eye(2, 3).repeat(4, 1, 1)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    assert torch.allclose(F.grid_sample(images, grid, align_corners=False), images, atol=1e-5)
    # A full area with an aspect other than 1 is cut at the image: at least 3/4 of it remains
    ramp = torch.linspace(0, 1, 64).repeat(32, 3, 64, 1)
    spans = (lambda r: r[:, 0, 0, -1] - r[:, 0, 0, 0])(a.resized_crop(ramp, (1.0, 1.0), 64, seeded()))
    assert spans.min() > 0.82 and spans.max() < 1.001


def test_a_resized_crop_covers_the_share_of_the_area_that_was_asked_for():
    side, count = 64, 200
    across = torch.linspace(0, 1, side).repeat(side, 1)
    ramps = torch.stack([across, across.T, torch.zeros(side, side)]).repeat(count, 1, 1, 1)
    batch = a.resized_crop(ramps, (0.25, 0.5), ramps.shape[2], seeded())
    width, height = batch[:, 0, 0, -1] - batch[:, 0, 0, 0], batch[:, 1, -1, 0] - batch[:, 1, 0, 0]
    area, aspect = width * height, width / height
    assert area.min() > 0.23 and area.max() < 0.52 and area.std() > 0.03
    assert 0.74 < aspect.min() < 0.85 and 1.2 < aspect.max() < 1.35
    assert batch[:, 0, 0, 0].std() > 0.05 and batch[:, 0].min() >= 0 and batch[:, 0].max() <= 1


def test_cutout_blanks_a_square_with_the_fill_colour():
    images, fill = torch.ones(200, 3, 16, 16), torch.tensor([0.1, 0.2, 0.3])
    batch = a.cutout(images, 6, fill, seeded())
    blank = (batch != 1).all(1)
    areas = blank.sum((1, 2))
    assert areas.max() == 36 and areas.min() >= 9  # at least a quarter lies inside
    assert torch.equal(batch.permute(0, 2, 3, 1)[blank].unique(dim=0), fill[None])
    rows = blank.any(2)
    assert torch.equal(areas, rows.sum(1) * blank.any(1).sum(1))  # a rectangle
    assert len(rows.unique(dim=0)) > 10


def test_colour_jitter_keeps_grey_images_grey_and_draws_for_each_image():
    grey = torch.full((50, 3, 8, 8), 0.5)
    batch = a.colour_jitter(grey, 0.4, seeded())
    assert torch.allclose(batch[:, 0], batch[:, 1], atol=1e-6) and torch.allclose(batch[:, 0], batch[:, 2], atol=1e-6)
    level = batch[:, 0, 0, 0]
    assert 0.3 - 1e-4 <= level.min() < 0.35 and 0.65 < level.max() <= 0.7 + 1e-4 and level.unique().numel() == 50
    coloured = a.colour_jitter(floats(), 0.4, seeded())
    assert coloured.min() >= 0 and coloured.max() <= 1


def test_cutmix_mixes_targets_by_the_area_taken():
    count = 100
    images = torch.arange(count).float().view(-1, 1, 1, 1).expand(-1, 3, 16, 16)
    batch, targets = a.cutmix(images, torch.eye(count), 1.0, seeded())
    for number in range(count):
        values, pixels = batch[number, 0].unique(return_counts=True)
        expected = torch.zeros(count).index_put((values.long(),), pixels / 256)
        assert torch.allclose(targets[number], expected, atol=1e-6), number
    own = targets.diagonal()
    assert own.min() < 0.4 and own.std() > 0.1
    assert torch.allclose(targets.sum(1), torch.ones(count))


def test_cutmix_leaves_the_share_of_images_that_was_not_asked_for():
    count = 400
    images = torch.arange(count).float().view(-1, 1, 1, 1).expand(-1, 3, 16, 16)
    batch, targets = a.cutmix(images, torch.eye(count), 0.25, seeded())
    changed = (batch != images).flatten(1).any(1)
    assert 0.15 < changed.float().mean() < 0.35
    assert torch.equal(targets[~changed], torch.eye(count)[~changed])


def test_everything_together_repeats_with_the_seed_and_differs_without():
    spec = {"flip": True, "crop": 3, "resized_crop": [0.4, 1.0], "cutout": 4, "colour_jitter": 0.2, "cutmix": 0.5}
    images, index, targets = pictures(), torch.arange(64), torch.eye(64)

    def draw(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        return a.Augmentation(spec, torch.full((3,), 0.5), seeded(seed))(images, index, targets)

    assert all(torch.equal(x, y) for x, y in zip(draw(1), draw(1), strict=True))
    assert not torch.equal(draw(1)[0], draw(2)[0])
    assert draw(1)[0].shape == (64, 3, 16, 16)
