"""Similar images: all pairs compared as thumbnails, mirrored copies too; then closely, at full resolution.

Thumbnails say which pairs have the same light and dark areas, and an empty sky is like any other. Fine detail (what
a blur takes away) is the same only in copies of one photograph, or in pictures as alike as studio shots of one product,
so that it decides. Straight frames, which many pictures of a collection share, are no detail: a blur along rows or
along columns leaves each of their sides as it is, and detail is what both take away.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

SIDE = 8  # of a thumbnail
BLOCK = 2000  # rows of a block of the similarity matrix: four float32 blocks are 64 MB
PAIRS = 256  # whose detail is compared at once
SHIFT = 1 / 16  # of the side: how far apart the copies may lie
WIDTH = 5  # pixels of both blurs
FAINT = 4.0  # grey levels: weaker detail is mostly noise, and stays weak
TINY = 1e-6


@dataclass(frozen=True)
class Neighbours:
    """What a search over all pairs of n images finds.

    nearest (n,): the most similar other image of each; similarity (n,): how similar it is. pairs (m, 2): all that
    reach the threshold, first < second, sorted.
    """

    nearest: np.ndarray
    similarity: np.ndarray
    pairs: np.ndarray


def thumbnails(images: np.ndarray) -> np.ndarray:
    """Means over SIDE x SIDE cells of images (n, H, W, 3) uint8: (n, SIDE, SIDE, 3) float32.

    Each channel's mean is taken away and the norm is one, so that brightness, tint and contrast do not count. H and W
    are at least SIDE; of other sizes than its multiples the middle is taken.
    """
    n, *sides, _ = images.shape
    cells = np.empty((n, SIDE, SIDE, 3), np.float32)
    rows, columns = (slice(side % SIDE // 2, side % SIDE // 2 + side // SIDE * SIDE) for side in sides)
    for start in range(0, n, BLOCK):  # a block at a time bounds the memory
        block = images[start : start + BLOCK, rows, columns]
        shape = (len(block), SIDE, sides[0] // SIDE, SIDE, sides[1] // SIDE, 3)
        cells[start : start + BLOCK] = block.reshape(shape).mean((2, 4), dtype=np.float32)
    cells -= cells.mean((1, 2), keepdims=True)
    return cells / np.maximum(np.sqrt((cells**2).sum((1, 2, 3), keepdims=True)), TINY)


def flip_parts(small: np.ndarray) -> list[np.ndarray]:
    """Split thumbnails into four parts (n, d), even or odd under each of the two flips.

    With the products a, b, c, d of two images' parts (even-even, even-odd, odd-even, odd-odd; sideways first), their
    cosine is a + b + c + d; flipping one sideways changes the signs of c and d, upside down those of b and d. So four
    products of a quarter of the size compare all four orientations.
    """
    parts = [small]
    for axis in (2, 1):
        halves = [np.split(part, 2, axis=axis) for part in parts]
        folded = [(first, np.flip(second, axis)) for first, second in halves]
        parts = [(first + sign * second) / np.sqrt(np.float32(2)) for first, second in folded for sign in (1, -1)]
    return [np.ascontiguousarray(part.reshape(len(part), -1)) for part in parts]


def best_orientation(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """The largest cosine over both flips, from the products of `flip_parts`; the arrays are overwritten."""
    c, d = np.add(c, d), np.subtract(c, d, out=c)
    a, b = np.add(a, b), np.subtract(a, b, out=a)
    a += np.abs(c, out=c)
    b += np.abs(d, out=d)
    return np.maximum(a, b, out=a)


def search(parts: list[np.ndarray], threshold: float) -> Neighbours:
    """Compare all pairs of n images: `parts` are the four of `flip_parts`, or one array (n, d) of unit vectors.

    Cosines come from blocked matrix products over half of the matrix; each block serves rows and columns.
    """
    n = len(parts[0])
    found = _Found(n, threshold)
    for i, j in product(range(0, n, BLOCK), repeat=2):
        if i <= j:
            blocks = [part[i : i + BLOCK] @ part[j : j + BLOCK].T for part in parts]
            cosines = best_orientation(*blocks) if len(blocks) == 4 else blocks[0]
            if i == j:
                np.fill_diagonal(cosines, -2)
            found.add(cosines, i, j)
    pairs = np.concatenate([np.empty((0, 2), np.int64), *found.pairs])
    return Neighbours(found.nearest, found.similarity, pairs[np.lexsort(pairs.T[::-1])])


class _Found:
    """The neighbours seen so far."""

    def __init__(self, n: int, threshold: float):
        self.threshold = threshold
        self.nearest = np.zeros(n, np.int64)
        self.similarity = np.full(n, -2, np.float32)
        self.pairs: list[np.ndarray] = []

    def add(self, cosines: np.ndarray, i: int, j: int) -> None:
        self._nearer(cosines, i, j)
        if i != j:
            self._nearer(cosines.T, j, i)
        if self.similarity[i : i + len(cosines)].max() >= self.threshold:
            rows, columns = np.nonzero(cosines >= self.threshold)
            pairs = np.stack([rows + i, columns + j], axis=1)
            self.pairs.append(pairs[pairs[:, 0] < pairs[:, 1]])

    def _nearer(self, cosines: np.ndarray, i: int, j: int) -> None:
        best = cosines.argmax(axis=1)
        value = cosines[np.arange(len(best)), best]
        rows = i + np.flatnonzero(value > self.similarity[i : i + len(best)])
        self.nearest[rows], self.similarity[rows] = best[rows - i] + j, value[rows - i]


def cosine(small: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Largest cosine over both flips of given pairs (m, 2) of thumbnails: (m,)."""
    parts = flip_parts(small)
    return best_orientation(*((part[pairs[:, 0]] * part[pairs[:, 1]]).sum(1) for part in parts))


def detail(images: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Correlation of the fine detail of pairs (m, 2) at full resolution: (m,), the largest over both flips and shifts.

    Detail is an image less its means over WIDTH pixels, in columns and then in rows, over its local strength. Shifts up
    to SHIFT of the side are tried, all at once as a cross-correlation by Fourier transform. Near 1 for copies, near 0
    for pictures that are similar from afar only.
    """
    found = np.empty(len(pairs), np.float32)
    for start in range(0, len(pairs), PAIRS):
        first, second = (_detail(images[pairs[start : start + PAIRS, side]]) for side in (0, 1))
        found[start : start + PAIRS] = _correlate(first, second, round(images.shape[1] * SHIFT))
    return found


def _detail(images: np.ndarray) -> np.ndarray:
    """Detail of images as unit vectors, its strength evened out; else a black bar or a frame outweighs all else."""
    values = images.astype(np.float32)
    for axis in (1, 2):
        values -= _means(values, axis, WIDTH)
    values /= np.sqrt(_means(_means(values**2, 1, 3), 2, 3)) + FAINT
    return values / np.maximum(np.sqrt((values**2).sum((1, 2, 3), keepdims=True)), TINY)


def _means(values: np.ndarray, axis: int, width: int) -> np.ndarray:
    """Means over `width` pixels along one axis, the ends repeated."""
    ends = [(0, 0)] * values.ndim
    ends[axis] = (width // 2, width // 2)
    padded = np.pad(values, ends, mode="edge")
    return sum(padded.take(range(k, k + values.shape[axis]), axis) for k in range(width)) / np.float32(width)


def _correlate(first: np.ndarray, second: np.ndarray, shift: int) -> np.ndarray:
    """Largest cross-correlation of images (n, H, W, 3) over shifts of at most `shift` pixels and over both flips."""
    shape = [side + shift for side in first.shape[1:3]]  # room for the shift, so that nothing wraps around
    shifts = np.r_[0 : shift + 1, -shift:0] if shift else np.array([0])
    spectrum = np.fft.rfft2(first, shape, axes=(1, 2)).conj()
    best = np.full(len(first), -1, np.float32)
    for turned in (second, second[:, :, ::-1], second[:, ::-1], second[:, ::-1, ::-1]):
        products = (spectrum * np.fft.rfft2(turned, shape, axes=(1, 2))).sum(3)
        surface = np.fft.irfft2(products, shape, axes=(1, 2))[:, shifts][:, :, shifts]
        best = np.maximum(best, surface.max((1, 2)))
    return best
