import json

import numpy as np
import pytest
import torch
from scipy import ndimage, stats
from skimage.metrics import structural_similarity
from torch import nn

from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.heat import heat
from cnnatlas.interpretation.methods.gradient import gradient
from cnnatlas.interpretation.methods.guided_backpropagation import guided_backpropagation
from cnnatlas.interpretation.reliability import randomisation as module
from cnnatlas.interpretation.reliability.assessment import assess
from cnnatlas.interpretation.reliability.faithfulness import random_curves
from cnnatlas.interpretation.reliability.intervals import kept
from cnnatlas.interpretation.reliability.randomisation import Maps, randomisation, similarity
from ordered_network import Ordered


def smooth_images(n=6, side=24):
    """Blobs: the maps of noise would be noise."""
    noise = np.random.default_rng(0).random((n, 3, side, side))
    blurred = ndimage.gaussian_filter(noise, (0, 0, 2.5, 2.5))
    low, high = blurred.min((1, 2, 3), keepdims=True), blurred.max((1, 2, 3), keepdims=True)
    return torch.from_numpy((blurred - low) / (high - low)).float()


def maps_of(function):
    return lambda network, x: heat(function(network, x, [0] * len(x))["attribution"].astype(float), "either")


def test_similarities_are_scipys_and_skimages():
    a, b = np.random.default_rng(0).random((2, 3, 16, 16))
    b += a
    ranks, ssim = (similarity(measure, Maps(a), Maps(b)) for measure in module.MEASURES)
    assert ranks == pytest.approx([stats.spearmanr(x.ravel(), y.ravel()).statistic for x, y in zip(a, b, strict=True)])
    scaled = [(x - x.min()) / np.ptp(x) for x in (a[0], b[0])]
    assert ssim[0] == pytest.approx(structural_similarity(*scaled, data_range=1.0))
    assert similarity("rank", Maps(a), Maps(a**3)) == pytest.approx(1)
    assert similarity("rank", Maps(a), Maps(np.ones_like(a))) == pytest.approx(0)


def test_a_map_of_a_linear_networks_weights_passes():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 16 * 16, 2))
    found = randomisation(network, torch.rand(6, 3, 16, 16), maps_of(gradient))
    assert found["layers"] == ["1"] and found["counts"] == [1]
    assert abs(found["rank"]["cascading"][0]["value"]) < 0.1  # permuted weights say nothing of the original ones
    assert found["rank"]["null"]["value"] == pytest.approx(found["rank"]["cascading"][0]["value"], abs=0.1)
    assert found["verdict"] == "passes"


def test_a_map_of_the_image_alone_fails():
    edges = lambda network, x: np.abs(ndimage.sobel(x.mean(1).numpy(), 1)) + 1e-9  # noqa: E731
    found = randomisation(Ordered(), smooth_images(), edges)
    for measure in module.MEASURES:
        assert [point["value"] for point in found[measure]["cascading"]] == pytest.approx([1, 1, 1])
        assert found[measure]["null"]["value"] < 0.6
        assert found[measure]["kept"]["value"] == pytest.approx(1)
        assert found[measure]["end"]["low"] > 0
    assert found["verdict"] == "fails"


def test_guided_backpropagation_keeps_much_more_than_the_gradient():
    torch.manual_seed(0)
    network = build({"name": "stl_deep", "widths": [16, 32, 32], "initialisation": "he"}, 4, 24).eval()
    guided, plain = (
        randomisation(network, smooth_images(), maps_of(function)) for function in (guided_backpropagation, gradient)
    )
    assert guided["counts"] == [3, 5, 8, 10] and guided["half"] == 1
    for measure in module.MEASURES:
        assert guided[measure]["kept"]["low"] > plain[measure]["kept"]["high"]
    assert guided["verdict"] == "fails"
    assert plain["verdict"] == "passes"


def test_independent_points_randomise_one_layer_each(monkeypatch):
    chosen = []
    real = module.randomised
    monkeypatch.setattr(module, "randomised", lambda n, names, *rest: chosen.append(names) or real(n, names, *rest))
    randomisation(Ordered(), smooth_images(3, 12), maps_of(gradient), depths=3)
    cascade = [["head"], ["second", "head"], ["first", "second", "head"]]
    assert chosen == [cascade[2], *cascade, ["head"], ["second"], ["first"]]  # the other random network comes first


def test_a_single_image_has_no_null():
    with pytest.raises(AtlasError, match="at least 2"):
        randomisation(Ordered(), smooth_images(1), maps_of(gradient))


def test_kept_is_the_place_between_the_null_and_identity():
    values, nulls = np.full(5, 0.8), np.full(5, 0.6)
    assert kept(values, nulls) == pytest.approx({"value": 0.5, "low": 0.5, "high": 0.5})


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([(0.6, 0.8), (0.7, 0.9)], "fails"),
        ([(0.1, 0.4), (-0.1, 0.2)], "passes"),
        ([(0.6, 0.8), (0.4, 0.9)], "undecided"),
        ([(0.6, 0.8), (0.1, 0.2)], "undecided"),
    ],
)
def test_a_verdict_needs_both_measures(shares, said):
    assert module.verdict([{"low": low, "high": high} for low, high in shares]) == said


@pytest.mark.parametrize("masks", [None, np.eye(16, dtype=bool)[None].repeat(4, 0)])
def test_a_whole_assessment_is_json_and_the_same_each_time(masks):
    torch.manual_seed(0)
    network = build({"name": "stl_deep", "widths": [4, 8]}, 3, 16)
    images = np.random.default_rng(0).integers(0, 255, (4, 16, 16, 3), dtype=np.uint8)
    options = {"options": {"patch": 8, "stride": 8}, "sign": "positive", "depths": 2, "randomised": 3}
    random = random_curves(network, images, [0, 1, 2, 0], steps=3)
    found, again = (assess(network, "occlusion", images, [0, 1, 2, 0], random, masks, **options) for _ in range(2))
    assert found == again == json.loads(json.dumps(found))
    assert (found["localisation"] is None) == (masks is None)
    assert found["images"] == 4 and found["randomisation"]["images"] == 3
    assert network.training
