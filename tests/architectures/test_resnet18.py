"""ResNet-18 against torchvision's, and what its two stems leave of an image."""

import pytest
import torch

from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build


def test_it_is_torchvisions_network():
    from torchvision.models import resnet18

    torch.manual_seed(0)
    theirs, ours = resnet18(weights=None).eval(), build({"name": "resnet18"}, 1000, 64).eval()
    assert sum(p.numel() for p in ours.parameters()) == 11_689_512
    for module in theirs.modules():  # running statistics that are not those of a fresh network
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.1, 0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    pairs = zip(ours.state_dict(), theirs.state_dict().values(), strict=True)
    ours.load_state_dict(dict(pairs))
    images = torch.rand(2, 3, 75, 75)
    torch.testing.assert_close(ours(images), theirs(images))


@pytest.mark.parametrize(("stem", "sides"), [("imagenet", [16, 8, 4, 2]), ("small", [64, 32, 16, 8])])
def test_stages_halve_what_the_stem_leaves_of_64_pixels(stem, sides):
    network = build({"name": "resnet18", "stem": stem}, 101, 64)
    outputs = {layer["name"]: layer["output"] for layer in describe(network, 64)["layers"]}
    widths = [64, 128, 256, 512]
    assert [outputs[f"stages.{stage}.1.relu2"] for stage in range(4)] == [
        [width, side, side] for width, side in zip(widths, sides, strict=True)
    ]
