"""The cells of two crossed factors, each off and on, and the effects that weigh them against each other."""

CELLS = ("neither", "first", "second", "both")
CONTRASTS = {  # weights of the cells, in their order
    "first_without": (-1, 1, 0, 0),
    "first_with": (0, 0, -1, 1),
    "second_without": (-1, 0, 1, 0),
    "second_with": (0, -1, 0, 1),
    "first_main": (-0.5, 0.5, -0.5, 0.5),
    "second_main": (-0.5, -0.5, 0.5, 0.5),
    "interaction": (1, -1, -1, 1),
}


def cells_of(effect: str) -> list[str]:
    """The cells that an effect contrasts."""
    return [cell for cell, weight in zip(CELLS, CONTRASTS[effect], strict=True) if weight]
