"""Template matching and pyramids, written out in NumPy (C0.4, C0.5)."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

BINOMIAL = np.array([1, 4, 6, 4, 1]) / 16  # Burt and Adelson (1983)


def responses(image: np.ndarray, template: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Plain and normalised cross-correlation of an image (H, W) with a template (h, w), both (H-h+1, W-w+1).

    The normalised one compares every window with the template after mean and length are taken from both; it is the
    cosine between them, 1 where the window is the template up to brightness and contrast.
    """
    windows = sliding_window_view(image, template.shape)
    plain = np.einsum("ijkl,kl->ij", windows, template)
    centred = template - template.mean()
    lengths = windows.std(axis=(2, 3)) * np.sqrt(template.size) * np.linalg.norm(centred)
    return plain, np.einsum("ijkl,kl->ij", windows, centred) / lengths


def peak(response: np.ndarray) -> list[int]:
    """(row, column) of the greatest response."""
    return [int(i) for i in np.unravel_index(response.argmax(), response.shape)]


def reduced(image: np.ndarray) -> np.ndarray:
    """The next level of a Gaussian pyramid: smoothed by the binomial filter, then every second row and column."""
    for axis in (0, 1):
        padding = [(2, 2) if a == axis else (0, 0) for a in (0, 1)]
        image = sliding_window_view(np.pad(image, padding, mode="reflect"), 5, axis=axis) @ BINOMIAL
    return image[::2, ::2]


def pyramid(image: np.ndarray, levels: int) -> list[np.ndarray]:
    """An image (H, W) and its `levels` - 1 reductions."""
    found = [image]
    while len(found) < levels:
        found.append(reduced(found[-1]))
    return found
