"""How close filters are to Gabor functions: least squares fits of learned filters and of random ones (A3b).

A filter is reduced to its first principal component over the input channels: of all patterns of k x k pixels that
each channel sees times its own factor, the one that leaves the least of the filter. In a first layer this is the
filter along its first principal colour, and so holds for grey as for colour-opponent filters, which a luminance would
cancel. To the pattern a Gabor function is fitted (Gabor 1946; in two dimensions Daugman 1985), a plane wave under an
elliptic Gaussian window. Small patterns are fitted well by so flexible a function whatever they are; so the learned
filters are compared with random ones of the same size (standard normal weights, as many channels), fitted the same way.
"""

from functools import cache
from itertools import product

import numpy as np
from scipy import optimize, stats

from cnnatlas.evaluation.metrics import wilson

FITTED = 48  # learned filters of a layer, evenly spaced; a fit takes some 50 ms
NULL = 99  # random filters; with one more, QUANTILE of them is a whole number
QUANTILE = 0.95
SEED = 0  # of the random filters
STEPS = 40  # evaluations of the function from each start
BEST = 8  # filters kept with their fits
# Digits after the point that are kept: Levenberg-Marquardt ends a few fits in a thousand in other last ones in another
# process, up to 2e-11 of R^2, and the more of parameters that a flat optimum leaves open
DIGITS, PARAMETER_DIGITS = 6, 3
ANGLES = np.arange(0, 180, 2)  # degrees
FREQUENCIES = np.arange(51) / 100  # cycles per pixel
SMALLEST = 3  # pixels: below, the function has more parameters than the filter has weights


def principal(filters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First principal component over the input channels of filters (n, channels, k, k): (n, k, k) of unit norm.

    The second array (n,) is the share of a filter's energy (sum of squares) that the component holds. The sign is the
    one that makes the largest weight positive; a filter of zeros stays zeros.
    """
    n, channels, *size = filters.shape
    _, values, patterns = np.linalg.svd(filters.reshape(n, channels, -1).astype(float), full_matrices=False)
    energy = (values**2).sum(axis=1)
    first = patterns[:, 0] * (energy > 0)[:, None]
    peaks = np.take_along_axis(first, np.abs(first).argmax(axis=1)[:, None], axis=1)
    share = np.divide(values[:, 0] ** 2, energy, out=np.zeros(n), where=energy > 0)
    return (first * np.where(peaks < 0, -1, 1)).reshape(n, *size), share


def function(parameters: np.ndarray, size: int) -> np.ndarray:
    """A Gabor function on size x size pixels (Daugman 1985), as an array of that shape.

    `parameters` (8,): amplitudes of the cosine and the sine, centre x and y (pixels from the middle), direction of the
    wave (radians from the x axis towards the y axis, which points down), frequency (cycles per pixel), and the
    standard deviations of the window along and across the wave (pixels).
    """
    cosine, sine = parameters[:2]
    along, _, window = _window(parameters, size)
    phase = 2 * np.pi * parameters[5] * along
    return (window * (cosine * np.cos(phase) + sine * np.sin(phase))).reshape(size, size)


def fit(pattern: np.ndarray) -> dict:
    """The Gabor function nearest to a pattern (k, k) in least squares: its parameters, R^2 and the fitted pattern.

    Bounds, so that the function stays what its name says: the centre within the pattern, the window's standard
    deviations between half a pixel and k, the frequency between 0 and 0.5 cycles per pixel. Levenberg-Marquardt starts
    from the best cell at each of nine centres in a fixed grid of widths, angles and frequencies, so that equal patterns
    have equal fits; from one start only, R^2 can end 0.2 lower. R^2 is 1 - (sum of squared residuals) / (sum of squared
    deviations from the mean), and 0 for a constant pattern.
    """
    size = len(pattern)
    total = ((pattern - pattern.mean()) ** 2).sum()
    found = [_refined(pattern, start) for start in _starts(pattern)]
    best = min(found, key=lambda parameters: ((function(parameters, size) - pattern) ** 2).sum())
    fitted = function(best, size)
    r2 = 1 - ((fitted - pattern) ** 2).sum() / total if total > 1e-12 else 0.0
    return {
        "r2": round(float(r2), DIGITS),
        "parameters": best.round(PARAMETER_DIGITS).tolist(),
        "fitted": fitted.round(DIGITS).tolist(),
    }


def grating(fitted: np.ndarray) -> dict:
    """Where the amplitude spectrum of a fitted pattern (k, k) peaks, on a grid of 2 degrees and 0.01 cycles per pixel.

    `frequency` in cycles per pixel; `orientation` of the stripes in degrees from the horizontal, anticlockwise, in
    [0, 180); `blob`: less than half a cycle within k pixels, so a spot without stripes. The fit's own parameters do not
    tell this: a slow sine in a narrow window is an edge whose period is that of the window.
    """
    size = len(fitted)
    amplitudes = np.abs(_waves(size) @ np.asarray(fitted).ravel()).reshape(len(ANGLES), len(FREQUENCIES))
    angle, frequency = np.unravel_index(amplitudes.argmax(), amplitudes.shape)
    return {
        "frequency": float(FREQUENCIES[frequency]),
        "orientation": float((90 - ANGLES[angle]) % 180),
        "blob": bool(FREQUENCIES[frequency] * size < 0.5),
    }


@cache
def _waves(size: int) -> np.ndarray:
    """Plane waves of `grating`'s angles and frequencies: (angles * frequencies, k * k) complex."""
    angles = np.radians(ANGLES)
    rows, columns = np.divmod(np.arange(size * size), size)
    along = np.outer(np.cos(angles), columns) + np.outer(np.sin(angles), rows)
    return np.exp(-2j * np.pi * FREQUENCIES[:, None] * along[:, None, :]).reshape(-1, size * size)


def compare(filters: np.ndarray) -> dict:
    """How close one layer's filters (n, channels, k, k) are to Gabor functions, as plain lists and numbers.

    At most FITTED filters, evenly spaced, are fitted. `threshold` is the QUANTILE of the R^2 of NULL random filters,
    `share` the learned filters above it with Wilson interval, `p` one-sided against the 5 % that would be there by
    chance: a binomial test, but with the threshold known only from NULL filters (beta-binomial distribution, exact for
    exchangeable filters; with ever more random filters it becomes the binomial one). `waves` are those above the
    threshold that are no blobs. `best` holds the BEST filters by R^2, with index, pattern and fit; `best_wave` is the
    first that is no blob, or None. Raises ValueError below SMALLEST pixels.
    """
    n, channels, height, width = filters.shape
    if height != width or height < SMALLEST:
        raise ValueError(f"filters of {height}x{width} pixels cannot be fitted; take square ones from {SMALLEST} on")
    chosen = np.unique(np.linspace(0, n - 1, min(n, FITTED)).round().astype(int))
    patterns, energy = principal(filters[chosen])
    random, random_energy = principal(np.random.default_rng(SEED).standard_normal((NULL, channels, height, width)))
    fits = [
        {"index": int(i), "pattern": pattern.tolist(), **found, **grating(np.array(found["fitted"]))}
        for i, pattern, found in zip(chosen, patterns, map(fit, patterns), strict=True)
    ]
    compared = _against([one["r2"] for one in fits], [fit(pattern)["r2"] for pattern in random])
    ranked = sorted(fits, key=lambda one: -one["r2"])
    return {
        "filters": n,
        "fitted": len(fits),
        "channels": channels,
        "size": height,
        "energy": float(np.median(energy)),
        "null_energy": float(np.median(random_energy)),
        **compared,
        "waves": sum(one["r2"] > compared["threshold"] and not one["blob"] for one in fits),
        "best": ranked[:BEST],
        "best_wave": next((one for one in ranked if not one["blob"]), None),
    }


def _against(r2: list[float], null: list[float]) -> dict:
    rank = round(QUANTILE * (NULL + 1))
    threshold = sorted(null)[rank - 1]
    above = sum(value > threshold for value in r2)
    return {
        "r2": r2,
        "null_r2": null,
        "median": float(np.median(r2)),
        "null_median": float(np.median(null)),
        "threshold": threshold,
        "above": above,
        "share": above / len(r2),
        "wilson": list(wilson(above, len(r2))),
        "p": float(stats.betabinom.sf(above - 1, len(r2), NULL + 1 - rank, rank)),
    }


def _window(parameters: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coordinates along and across the wave, and the Gaussian window, of all pixels: (k * k,) each."""
    _, _, x, y, angle, _, width, length = parameters
    columns, rows = _pixels(size)
    u, v = columns - x, rows - y
    along, across = u * np.cos(angle) + v * np.sin(angle), v * np.cos(angle) - u * np.sin(angle)
    return along, across, np.exp(-0.5 * ((along / width) ** 2 + (across / length) ** 2))


@cache
def _pixels(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Column and row of all pixels, from the middle on: (k * k,) each."""
    rows, columns = np.divmod(np.arange(size * size), size)
    return columns - (size - 1) / 2, rows - (size - 1) / 2


def _gradient(parameters: np.ndarray, size: int) -> np.ndarray:
    """Derivatives of `function` by its parameters: (k * k, 8)."""
    cosine, sine, _, _, angle, frequency, width, length = parameters
    along, across, window = _window(parameters, size)
    phase = 2 * np.pi * frequency * along
    c, s = window * np.cos(phase), window * np.sin(phase)
    value, turned = cosine * c + sine * s, sine * c - cosine * s  # turned: the derivative by the phase
    by_along = 2 * np.pi * frequency * turned - value * along / width**2
    by_across = -value * across / length**2
    by_x = np.sin(angle) * by_across - np.cos(angle) * by_along
    by_y = -np.cos(angle) * by_across - np.sin(angle) * by_along
    by_angle = across * by_along - along * by_across
    by_frequency = 2 * np.pi * along * turned
    by_width, by_length = value * along**2 / width**3, value * across**2 / length**3
    return np.stack([c, s, by_x, by_y, by_angle, by_frequency, by_width, by_length], axis=1)


def _bounds(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Middle and half width of the bounded parameters' ranges: x, y, frequency and the window's two deviations."""
    reach = (size - 1) / 2
    low, high = np.array([-reach, -reach, 0, 0.5, 0.5]), np.array([reach, reach, 0.5, size, size])
    return (low + high) / 2, (high - low) / 2


BOUNDED = [2, 3, 5, 6, 7]


def _refined(pattern: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Parameters after Levenberg-Marquardt from `start`; each bounded one is the sine of a free one, as in Minuit."""
    size, (middle, half) = len(pattern), _bounds(len(pattern))

    def parameters(free: np.ndarray) -> np.ndarray:
        values = free.copy()
        values[BOUNDED] = middle + half * np.sin(free[BOUNDED])
        return values

    def gradient(free: np.ndarray) -> np.ndarray:
        found = _gradient(parameters(free), size)
        found[:, BOUNDED] *= half * np.cos(free[BOUNDED])
        return found

    free = start.copy()
    free[BOUNDED] = np.arcsin(np.clip((start[BOUNDED] - middle) / half, -0.999, 0.999))  # at ±1 the gradient vanishes
    found = optimize.least_squares(
        lambda z: (function(parameters(z), size) - pattern).ravel(), free, gradient, method="lm", max_nfev=STEPS
    )
    return parameters(found.x)


@cache
def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Cells (centres, others, 8) with amplitudes of zero, and their two quadratures as unit vectors (..., 2, k * k)."""
    offsets, widths = [-size / 4, 0, size / 4], [size / 8, size / 5, size / 3]
    angles, frequencies = np.arange(8) * np.pi / 8, np.linspace(0, 0.45, 6)
    cells = np.array([
        [[0, 0, x, y, angle, frequency, width, width]
         for width, angle, frequency in product(widths, angles, frequencies)]
        for x, y in product(offsets, offsets)
    ])  # fmt: skip
    cosines, sines = (
        np.array([[function(np.array([*pair, *cell[2:]]), size).ravel() for cell in row] for row in cells])
        for pair in ((1, 0), (0, 1))
    )
    cosines = cosines / np.linalg.norm(cosines, axis=-1, keepdims=True)
    sines = sines - (sines * cosines).sum(axis=-1, keepdims=True) * cosines
    norms = np.linalg.norm(sines, axis=-1, keepdims=True)
    sines = np.divide(sines, norms, out=np.zeros_like(sines), where=norms > 1e-6)  # none at frequency zero
    return cells, np.stack([cosines, sines], axis=2)


def _starts(pattern: np.ndarray) -> list[np.ndarray]:
    """At each centre the cell that leaves the least of the pattern, with the amplitudes that do so."""
    cells, quadratures = _grid(len(pattern))
    nearest = ((quadratures @ pattern.ravel()) ** 2).sum(axis=-1).argmax(axis=1)
    found = [cells[row, cell].copy() for row, cell in enumerate(nearest)]
    for start in found:
        waves = _gradient(start, len(pattern))[:, :2]  # the function is linear in its amplitudes
        start[:2] = np.linalg.lstsq(waves, pattern.ravel(), rcond=None)[0]
    return found
