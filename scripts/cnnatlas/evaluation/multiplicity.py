"""Correction for a family of comparisons; apart from statistics, which jobs without statsmodels import too."""

from collections.abc import Sequence


def holm(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p values of one family of comparisons."""
    if not p:
        return []
    from statsmodels.stats.multitest import multipletests  # 3 s of import, and most studies have too few seeds for p

    return [float(value) for value in multipletests(p, method="holm")[1]]
