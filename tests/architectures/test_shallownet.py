"""ShallowNet, layer by layer."""

from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build


def test_shallownet_is_one_convolution_and_one_dense_layer():
    description = describe(build({"name": "shallownet"}, 10, 32), 32)
    assert [layer["type"] for layer in description["layers"]] == ["Conv2d", "ReLU", "Flatten", "Linear"]
    assert description["layers"][0]["output"] == [32, 32, 32]
    assert description["parameters"] == 28 * 32 + (32 * 32 * 32 + 1) * 10
