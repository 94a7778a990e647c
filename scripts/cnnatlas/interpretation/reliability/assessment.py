"""The whole audit of one attribution method on one network."""

from collections.abc import Mapping, Sequence
from importlib import import_module

import numpy as np
from torch import Tensor, nn

from cnnatlas.interpretation.hooks import Images, prepared
from cnnatlas.interpretation.reliability.faithfulness import faithfulness
from cnnatlas.interpretation.reliability.heat import heat
from cnnatlas.interpretation.reliability.localisation import localisation
from cnnatlas.interpretation.reliability.randomisation import randomisation


def audit(
    network: nn.Module,
    method: str,
    images: Images,
    targets: Sequence[int],
    random: Mapping[str, np.ndarray],
    masks: np.ndarray | None = None,
    *,
    arguments: Mapping | None = None,
    depths: int = 4,
    pictures: int = 8,
    seed: int = 0,
) -> dict:
    """Localisation, faithfulness and dependence on the weights of a method's heat maps, as JSON takes it.

    `method` is a module of cnnatlas.interpretation that gives an attribution, called with `arguments`; images and
    targets are as it takes them; `random` are the images' `random_curves`; masks (N, H, W) bool are the target's
    pixels, None where nobody knows them. `depths` is randomisation's, which sees the first `pictures` images only,
    since it computes maps for some ten networks. The parts' keys are their functions'; localisation is None without
    masks.
    """
    function = getattr(import_module(f"cnnatlas.interpretation.methods.{method}"), method)

    def maps(changed: nn.Module, some: Tensor) -> np.ndarray:
        return heat(method, function(changed, some, targets[: len(some)], **(arguments or {}))["attribution"])

    x = prepared(network, images)
    heats = maps(network, x)
    return {
        "method": method,
        "arguments": dict(arguments or {}),
        "images": len(x),
        "localisation": None if masks is None else localisation(heats, masks, x.cpu().numpy()),
        "faithfulness": faithfulness(network, x, targets, heats, random, seed=seed),
        "randomisation": randomisation(network, x[:pictures], maps, depths=depths, seed=seed),
    }
