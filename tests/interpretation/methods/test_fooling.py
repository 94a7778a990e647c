"""Fooling images: the known direction on a linear network, where each image stops, and what a second network says."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods.fooling import fooling, transfer


def linear(weights: torch.Tensor) -> nn.Module:
    """Logits are the products of an image (3, H, W) with each row (classes, 3, H, W) of the weights."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(weights[0].numel(), len(weights), bias=False))
    network[1].weight.data = weights.flatten(1).clone()
    return network


@pytest.fixture
def two_classes():
    return linear(torch.randn(2, 3, 5, 7, generator=torch.Generator().manual_seed(0)))


def grey(n=1, shape=(5, 7)):
    return torch.full((n, 3, *shape), 0.5)


def predictions(network, images):
    with torch.no_grad():
        return network(torch.as_tensor(images)).argmax(1).tolist()


def test_on_a_linear_network_each_step_goes_along_the_difference_of_the_weights(two_classes):
    start = predictions(two_classes, grey())[0]
    weights = two_classes[1].weight.detach().view(2, 3, 5, 7)
    direction = (weights[1 - start] - weights[start]) / (weights[1 - start] - weights[start]).norm()
    found = fooling(two_classes, grey(), [1 - start], learning_rate=0.01, margin=0.0)
    distance = -(grey()[0] * direction).sum().item()  # to the boundary, which a straight line covers
    assert distance - 0.05 < 0.01 * found["steps"][0] < distance + 0.05  # rounding moves the image a little
    np.testing.assert_allclose(
        found["fooling"][0], grey()[0] + 0.01 * found["steps"][0] * direction, atol=0.5 / 255 + 1e-5
    )
    assert predictions(two_classes, found["fooling"]) == [1 - start]


def test_the_ascent_lowers_other_classes_where_raising_the_target_alone_would_not_do():
    bright = torch.stack([torch.ones(3, 4, 4), 2 * torch.ones(3, 4, 4)])
    bright[0, :, 0] += 0.5  # class 0 rises with all pixels, but class 1 rises twice as fast
    found = fooling(linear(bright), grey(shape=(4, 4)), [0], learning_rate=0.1, steps=200)
    assert found["fooling"].mean() < 0.5


def test_an_image_that_is_the_target_already_stays_as_it_is(two_classes):
    start = predictions(two_classes, grey())[0]
    found = fooling(two_classes, grey(2), [start, 1 - start])
    assert found["success"].tolist() == [True, True]
    assert found["steps"][0] == 0 < found["steps"][1]
    assert found["l2"][0] == found["linf"][0] == 0
    np.testing.assert_array_equal(found["fooling"][0], grey()[0])


def test_an_image_in_a_batch_ends_as_it_does_alone_and_stops_where_it_is_fooled(monkeypatch):
    monkeypatch.setattr("cnnatlas.interpretation.methods.fooling.BATCH", 4)
    torch.manual_seed(0)
    network = Classifier(build({"name": "convnet", "widths": [4, 8]}, 5, 17)).eval()
    images, targets = torch.rand(6, 3, 17, 17), [0, 1, 2, 3, 4, 0]
    together = fooling(network, images, targets, learning_rate=0.3, margin=0.01)
    assert together["success"].all() and len(set(together["steps"].tolist())) > 1
    for i in range(6):
        alone = fooling(network, images[i : i + 1], targets[i : i + 1], learning_rate=0.3, margin=0.01)
        np.testing.assert_allclose(together["fooling"][i], alone["fooling"][0], atol=1.01 / 255)
        if together["steps"][i]:
            before = fooling(network, images[i : i + 1], targets[i : i + 1], learning_rate=0.3,
                             margin=0.01, steps=int(together["steps"][i]) - 1)  # fmt: skip
            assert not before["success"][0]


def test_scores_and_norms_are_those_of_the_images_given_back():
    torch.manual_seed(0)
    network = Classifier(build({"name": "convnet", "widths": [4, 8]}, 5, 16)).eval()
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    found = fooling(network, images, [1, 2, 3], learning_rate=1.0, steps=5)
    with torch.no_grad():
        scores = network(torch.tensor(found["fooling"])).softmax(1)
    np.testing.assert_allclose(found["score"], scores[range(3), [1, 2, 3]], rtol=1e-4)
    change = found["fooling"] - images.transpose(0, 3, 1, 2) / np.float32(255)
    np.testing.assert_allclose(found["l2"], np.sqrt((change**2).sum((1, 2, 3))), rtol=1e-5)
    np.testing.assert_allclose(found["linf"], np.abs(change).max((1, 2, 3)), rtol=1e-5)
    assert found["fooling"].dtype == np.float32 and found["steps"].dtype == np.int64
    assert found["fooling"].min() >= 0 and found["fooling"].max() <= 1


@pytest.mark.parametrize("margin", [0.0, 0.05])
def test_a_success_is_an_image_of_8_bits_that_exceeds_every_other_class_by_the_margin(margin):
    torch.manual_seed(0)
    network = Classifier(build({"name": "convnet", "widths": [4, 8]}, 5, 17)).eval()
    last = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    last.weight.data *= 20  # an untrained network's scores are nearly equal
    images = np.random.default_rng(0).integers(0, 256, (10, 17, 17, 3), dtype=np.uint8)
    targets = np.arange(10) % 5
    found = fooling(network, images, targets, learning_rate=0.1, steps=60, margin=margin)
    judged = found["success"] & (found["steps"] > 0)
    assert judged.sum() >= 2 and (found["margin"] == np.float32(margin)).all()
    stored = np.rint(255 * found["fooling"]).astype(np.uint8)
    np.testing.assert_allclose(found["fooling"], stored / np.float32(255), atol=1e-6)
    with torch.no_grad():
        scores = network(torch.tensor(stored) / 255).softmax(1).numpy()
    own = scores[range(10), targets]
    scores[range(10), targets] = -1
    assert (own - scores.max(1))[judged].min() >= margin - 1e-4


def test_a_float_image_that_rounding_undoes_is_counted_apart():
    """From grey 128/255, the first step crosses the boundary by less than half a level of brightness."""
    network = linear(torch.stack([torch.ones(3, 4, 4), -torch.ones(3, 4, 4)]))
    network[1].bias = nn.Parameter(torch.tensor([-24 * 256.5 / 255, 24 * 256.5 / 255]))
    start = torch.full((1, 3, 4, 4), 128 / 255)
    found = fooling(network, start, [0], learning_rate=0.3 / 255 * 48**0.5, margin=0.0)
    assert found["float_success"][0] and not found["float_survives"][0]
    assert found["success"][0] and found["steps"][0] == 2
    np.testing.assert_allclose(found["fooling"], 129 / 255, atol=1e-6)


def test_a_class_out_of_reach_is_not_a_success():
    never = linear(torch.stack([torch.ones(3, 4, 4), torch.zeros(3, 4, 4)]))
    found = fooling(never, grey(shape=(4, 4)), [1], learning_rate=0.01, steps=7)
    assert not found["success"][0] and found["steps"][0] == 7


def test_where_the_gradient_vanishes_the_image_stays_finite():
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 3))
    nn.init.zeros_(network[1].weight)
    network[1].bias.data = torch.tensor([1.0, 0.0, 0.0])
    found = fooling(network, grey(shape=(4, 4)), [2], steps=3)
    np.testing.assert_allclose(found["fooling"], grey(shape=(4, 4)), atol=0.5 / 255 + 1e-6)
    assert not found["success"][0]


def test_a_second_network_is_asked_about_the_images_before_and_after():
    weights = torch.randn(3, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    first, opposite = linear(weights), linear(-weights)
    targets = [0, 1, 2]
    found = fooling(first, grey(3, (4, 4)), targets, learning_rate=0.3)
    same, other = (transfer(n, found["fooling"], targets, originals=grey(3, (4, 4))) for n in (first, opposite))
    assert same["transfer_success"].tolist() == found["success"].tolist() == [True] * 3
    assert same["transfer_success_before"].sum() == 1
    np.testing.assert_allclose(same["transfer_score"], found["score"], rtol=1e-5)
    assert other["transfer_success"].sum() < 3
    original = predictions(opposite, grey(shape=(4, 4)))[0]
    with torch.no_grad():
        scores = opposite(torch.tensor(found["fooling"])).softmax(1)
    np.testing.assert_allclose(other["transfer_original_score"], scores[:, original], rtol=1e-5)
    assert other["transfer_original_score_before"].min() == other["transfer_original_score_before"].max() > 1 / 3


@pytest.mark.parametrize("targets", [[2], [-1], [0, 1], [0.5]])
def test_wrong_targets_are_refused(two_classes, targets):
    with pytest.raises(AtlasError, match="targets"):
        fooling(two_classes, grey(), targets)
    with pytest.raises(AtlasError, match="targets"):
        transfer(two_classes, grey(), targets, originals=grey())


def test_the_network_stays_as_it_was():
    network = Classifier(build({"name": "convnet", "widths": [4]}, 3, 9))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fooling(network, torch.rand(2, 3, 9, 9), [0, 1], steps=3)
    assert network.training and all(p.requires_grad and p.grad is None for p in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@pytest.mark.gpu
def test_a_network_on_a_gpu_gives_arrays(two_classes):
    found = fooling(two_classes.cuda(), grey(2), [0, 1])
    assert found["success"].all()
