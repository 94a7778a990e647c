"""Each augmentation does exactly what it says, for each image anew; the pipeline's order is fixed, and seeds repeat."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torchvision.transforms import RandomResizedCrop

from cnnatlas.errors import AtlasError
from cnnatlas.training.augmentations.batch import Batch
from cnnatlas.training.augmentations.colour_jitter import colour_jitter
from cnnatlas.training.augmentations.crop import crop
from cnnatlas.training.augmentations.cutmix import cutmix
from cnnatlas.training.augmentations.cutout import cutout
from cnnatlas.training.augmentations.flip import flip
from cnnatlas.training.augmentations.mixup import mixup
from cnnatlas.training.augmentations.pipeline import Pipeline
from cnnatlas.training.augmentations.resized_crop import TRIES, _extents, resized_crop
from cnnatlas.training.data import as_float


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 64, side: int = 16) -> torch.Tensor:
    return torch.randint(0, 256, (count, side, side, 3), generator=seeded(9), dtype=torch.uint8)


def floats(count: int = 64, side: int = 16) -> torch.Tensor:
    return as_float(pictures(count, side))


def batch_of(
    images: torch.Tensor, targets: torch.Tensor | None = None, side: int | None = None, epoch: int = 0
) -> Batch:
    original, index = images.shape[2], torch.arange(len(images))
    mean = torch.tensor([0.1, 0.2, 0.3])
    return Batch(images, targets, index, epoch, side or original, original, mean, seeded())


def test_nothing_named_gives_the_plain_images():
    images, index, targets = pictures(), torch.tensor([5, 3, 3]), torch.tensor([0, 1, 2])
    batch, same = Pipeline({}, torch.zeros(3), seeded())(images, index, targets)
    assert torch.equal(batch, images[index].permute(0, 3, 1, 2) / 255) and same is targets
    assert batch.is_contiguous(memory_format=torch.channels_last)


def test_flip_mirrors_about_half_of_the_images_exactly():
    images = floats()
    batch = flip(batch_of(images), True).images
    plain = [torch.equal(x, y) for x, y in zip(batch, images, strict=True)]
    mirrored = [torch.equal(x, y.flip(2)) for x, y in zip(batch, images, strict=True)]
    assert all(p != m for p, m in zip(plain, mirrored, strict=True))
    assert 16 < sum(mirrored) < 48
    assert batch.is_contiguous(memory_format=torch.channels_last)


def test_flip_alternating_shows_each_image_in_both_forms_in_successive_epochs():
    images = floats(1000, 4)
    epochs = [flip(batch_of(images, epoch=epoch), "alternating").images for epoch in range(3)]
    mirrored = [torch.tensor([torch.equal(x, y.flip(2)) for x, y in zip(e, images, strict=True)]) for e in epochs]
    assert 400 < mirrored[0].sum() < 600
    assert torch.equal(mirrored[0], ~mirrored[1]) and torch.equal(mirrored[0], mirrored[2])
    assert torch.equal(epochs[1], torch.where(mirrored[1][:, None, None, None], images.flip(3), images))


def test_flip_alternating_follows_the_image_and_not_its_place_in_the_batch():
    images, pipeline = pictures(), Pipeline({"flip": "alternating"}, torch.zeros(3), seeded())
    index = torch.randperm(64, generator=seeded(1))
    for epoch in range(2):
        in_order, _ = pipeline(images, torch.arange(64), torch.arange(64), epoch=epoch)
        shuffled, _ = pipeline(images, index, torch.arange(64), epoch=epoch)
        assert torch.equal(shuffled, in_order[index])


def test_crop_equals_padding_by_reflection_and_cutting_out():
    images, padding = floats(), 4
    batch = crop(batch_of(images), padding).images
    padded = F.pad(images, [padding] * 4, mode="reflect")
    shifts = set()
    for number, image in enumerate(batch):
        windows = [
            (y, x) for y in range(9) for x in range(9) if torch.equal(image, padded[number, :, y : y + 16, x : x + 16])
        ]
        assert len(windows) == 1
        shifts.add(windows[0])
    assert len(shifts) > 30  # drawn for each image
    assert batch.is_contiguous(memory_format=torch.channels_last)


def test_a_crop_wider_than_the_image_is_named():
    with pytest.raises(AtlasError, match=r"augmentation\.crop.*16"):
        crop(batch_of(floats()), 16)


def test_a_resized_crop_of_everything_is_the_image():
    images = torch.rand(4, 3, 12, 12)
    theta = torch.eye(2, 3).repeat(4, 1, 1)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    assert torch.allclose(F.grid_sample(images, grid, align_corners=False), images, atol=1e-5)
    whole = resized_crop(batch_of(images[:1].expand(200, -1, -1, -1)), (1.0, 1.0)).images  # no other box fits
    assert torch.allclose(whole, images[0].expand(200, 3, 12, 12), atol=1e-5)


@pytest.mark.parametrize(("area", "size"), [((0.35, 1.0), 96), ((0.08, 1.0), 32), ((0.5, 1.0), 64)])
def test_boxes_of_a_resized_crop_are_distributed_as_torchvision_s(area, size):
    count = 20000
    draws = torch.rand(2 * TRIES, count, generator=torch.Generator().manual_seed(0))
    ours = torch.stack(_extents(draws[:TRIES], draws[TRIES:], area, size)).numpy() / size
    torch.manual_seed(0)
    image, aspect = torch.zeros(3, size, size), [3 / 4, 4 / 3]
    drawn = [RandomResizedCrop.get_params(image, list(area), aspect) for _ in range(count // 4)]
    theirs = np.array([(width, height) for _, _, height, width in drawn]).T / size
    for one, other in ((ours[0], theirs[0]), (ours[1], theirs[1]), (ours.prod(0), theirs.prod(0))):
        assert one.mean() == pytest.approx(other.mean(), abs=0.01)
        assert (one == 1).mean() == pytest.approx((other == 1).mean(), abs=0.01)
        assert np.quantile(one, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(other, [0.1, 0.5, 0.9]), abs=0.02)


def test_a_resized_crop_covers_the_share_of_the_area_that_was_asked_for():
    side, count = 64, 200
    across = torch.linspace(0, 1, side).repeat(side, 1)
    ramps = torch.stack([across, across.T, torch.zeros(side, side)]).repeat(count, 1, 1, 1)
    batch = resized_crop(batch_of(ramps), (0.25, 0.5)).images
    width, height = batch[:, 0, 0, -1] - batch[:, 0, 0, 0], batch[:, 1, -1, 0] - batch[:, 1, 0, 0]
    area, aspect = width * height, width / height
    assert area.min() > 0.23 and area.max() < 0.52 and area.std() > 0.03
    assert 0.74 < aspect.min() < 0.85 and 1.2 < aspect.max() < 1.35
    assert batch[:, 0, 0, 0].std() > 0.05 and batch[:, 0].min() >= 0 and batch[:, 0].max() <= 1


def test_cutout_blanks_a_square_with_the_mean_colour():
    given = batch_of(torch.ones(200, 3, 16, 16))
    batch, fill = cutout(given, 6).images, given.mean
    blank = (batch != 1).all(1)
    areas = blank.sum((1, 2))
    assert areas.max() == 36 and areas.min() >= 9  # at least a quarter lies inside
    assert torch.equal(batch.permute(0, 2, 3, 1)[blank].unique(dim=0), fill[None])
    rows = blank.any(2)
    assert torch.equal(areas, rows.sum(1) * blank.any(1).sum(1))  # a rectangle
    assert len(rows.unique(dim=0)) > 10


def test_colour_jitter_keeps_grey_images_grey_and_draws_for_each_image():
    grey = torch.full((50, 3, 8, 8), 0.5)
    batch = colour_jitter(batch_of(grey), 0.4).images
    assert torch.allclose(batch[:, 0], batch[:, 1], atol=1e-6) and torch.allclose(batch[:, 0], batch[:, 2], atol=1e-6)
    level = batch[:, 0, 0, 0]
    assert 0.3 - 1e-4 <= level.min() < 0.35 and 0.65 < level.max() <= 0.7 + 1e-4 and level.unique().numel() == 50
    coloured = colour_jitter(batch_of(floats()), 0.4).images
    assert coloured.min() >= 0 and coloured.max() <= 1


def test_cutmix_mixes_targets_by_the_area_taken():
    count = 100
    images = torch.arange(count).float().view(-1, 1, 1, 1).expand(-1, 3, 16, 16)
    mixed = cutmix(batch_of(images, torch.eye(count)), 1.0)
    batch, targets = mixed.images, mixed.targets
    for number in range(count):
        values, pixels = batch[number, 0].unique(return_counts=True)
        expected = torch.zeros(count).index_put((values.long(),), pixels / 256)
        assert torch.allclose(targets[number], expected, atol=1e-6), number
    own = targets.diagonal()
    assert own.min() < 0.4 and own.std() > 0.1
    assert torch.allclose(targets.sum(1), torch.ones(count))


def test_cutmix_draws_the_area_uniformly():
    """With side s of a box, s^2 uniform, a uniform centre and cut borders: the integral of 2 s (s - s^2 / 4)^2."""
    count = 2000
    taken = 1 - cutmix(batch_of(torch.zeros(count, 3, 32, 32), torch.eye(count)), 1.0).targets.diagonal()
    assert taken.mean().item() == pytest.approx(2 * (1 / 4 - 1 / 10 + 1 / 96), abs=0.02)


def test_cutmix_leaves_the_share_of_images_that_was_not_asked_for():
    count = 400
    images = torch.arange(count).float().view(-1, 1, 1, 1).expand(-1, 3, 16, 16)
    mixed = cutmix(batch_of(images, torch.eye(count)), 0.25)
    batch, targets = mixed.images, mixed.targets
    changed = (batch != images).flatten(1).any(1)
    assert 0.15 < changed.float().mean() < 0.35
    assert torch.equal(targets[~changed], torch.eye(count)[~changed])


def test_mixup_blends_images_and_targets_with_one_weight():
    count = 400
    images = torch.arange(count).float().view(-1, 1, 1, 1).expand(-1, 3, 4, 4)
    mixed = mixup(batch_of(images, torch.eye(count)), 0.5)
    assert torch.allclose(mixed.targets.sum(1), torch.ones(count))
    expected = mixed.targets @ torch.arange(count).float()  # the same weights on the numbers that the images hold
    assert torch.allclose(mixed.images, expected.view(-1, 1, 1, 1).expand(-1, 3, 4, 4), atol=1e-3)
    own = mixed.targets.diagonal()
    assert 0.4 < (own == 1).float().mean() < 0.6
    assert own[own < 1].mean() == pytest.approx(0.5, abs=0.06)


def test_everything_together_repeats_with_the_seed_and_differs_without():
    spec = {"flip": True, "crop": 3, "resized_crop": [0.4, 1.0], "cutout": 4, "colour_jitter": 0.2, "cutmix": 0.5}
    images, index, targets = pictures(), torch.arange(64), torch.eye(64)

    def draw(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        return Pipeline(spec, torch.full((3,), 0.5), seeded(seed))(images, index, targets)

    assert all(torch.equal(x, y) for x, y in zip(draw(1), draw(1), strict=True))
    assert not torch.equal(draw(1)[0], draw(2)[0])
    assert draw(1)[0].shape == (64, 3, 16, 16)


def test_stages_come_in_order_and_names_in_the_order_of_the_alphabet():
    applied, sizes = [], {}

    def noting(name, function):
        def apply(batch, value):
            applied.append(name)
            sizes[name] = batch.images.shape[2]
            return function(batch, value)

        return apply

    spec = {"cutmix": 0.5, "flip": True, "cutout": 4, "colour_jitter": 0.2, "crop": 2, "resized_crop": [0.5, 1.0]}
    pipeline = Pipeline(spec, torch.zeros(3), seeded())
    for stage, parts in pipeline.stages.items():
        pipeline.stages[stage] = [(noting(function.__name__, function), value) for function, value in parts]
    pipeline(pictures(), torch.arange(8), torch.eye(64)[:8], side=8)
    assert applied == ["crop", "flip", "resized_crop", "colour_jitter", "cutout", "cutmix"]
    assert sizes == {"crop": 16, "flip": 16, "resized_crop": 16, "colour_jitter": 8, "cutout": 8, "cutmix": 8}


def test_cutout_shrinks_with_the_images_of_a_smaller_side():
    full, small = (Pipeline({"cutout": 8}, torch.full((3,), 9.0), seeded()) for _ in range(2))
    areas = []
    for pipeline, side in ((full, None), (small, 8)):
        images, _ = pipeline(pictures(), torch.arange(64), torch.zeros(64), side)
        areas.append((images == 9).all(1).sum((1, 2)).max().item())
    assert areas == [64, 16]


def test_only_an_augmentation_that_mixes_needs_vectors_as_targets():
    assert Pipeline({"cutmix": 0.5, "flip": True}, torch.zeros(3), seeded()).mixes
    assert not Pipeline({"flip": True, "cutout": 2}, torch.zeros(3), seeded()).mixes
