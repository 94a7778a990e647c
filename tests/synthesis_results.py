"""Fooling images and maximised activations as their jobs save them, for figures and their tests."""

import numpy as np


def fooled(classes, n=12, side=32, change=0.02, success=None, steps=None):
    """Arrays and record of fooling `n` random images, whose values change by up to `change`."""
    rng = np.random.default_rng(0)
    images = rng.integers(30, 220, (n, side, side, 3), dtype=np.uint8)
    difference = rng.uniform(-change, change, (n, 3, side, side)).astype(np.float32)
    arrays = {
        "images": images,
        "fooling": images.transpose(0, 3, 1, 2) / np.float32(255) + difference,
        "steps": np.arange(1, n + 1) if steps is None else np.asarray(steps),
        "success": np.ones(n, bool) if success is None else np.asarray(success, bool),
        "score": np.linspace(0.2, 0.9, n, dtype=np.float32),
        "l2": np.sqrt((difference**2).sum((1, 2, 3))),
        "linf": np.abs(difference).max((1, 2, 3)),
    }
    entries = [
        {"class": classes[i % len(classes)], "prediction": classes[(i + i % 2) % len(classes)], "score": 0.9,
         "target": classes[(i + 3) % len(classes)]}
        for i in range(n)
    ]  # fmt: skip
    return arrays, {"images": entries, "classes": classes}


def maximised(classes, layers=3, units=8, side=32, shown=10):
    """Arrays and record of maximising units of some layers and the first `shown` classes."""
    rng = np.random.default_rng(0)
    counts = {f"network.features.{k}.{k + 3}": units for k in range(layers)} | {"classes": shown}
    arrays = {"images": rng.integers(0, 255, (20, side, side, 3), dtype=np.uint8), "natural_images": np.array(300)}
    for name, count in counts.items():
        arrays[name] = rng.random((count, 3, side, side), dtype=np.float32)
        arrays[f"{name}_units"] = np.arange(count)
        arrays |= {f"{name}_{key}": 30 * rng.random(count) for key in ("reached", "start", "natural")}
    return arrays, {"classes": classes}
