"""Answers computed twice; they are accepted only where both computations agree."""

import numpy as np

from cnnatlas.errors import AtlasError


class Answers:
    """Collects answers by name in `entries`, ready for JSON."""

    def __init__(self):
        self.entries: dict[str, dict] = {}

    def check(self, name: str, value, second, *, how: str, against: str, tolerance: float = 0.0) -> None:
        """Record `value`, computed by the method `how`, if `second`, computed by the method `against`, equals it.

        Both are numbers or arrays of one shape; no two elements may differ by more than `tolerance` (absolute). Raises
        AtlasError, naming the answer and both methods, where they do, or where anything is not finite.
        """
        value, second = np.asarray(value), np.asarray(second)
        if value.shape != second.shape:
            raise AtlasError(
                f"{name}: {how} gives the shape {value.shape}, {against} gives {second.shape}; one of them is wrong"
            )
        difference = float(np.abs(value.astype(float) - second).max())
        if not difference <= tolerance:
            raise AtlasError(
                f"{name}: {how} and {against} differ by {difference:.3g}, more than {tolerance:.3g}; "
                "one of them is wrong"
            )
        self.entries[name] = {
            "value": value.tolist(),
            "second": second.tolist(),
            "how": how,
            "against": against,
            "difference": difference,
            "tolerance": tolerance,
        }
