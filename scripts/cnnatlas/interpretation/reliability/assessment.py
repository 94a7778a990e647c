"""How reliable one attribution method is on one network: all three tests."""

from collections.abc import Mapping, Sequence
from importlib import import_module

import numpy as np
from torch import Tensor, nn

from cnnatlas.interpretation.heat import heat
from cnnatlas.interpretation.hooks import Images, prepared
from cnnatlas.interpretation.reliability.faithfulness import faithfulness
from cnnatlas.interpretation.reliability.localisation import localisation
from cnnatlas.interpretation.reliability.randomisation import randomisation


def assess(
    network: nn.Module,
    method: str,
    images: Images,
    targets: Sequence[int],
    random: Mapping[str, np.ndarray],
    masks: np.ndarray | None = None,
    *,
    sign: str,
    options: Mapping | None = None,
    depths: int = 4,
    randomised: int = 24,
    seed: int = 0,
) -> dict:
    """Localisation, faithfulness and dependence on the weights of a method's heat maps, as JSON takes it.

    `method` is a module of cnnatlas.interpretation.methods that gives an attribution, called with `options` and read by
    `heat` with `sign`; images and targets are as it takes them; `random` are the images' `random_curves`; masks
    (N, H, W) bool are the target's pixels, None where they are unknown. `depths` is randomisation's, which sees the
    first `randomised` images only, since it computes maps for some ten networks. The parts' keys are their functions';
    localisation is None without masks.
    """
    function = getattr(import_module(f"cnnatlas.interpretation.methods.{method}"), method)

    def maps(changed: nn.Module, some: Tensor) -> np.ndarray:
        attribution = function(changed, some, targets[: len(some)], **(options or {}))["attribution"]
        return heat(attribution.astype(np.float64), sign)

    x = prepared(network, images)
    heats = maps(network, x)
    return {
        "method": method,
        "options": dict(options or {}),
        "images": len(x),
        "localisation": None if masks is None else localisation(heats, masks, x.cpu().numpy()),
        "faithfulness": faithfulness(network, x, targets, heats, random, seed=seed),
        "randomisation": randomisation(network, x[:randomised], maps, depths=depths, seed=seed),
    }
