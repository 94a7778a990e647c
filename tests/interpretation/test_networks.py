"""Opening networks that were trained here, and those that torchvision publishes."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation import networks
from cnnatlas.prediction.network import load
from prediction import trained


def test_a_variant_is_opened_as_everywhere_with_the_classes_of_its_file(tmp_path):
    weights = trained.write(tmp_path)
    network, classes = networks.load({"architecture": trained.ARCHITECTURE, "name": "a"}, weights)
    x = torch.rand(2, 3, 40, 40)
    assert classes == trained.CLASSES and torch.equal(network(x), load(weights).classifier(x)) and not network.training


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    models = pytest.importorskip("torchvision.models")
    file = tmp_path_factory.mktemp("weights") / "squeezenet1_1-b8a52dc0.pth"
    torch.manual_seed(0)
    network = models.squeezenet1_1(weights=None).eval()
    torch.save(network.state_dict(), file)
    return network, file


def test_a_published_network_brings_its_classes_and_normalisation(published):
    original, file = published
    network, classes = networks.load({"architecture": None, "name": "squeezenet1_1", "resolution": 224}, file)
    assert len(classes) == 1000 and classes[258] == "Samoyed"  # torchvision's own names, in the order of ImageNet
    x = torch.rand(1, 3, 64, 64)
    mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    assert torch.allclose(network(x), original((x - mean) / std), atol=1e-5)
    assert not any(m.inplace for m in network.modules() if isinstance(m, nn.ReLU))


def test_weights_of_another_network_are_refused(tmp_path):
    file = tmp_path / "squeezenet1_1-b8a52dc0.pth"
    torch.save({"x": torch.from_numpy(np.zeros(3))}, file)
    with pytest.raises(AtlasError, match="not the weights of squeezenet1_1"):
        networks.load({"architecture": None, "name": "squeezenet1_1", "resolution": 224}, file)
