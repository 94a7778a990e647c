"""Convolution and pooling by definition against torch, over their options; and the answers of C0.1-3 by hand."""

from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnnatlas.theory.convolutions import correlate, max_pool, output_size, question_image

OPTIONS = [case for case in product((1, 2, 3), (0, 1, 2), (1, 2)) if case[1] or case[2] == 1]
ONES = np.ones((3, 3, 3), int)


@pytest.mark.parametrize(("stride", "padding", "dilation"), OPTIONS)
def test_correlation_is_that_of_torch(stride, padding, dilation):
    rng = np.random.default_rng(0)
    image, kernel = rng.standard_normal((2, 7, 5)), rng.standard_normal((2, 3, 3))
    expected = F.conv2d(
        torch.tensor(image)[None], torch.tensor(kernel)[None], stride=stride, padding=padding, dilation=dilation
    )[0, 0]
    np.testing.assert_allclose(correlate(image, kernel, stride, padding, dilation), expected, atol=1e-12)


def test_the_kernel_is_not_flipped():
    kernel = np.arange(9).reshape(1, 3, 3)
    image = np.zeros((1, 3, 3), int)
    image[0, 0, 1] = 1
    assert correlate(image, kernel) == [[1]]


def test_answers_by_hand():
    image = question_image()
    assert correlate(image, ONES).tolist() == [[45, 45], [54, 54]]
    assert correlate(image, ONES, padding=1)[0].tolist() == [18, 27, 27, 18]
    assert correlate(image, ONES, padding=2, dilation=2)[:2].tolist() == [[20] * 4, [24] * 4]
    assert correlate(image, ONES, dilation=2).shape == (0, 0)
    assert max_pool(image, 2, 2).tolist() == [[[1, 1], [1, 1]], [[2, 2], [2, 2]], [[2, 2], [4, 4]]]
    assert (output_size(128, 3), output_size(128, 3, stride=2)) == (126, 63)


@pytest.mark.parametrize(("window", "stride"), [(2, 2), (3, 2), (2, 1)])
def test_pooling_is_that_of_torch(window, stride):
    image = np.random.default_rng(0).standard_normal((2, 7, 6))
    expected = F.max_pool2d(torch.tensor(image)[None], window, stride)[0]
    np.testing.assert_array_equal(max_pool(image, window, stride), expected)
