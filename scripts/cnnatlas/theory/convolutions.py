"""Convolution and pooling written out as their definitions, for the questions that ask for numbers (C0.1-3, 7, 8, 11).

As everywhere in deep learning, "convolution" is cross-correlation: the kernel is not flipped. Kernels of ones, which
the questions use, are their own mirror images, so both give the same.
"""

import numpy as np


def question_image() -> np.ndarray:
    """The 4 x 4 image of C0.1 as (3, 4, 4): R all 1, G all 2, B the number of the row."""
    rows = np.repeat(np.arange(1, 5)[:, None], 4, axis=1)
    return np.stack([np.ones((4, 4), int), np.full((4, 4), 2), rows])


def span(kernel: int, dilation: int = 1) -> int:
    """Pixels from the first to the last tap of a dilated kernel, both included."""
    return dilation * (kernel - 1) + 1


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Length of the output of a convolution along one axis; 0 where the kernel does not fit (arXiv:1603.07285)."""
    return max(0, (size + 2 * padding - span(kernel, dilation)) // stride + 1)


def correlate(
    image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0, dilation: int = 1
) -> np.ndarray:
    """Cross-correlation of an image (C, H, W) with a kernel (C, K, K), summed over channels, zeros around the image.

    Returns (H', W') as `output_size` gives them.
    """
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    reach = span(kernel.shape[-1], dilation)
    height, width = (output_size(n, kernel.shape[-1], stride, padding, dilation) for n in image.shape[1:])
    output = np.zeros((height, width), np.result_type(image, kernel))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            taps = padded[:, top : top + reach : dilation, left : left + reach : dilation]
            output[i, j] = (taps * kernel).sum()
    return output


def max_pool(image: np.ndarray, window: int, stride: int) -> np.ndarray:
    """Greatest value of each `window` x `window` square of an image (C, H, W), every channel on its own."""
    height, width = (output_size(n, window, stride) for n in image.shape[1:])
    corners = [[(i * stride, j * stride) for j in range(width)] for i in range(height)]
    pooled = [
        [image[:, top : top + window, left : left + window].max(axis=(1, 2)) for top, left in row] for row in corners
    ]
    return np.array(pooled).transpose(2, 0, 1)
