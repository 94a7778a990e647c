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
from scipy import stats

from cnnatlas.evaluation.metrics import wilson

FITTED = 48  # learned filters of a layer, evenly spaced
NULL = 99  # random filters; with one more, QUANTILE of them is a whole number
QUANTILE = 0.95
SEED = 0  # of the random filters
STEPS = 20  # of Levenberg-Marquardt from each start
BEST = 8  # filters kept with their fits
# Digits after the point that are kept: Levenberg-Marquardt ends a few fits in a thousand in other last ones in another
# process, up to 2e-11 of R^2, and the more of parameters that a flat optimum leaves open
DIGITS, PARAMETER_DIGITS = 6, 3
ANGLES = np.arange(0, 180, 2)  # degrees
FREQUENCIES = np.arange(51) / 100  # cycles per pixel
SMALLEST = 3  # pixels: below, the function has more parameters than the filter has weights
COPY = 0.5  # of a filter's energy in one weight at its middle: like an identity kernel, it hands an input channel on


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


def copies(filters: np.ndarray) -> np.ndarray:
    """Which filters (n, channels, k, k) are mostly identity kernels, as some initialisations make them: bool (n,).

    A spot of one pixel is a narrow Gabor function to the fit, though nothing was learned.
    """
    squares = filters.astype(float) ** 2
    middle = squares[:, :, squares.shape[2] // 2, squares.shape[3] // 2].max(axis=1)
    energy = squares.sum(axis=(1, 2, 3))
    return (energy > 0) & (middle >= COPY * energy)


def energy(filters: np.ndarray) -> float:
    """The median share of the energy of filters (n, channels, k, k) that `principal`'s component of each holds.

    `copies` are left out, unless all are: they hold most of theirs in one channel, whatever the others learned.
    """
    others = filters[~copies(filters)]
    return float(np.median(principal(others if len(others) else filters)[1]))


def function(parameters: np.ndarray, size: int) -> np.ndarray:
    """Gabor functions on size x size pixels (Daugman 1985): (..., size, size).

    `parameters` (..., 8): amplitudes of the cosine and the sine, centre x and y (pixels from the middle), direction of
    the wave (radians from the x axis towards the y axis, which points down), frequency (cycles per pixel), and the
    standard deviations of the window along and across the wave (pixels).
    """
    cosine, sine, _, _, _, frequency, _, _ = np.moveaxis(parameters[..., None], -2, 0)
    along, _, window = _window(parameters, size)
    phase = 2 * np.pi * frequency * along
    return (window * (cosine * np.cos(phase) + sine * np.sin(phase))).reshape(*parameters.shape[:-1], size, size)


def fit(patterns: np.ndarray) -> list[dict]:
    """For each pattern of (n, k, k) the nearest Gabor function in least squares: parameters, R^2 and fitted pattern.

    Bounds, so that the function stays what its name says: the centre within the pattern, the window's standard
    deviations between half a pixel and k, the frequency between 0 and 0.5 cycles per pixel. Levenberg-Marquardt starts
    from the best cell of each centre and width in a fixed grid, so that equal patterns have equal fits; from one start
    only, R^2 can end 0.2 lower. R^2 is 1 - (sum of squared residuals) / (sum of squared deviations from the mean), and
    0 for a constant pattern.
    """
    found = _refined(patterns, _starts(patterns))
    left = ((function(found, patterns.shape[-1]) - patterns[:, None]) ** 2).sum(axis=(-2, -1))
    best = found[np.arange(len(found)), left.argmin(axis=1)]
    return [_told(*one) for one in zip(patterns, best, function(best, patterns.shape[-1]), strict=True)]


def _told(pattern: np.ndarray, parameters: np.ndarray, fitted: np.ndarray) -> dict:
    total = ((pattern - pattern.mean()) ** 2).sum()
    r2 = 1 - ((fitted - pattern) ** 2).sum() / total if total > 1e-12 else 0.0
    return {
        "r2": round(float(r2), DIGITS),
        "parameters": parameters.round(PARAMETER_DIGITS).tolist(),
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

    At most FITTED filters, evenly spaced, are fitted, of those that are no `copies`. `threshold` is the QUANTILE of the
    R^2 of NULL random filters, `share` the learned filters above it with Wilson interval, `p` one-sided against the 5 %
    that would be there by chance: a binomial test, but with the threshold known only from NULL filters (beta-binomial
    distribution, exact for exchangeable filters; with ever more random filters it becomes the binomial one). `waves`
    are those above the threshold that are no blobs. `best` holds the BEST filters by R^2, with index, pattern and fit;
    `best_wave` is the first that is no blob, or None. The energies are as `energy` gives them, of all filters, as their
    figure has it, and not of the fitted ones alone. Raises ValueError below SMALLEST pixels, or where all are copies.
    """
    n, channels, height, width = filters.shape
    if height != width or height < SMALLEST:
        raise ValueError(f"filters of {height}x{width} pixels cannot be fitted; take square ones from {SMALLEST} on")
    others = np.flatnonzero(~copies(filters))
    if not len(others):
        raise ValueError("all filters are identity kernels; leave the layer out")
    chosen = others[np.unique(np.linspace(0, len(others) - 1, min(len(others), FITTED)).round().astype(int))]
    patterns, _ = principal(filters[chosen])
    random = np.random.default_rng(SEED).standard_normal((NULL, channels, height, width))
    fits = [
        {"index": int(i), "pattern": pattern.tolist(), **found, **grating(np.array(found["fitted"]))}
        for i, pattern, found in zip(chosen, patterns, fit(patterns), strict=True)
    ]
    compared = _against([one["r2"] for one in fits], [one["r2"] for one in fit(principal(random)[0])])
    ranked = sorted(fits, key=lambda one: -one["r2"])
    return {
        "filters": n,
        "copies": n - len(others),
        "fitted": len(fits),
        "channels": channels,
        "size": height,
        "energy": energy(filters),
        "null_energy": energy(random),
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
    """Coordinates along and across the wave, and the Gaussian window, of all pixels: (..., k * k) each."""
    _, _, x, y, angle, _, width, length = np.moveaxis(parameters[..., None], -2, 0)
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
    """Derivatives of `function` by its parameters: (..., k * k, 8)."""
    cosine, sine, _, _, angle, frequency, width, length = np.moveaxis(parameters[..., None], -2, 0)
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
    return np.stack([c, s, by_x, by_y, by_angle, by_frequency, by_width, by_length], axis=-1)


def _bounds(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Middle and half width of the bounded parameters' ranges: x, y, frequency and the window's two deviations."""
    reach = (size - 1) / 2
    low, high = np.array([-reach, -reach, 0, 0.5, 0.5]), np.array([reach, reach, 0.5, size, size])
    return (low + high) / 2, (high - low) / 2


BOUNDED = [0, 1, 3, 4, 5]  # of a function without its amplitudes


def _refined(patterns: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Parameters (n, starts, 8) after Levenberg-Marquardt from each of (n, starts, 6), which have no amplitudes yet.

    The function is linear in its amplitudes, so that each step has the best ones (variable projection: Golub and
    Pereyra 1973, with the derivatives of Kaufman 1975); a bounded parameter is the sine of a free one, as in Minuit.
    All fits take their steps together, each with its own damping (Nielsen 1999): one by one, as scipy.optimize makes
    them, they take eight times as long.
    """
    size = patterns.shape[-1]
    wanted = np.repeat(patterns.reshape(len(patterns), -1), starts.shape[1], axis=0)
    middle, half = _bounds(size)
    free = starts.reshape(-1, 6).copy()
    # At ±1 the sine's gradient vanishes
    free[:, BOUNDED] = np.arcsin(np.clip((free[:, BOUNDED] - middle) / half, -0.999, 0.999))

    def at(free: np.ndarray) -> list[np.ndarray]:
        values = free.copy()
        values[:, BOUNDED] = middle + half * np.sin(free[:, BOUNDED])
        parameters, left, slopes = _projected(values, wanted, size)
        slopes[..., BOUNDED] *= (half * np.cos(free[:, BOUNDED]))[:, None]
        return [free, parameters, left, slopes]

    reached, damping, growth = at(free), np.full(len(free), 0.01), np.full(len(free), 2.0)
    for _ in range(STEPS):
        free, _, left, slopes = reached
        step, expected = _step(slopes, left, damping)
        tried = at(free - step)
        gain = ((left**2).sum(axis=1) - (tried[2] ** 2).sum(axis=1)) / expected
        better = gain > 0
        for old, new in zip(reached, tried, strict=True):
            old[better] = new[better]
        damping *= np.where(better, np.maximum(1 / 3, 1 - (2 * np.minimum(gain, 1) - 1) ** 3), growth)
        growth = np.where(better, 2.0, 2 * growth)
    return reached[1].reshape(*starts.shape[:2], 8)


def _projected(values: np.ndarray, wanted: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best amplitudes with the other parameters (n, 6): all of them (n, 8), residuals, and their derivatives."""
    parameters = np.concatenate([np.zeros((len(values), 2)), values], axis=1)
    waves = _gradient(parameters, size)[..., :2]
    gram = waves.swapaxes(1, 2) @ waves + 1e-9 * np.eye(2)  # at frequency zero there is no sine
    parameters[:, :2] = np.linalg.solve(gram, waves.swapaxes(1, 2) @ wanted[..., None])[..., 0]
    slopes = _gradient(parameters, size)[..., 2:]
    slopes = slopes - waves @ np.linalg.solve(gram, waves.swapaxes(1, 2) @ slopes)
    return parameters, (waves @ parameters[:, :2, None])[..., 0] - wanted, slopes


def _step(slopes: np.ndarray, left: np.ndarray, damping: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each fit the damped step (n, 6), and by how much a linear function's squares would fall with it."""
    curvature, gradient = slopes.swapaxes(1, 2) @ slopes, (slopes.swapaxes(1, 2) @ left[..., None])[..., 0]
    damped = damping[:, None] * np.maximum(np.diagonal(curvature, axis1=1, axis2=2), 1e-9)
    step = np.linalg.solve(curvature + damped[..., None] * np.eye(6), gradient[..., None])[..., 0]
    return step, np.maximum((step * (damped * step + gradient)).sum(axis=1), 1e-300)


@cache
def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Cells (centres and widths, others, 6), and their two quadratures as unit vectors (..., k * k, 2)."""
    offsets, widths = [-size / 4, 0, size / 4], [size / 8, size / 5, size / 3]
    angles, frequencies = np.arange(8) * np.pi / 8, np.linspace(0, 0.45, 6)
    cells = np.array([
        [[x, y, angle, frequency, width, width] for angle, frequency in product(angles, frequencies)]
        for x, y, width in product(offsets, offsets, widths)
    ])  # fmt: skip
    waves = _gradient(np.concatenate([np.zeros((*cells.shape[:2], 2)), cells], axis=-1), size)[..., :2]
    cosines = waves[..., 0] / np.linalg.norm(waves[..., 0], axis=-1, keepdims=True)
    sines = waves[..., 1] - (waves[..., 1] * cosines).sum(axis=-1, keepdims=True) * cosines
    norms = np.linalg.norm(sines, axis=-1, keepdims=True)
    sines = np.divide(sines, norms, out=np.zeros_like(sines), where=norms > 1e-6)  # none at frequency zero
    return cells, np.stack([cosines, sines], axis=-1)


def _starts(patterns: np.ndarray) -> np.ndarray:
    """For each pattern, at each centre and width, the cell that leaves the least of it: (n, starts, 6)."""
    cells, quadratures = _grid(patterns.shape[-1])
    found = np.einsum("scpq,np->nscq", quadratures, patterns.reshape(len(patterns), -1), optimize=True)
    nearest = (found**2).sum(axis=-1).argmax(axis=-1)
    return cells[np.arange(len(cells)), nearest]
