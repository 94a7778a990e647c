import numpy as np
import pytest
import torch
from captum.attr import Occlusion
from torch import nn

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods import occlusion as module
from cnnatlas.interpretation.methods.occlusion import occlusion


class Corner(nn.Module):
    """Logits of two classes: twice the first pixel's red, and nothing."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))

    def forward(self, x):
        red = self.weight * x[:, 0, 0, 0]
        return torch.stack([red, torch.zeros_like(red)], 1)


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Classifier(build({"name": "stl_deep", "widths": [8, 16], "initialisation": "he"}, 4, 24)).eval()


@pytest.mark.parametrize(("patch", "stride"), [(6, 6), (8, 4)])
def test_it_equals_captums_where_the_positions_are_the_same(network, patch, stride):
    images, targets = torch.rand(2, 3, 24, 24), [3, 1]
    ours = occlusion(network, images, targets, patch=patch, stride=stride, fill=0.25)["attribution"]
    captums = Occlusion(nn.Sequential(network, nn.Softmax(1))).attribute(
        images, (3, patch, patch), (3, stride, stride), baselines=0.25, target=torch.tensor(targets)
    )
    assert np.abs(ours).max() > 1e-3
    np.testing.assert_allclose(ours, captums[:, :1], atol=1e-6)


def test_the_drop_is_that_of_the_softmax_score_where_the_network_looks():
    images = torch.rand(1, 3, 9, 11)
    found = occlusion(Corner(), images, [0], patch=3, stride=3)
    drop = torch.sigmoid(2 * images[0, 0, 0, 0]) - torch.sigmoid(torch.tensor(1.0))
    assert found["drop"].shape == (1, 3, 4)
    assert found["drop"][0, 0, 0] == pytest.approx(drop.item(), abs=1e-6)
    assert np.count_nonzero(found["drop"]) == 1
    assert found["attribution"].shape == (1, 1, 9, 11)
    assert np.count_nonzero(found["attribution"]) == 9


def test_the_last_patch_ends_at_the_border_and_overlaps_are_averaged():
    # columns start at 0, 3, 6 and 8: the last column of 11 belongs to one patch, those from 8 to another one too
    found = occlusion(Corner(), torch.ones(1, 3, 3, 11).flip(3), [0], patch=3, stride=3)
    assert found["drop"].shape == (1, 1, 4)
    values = np.array([1.0, 2.0, 4.0, 8.0], np.float32).reshape(1, 1, 4)
    spread = module._spread(values, np.array([0]), np.array([0, 3, 6, 8]), 3, (3, 11))
    np.testing.assert_allclose(spread[0, 0, 0], [1, 1, 1, 2, 2, 2, 4, 4, 6, 8, 8])


def test_a_batch_holds_no_more_than_its_bound(network, monkeypatch):
    monkeypatch.setattr(module, "PIXELS", 5 * 24 * 24)
    sizes = []
    network.register_forward_pre_hook(lambda _, inputs: sizes.append(inputs[0].shape[0]))
    few = occlusion(network, torch.rand(3, 3, 24, 24, generator=torch.Generator().manual_seed(0)), [0, 1, 2])
    assert max(sizes) == 4 and sum(sizes) == 3 * (1 + 16)  # sixteen positions in four batches, and the image itself
    monkeypatch.undo()
    many = occlusion(network, torch.rand(3, 3, 24, 24, generator=torch.Generator().manual_seed(0)), [0, 1, 2])
    np.testing.assert_allclose(few["drop"], many["drop"], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"patch": 25}, "patch: 25"), ({"patch": 0}, "patch: 0"), ({"patch": 4, "stride": 5}, "stride: steps of 5")],
)
def test_squares_that_do_not_fit_or_leave_gaps_are_refused(network, options, message):
    with pytest.raises(AtlasError, match=message):
        occlusion(network, torch.rand(1, 3, 24, 24), [0], **options)
