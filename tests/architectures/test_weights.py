"""Files of weights hold tensors; whatever else stands in one is refused in one line, and does not run."""

import os
import pickle
from contextlib import suppress

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from cnnatlas.architectures.classifier import Classifier, load_network
from cnnatlas.architectures.published import load_published
from cnnatlas.architectures.registry import build
from cnnatlas.architectures.weights import read_weights
from cnnatlas.errors import AtlasError
from cnnatlas.training.initial_weights import load_base, load_start
from project import ROOT

SPEC = {"name": "shallownet"}
PUBLISHED = "squeezenet1_1-b8a52dc0.pth"


class Command:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def refusal(read, path) -> str:
    with pytest.raises(AtlasError) as caught:
        read(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("way", ["zip", "legacy", "bare pickle"])
def test_a_command_in_a_file_of_weights_does_not_run(tmp_path, way):
    path, content = tmp_path / PUBLISHED, {"features.0.weight": Command(tmp_path / "owned")}
    if way == "bare pickle":
        path.write_bytes(pickle.dumps(content))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=way == "zip")
    network = Classifier(build(SPEC, 3, 8))
    openers = (read_weights, lambda file: load_published("squeezenet1_1", file), lambda file: load_base(network, file))
    for read in openers:
        assert "no file of weights" in refusal(read, path)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("content", [[torch.zeros(2)], {"a": 1}, {"a": {"b": torch.zeros(2)}}])
def test_other_things_than_tensors_are_refused(tmp_path, content):
    torch.save(content, tmp_path / "a.pth")
    assert "something other than tensors" in refusal(read_weights, tmp_path / "a.pth")


def test_a_missing_file_is_named(tmp_path):
    for name in ("a.pth", "a.safetensors"):
        assert "no such file" in refusal(read_weights, tmp_path / name)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "weights.safetensors"
    save_file(Classifier(build(SPEC, 3, 8)).state_dict(), path)
    return path


def test_a_cut_file_of_weights_is_named_by_all_that_open_one(tmp_path, trained):
    cut = tmp_path / "weights.safetensors"
    for length in (0, 5, 100, trained.stat().st_size - 1):
        cut.write_bytes(trained.read_bytes()[:length])
        refusal(lambda path: load_start(Classifier(build(SPEC, 3, 8)), path), cut)
        message = refusal(lambda path: load_network(path, SPEC, 3, 8), cut)
        assert "delete it and run the same command again" in message
    other = {"name": "lenet5"}
    assert "not the weights of" in refusal(lambda path: load_network(path, other, 3, 64), trained)


@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(places=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=4))
def test_any_damage_gives_weights_or_one_line(trained, places):
    content = bytearray(trained.read_bytes())
    for place, change in places:
        content[place % min(len(content), 1500)] ^= change  # the header, and some values
    damaged = trained.with_name("damaged.safetensors")
    damaged.write_bytes(content)
    with suppress(AtlasError):
        read_weights(damaged)


def test_nothing_else_reads_weights_or_pickles():
    """Every other reader would have to be looked at as these were."""
    allowed = {"architectures/weights.py", "data/pickles.py", "drawn/writers.py"}
    library = ROOT / "scripts" / "cnnatlas"
    words = ("torch.load(", "load_file(", "pickle.", "allow_pickle", "safe_open(", "joblib", "torch.hub")
    safe = "safetensors.torch.load("  # of bytes whose checksum is known: no pickle, though the name holds another's
    reading = {
        str(path.relative_to(library))
        for path in library.rglob("*.py")
        if any(word in path.read_text(encoding="utf-8").replace(safe, "") for word in words)
    }
    assert reading <= allowed, reading - allowed
