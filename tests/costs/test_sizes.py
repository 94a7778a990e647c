"""Equal networks are counted once, and one that cannot be is named with its place."""

import pytest

from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build
from cnnatlas.costs import sizes
from cnnatlas.costs.sizes import Size
from cnnatlas.errors import AtlasError

SHALLOW = {"name": "shallownet"}


def test_equal_networks_are_counted_once(monkeypatch):
    built = []
    monkeypatch.setattr(sizes, "build", lambda *network: built.append(network) or build(*network))
    found = sizes.sizes({"a": (SHALLOW, 10, 32), "b": (SHALLOW, 10, 32), "c": (SHALLOW, 2, 32)}, str)
    expected = describe(build(SHALLOW, 10, 32), 32)
    assert found["a"] == found["b"] == Size(expected["multiply_adds"], expected["parameters"]) != found["c"]
    assert len(built) == 2


def test_a_network_that_does_not_take_its_images_is_named_with_its_place(monkeypatch):
    monkeypatch.setattr(sizes, "build", lambda architecture, classes, size: build(architecture, classes, 32))
    with pytest.raises(AtlasError, match=r"^x.yaml:7: variant `a`: architecture shallownet: does not run on images"):
        sizes.sizes({"a": (SHALLOW, 10, 64)}, lambda name: "x.yaml:7")
