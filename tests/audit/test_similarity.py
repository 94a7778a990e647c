import numpy as np
import pytest

from cnnatlas.audit import duplicates, similarity


def photographs(n, side=32, seed=0):
    """Random images with coarse and fine structure: (n, side, side, 3) uint8."""
    rng = np.random.default_rng(seed)
    coarse = np.kron(rng.random((n, 8, 8, 3)), np.ones((1, side // 8, side // 8, 1)))
    return (255 * (0.6 * coarse + 0.4 * rng.random((n, side, side, 3)))).astype(np.uint8)


def brute_force(small):
    """Largest cosine of all pairs over both flips, from the definition."""
    turned = [small, small[:, :, ::-1], small[:, ::-1], small[:, ::-1, ::-1]]
    flat = small.reshape(len(small), -1)
    return np.max([flat @ each.reshape(len(small), -1).T for each in turned], axis=0)


@pytest.mark.parametrize("block", [7, 16, 100])
def test_the_blocked_search_is_brute_force(monkeypatch, block):
    monkeypatch.setattr(similarity, "BLOCK", block)
    small = similarity.thumbnails(photographs(40))
    cosines = brute_force(small)
    found = similarity.search(similarity.flip_parts(small), threshold=0.3)
    np.fill_diagonal(cosines, -2)
    assert found.nearest.tolist() == cosines.argmax(1).tolist()
    assert np.allclose(found.similarity, cosines.max(1), atol=1e-5)
    assert found.pairs.tolist() == np.argwhere(np.triu(cosines, 1) >= 0.3).tolist()
    assert np.allclose(similarity.cosine(small, found.pairs), cosines[tuple(found.pairs.T)], atol=1e-5)


@pytest.mark.parametrize(("side", "first"), [(28, 2), (33, 0), (47, 3)])
def test_thumbnails_of_any_size_are_those_of_the_middle(side, first):
    images = np.random.default_rng(0).integers(0, 256, (2, side, side, 3), np.uint8)
    middle = slice(first, first + side // 8 * 8)
    assert np.array_equal(similarity.thumbnails(images), similarity.thumbnails(images[:, middle, middle]))


def test_one_array_of_vectors_is_compared_as_it_is():
    vectors = np.random.default_rng(1).standard_normal((30, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = vectors @ vectors.T - 4 * np.eye(30)
    assert similarity.search([vectors], threshold=2).nearest.tolist() == cosines.argmax(1).tolist()


def test_thumbnails_leave_brightness_tint_and_contrast_out():
    image = photographs(1)[0] // 2
    tinted = (image // 2 + np.array([40, 10, 0])).astype(np.uint8)
    first, second = similarity.thumbnails(np.stack([image, tinted]))
    assert (first * second).sum() > 0.99
    assert np.allclose(first.mean((0, 1)), 0, atol=1e-6)


def test_an_image_of_one_colour_is_like_no_other():
    small = similarity.thumbnails(np.full((2, 32, 32, 3), 9, np.uint8))
    assert np.isfinite(small).all()
    assert similarity.search(similarity.flip_parts(small), 0.5).pairs.tolist() == []


@pytest.mark.parametrize(
    "turn",
    [
        lambda image: image,
        lambda image: image[:, ::-1],
        lambda image: image[::-1],
        lambda image: np.roll(image, (2, -1), (0, 1)),
        lambda image: np.roll(image[:, ::-1], (-2, 2), (0, 1)),
    ],
)
def test_detail_is_that_of_copies_and_not_of_similar_pictures(turn):
    images = photographs(2)
    noisy = images[0].astype(int) + np.random.default_rng(3).integers(-3, 4, images[0].shape)
    copy = turn(noisy.clip(0, 255).astype(np.uint8))
    values = similarity.detail(np.stack([*images, copy]), np.array([[0, 2], [0, 1]]))
    assert values[0] > 0.8
    assert values[1] < 0.3


def test_a_shift_beyond_the_limit_is_no_copy():
    image = photographs(1)[0]
    assert similarity.detail(np.stack([image, np.roll(image, 6, 0)]), np.array([[0, 1]]))[0] < 0.3


def test_a_common_black_bar_makes_no_copies():
    images = photographs(2) // 4 + 190
    images[:, :6] = 0
    assert similarity.detail(images, np.array([[0, 1]]))[0] < 0.4


def test_a_common_card_makes_no_copies_of_what_is_on_it():
    """Pictures of different things, each in the middle of a black card with a white rim."""
    cards = np.full((3, 64, 64, 3), 255, np.uint8)
    cards[:, 8:56, 8:56] = 0
    cards[:, 20:44, 14:50] = np.kron(photographs(3, 24), np.ones((1, 1, 2, 1), np.uint8))[:, :, :36]
    noise = np.random.default_rng(0).integers(-4, 5, cards[0].shape)
    cards[2] = (cards[0].astype(int) + noise).clip(0, 255)
    different, copies = similarity.detail(cards, np.array([[0, 1], [0, 2]]))
    assert different < duplicates.LITTLE
    assert copies > 0.8
