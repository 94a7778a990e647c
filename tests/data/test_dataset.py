import numpy as np
from archive_builders import noise

from cnnatlas.data.dataset import Prepared, channel_statistics, photographs


def test_photographs_join_through_names_and_pixels():
    images = noise(5, 4, 4, 3)
    images[4] = images[1]
    groups = photographs(images, ["a", "b", "a", "c", "c"])
    assert groups.tolist() == [0, 1, 0, 1, 1]  # 4 has the pixels of 1 and the name of 3
    assert photographs(images).tolist() == [0, 1, 2, 3, 1]


def test_grey_means_three_equal_channels():
    images = noise(3, 4, 4, 3)
    images[1] = images[1][..., :1]
    images[2, ..., 1] = images[2, ..., 0]
    assert Prepared(images, np.zeros(3), ["", "", ""], ["x"], np.arange(3), [""] * 3).grey.tolist() == [
        False,
        True,
        False,
    ]


def test_channel_statistics_are_numpys():
    images = noise(20, 8, 8, 3)
    mean, std = channel_statistics(images)
    assert np.allclose(mean, (images / 255).mean((0, 1, 2)), atol=1e-12)
    assert np.allclose(std, (images / 255).std((0, 1, 2)), atol=1e-9)
    assert channel_statistics(np.full((2, 3, 3, 3), 7, np.uint8))[1] == [0, 0, 0]
