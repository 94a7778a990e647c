"""Loading a trained network from its one file, and asking it about images of any kind."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import cnnatlas
from cnnatlas import load
from cnnatlas.errors import AtlasError
from cnnatlas.prediction.network import attributions
from cnnatlas.training.data import resized
from prediction import trained
from project import ROOT


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return load(trained.write(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def image():
    return np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)


def refusal(function, *arguments, **options) -> str:
    with pytest.raises(AtlasError) as caught:
        function(*arguments, **options)
    return str(caught.value)


def test_asking_for_load_is_what_imports_torch():
    code = "import sys, cnnatlas; print('torch' in sys.modules); cnnatlas.load; print('torch' in sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, text=True
    )
    assert printed.stdout.split() == ["False", "True"], printed.stderr
    with pytest.raises(AttributeError, match="nothing"):
        cnnatlas.nothing  # noqa: B018


def test_one_file_says_all_that_is_needed(network):
    assert (network.classes, network.seed, network.spec["dataset"]) == (trained.CLASSES, 7, "pets")
    said = dict(network.preprocessing)
    assert said.pop("mean") == pytest.approx([0.4, 0.5, 0.6]) and said.pop("std") == pytest.approx([0.2, 0.2, 0.3])
    assert said == {"prepared": 32, "size": 32, "squashed": False}
    assert not network.classifier.training


def test_equal_networks_are_equal_bytes(tmp_path):
    first, second = (trained.write(tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second


def test_scores_are_the_networks_own(network, image):
    with torch.inference_mode():
        own = network.classifier(torch.from_numpy(image)[None].permute(0, 3, 1, 2) / 255).softmax(1).numpy()
    assert np.allclose(network.scores(image), own, atol=1e-6)
    (prediction,) = network.predict(image)
    assert [name for name, _ in prediction] == [trained.CLASSES[k] for k in np.argsort(-own[0])]
    assert [score for _, score in prediction] == sorted(own[0].tolist(), reverse=True)


def test_an_image_is_a_path_a_picture_or_an_array(network, image, tmp_path):
    Image.fromarray(image).save(tmp_path / "a.png")
    forms = [image, Image.fromarray(image), tmp_path / "a.png", str(tmp_path / "a.png")]
    together = network.scores(forms)
    assert together.shape == (4, 3) and np.ptp(together, axis=0).max() < 1e-6
    assert all(len(network.predict(form)) == 1 for form in forms)
    assert len(network.predict(np.stack([image, image]))) == 2


@pytest.mark.parametrize("squashed", [False, True])
def test_a_photograph_is_scaled_as_the_trainings_images_were(tmp_path, squashed):
    network = load(trained.write(tmp_path, prepared=32, resolution=16, squashed=squashed))
    stripes = np.zeros((64, 192, 3), np.uint8)
    stripes[:, 64:128] = 255  # black, white, black: the middle is white
    found = network.prepare(stripes)
    assert found.shape == (1, 16, 16, 3)
    assert (found.min() > 200) == (not squashed)
    assert np.array_equal(network.prepare(found), found)
    prepared = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    assert np.array_equal(network.prepare(prepared), resized(prepared, 16))


@pytest.mark.parametrize("method", attributions())
def test_every_method_of_attribution_maps_an_image(network, image, method):
    options = {"patch": 16, "stride": 16} if method == "occlusion" else {}
    found = network.attribution(method, image, **options)
    assert found.shape[0] == 1 and found.shape[2:] == (32, 32) and np.isfinite(found).all()


def test_the_class_to_explain_can_be_named(network, image):
    maps = {name: network.attribution("cam", image, [name]) for name in network.classes}
    likeliest = network.predict(image)[0][0][0]
    assert np.array_equal(network.attribution("cam", image), maps[likeliest])
    assert not np.array_equal(maps["cat"], maps["dog"])


def test_what_cannot_be_done_is_one_line(network, image, tmp_path):
    (tmp_path / "text.jpg").write_text("no image")
    assert "text.jpg: cannot be shown" in refusal(network.predict, tmp_path / "text.jpg")
    assert "absent.png: cannot be read (No such file" in refusal(network.predict, str(tmp_path / "absent.png"))
    assert "cannot be read (Is a directory" in refusal(network.predict, tmp_path)
    assert "float64 is no image" in refusal(network.predict, image / 255)
    assert "is no image" in refusal(network.predict, image[..., 0])
    assert "NoneType is no image" in refusal(network.predict, [None])
    assert "there is none" in refusal(network.predict, [])
    assert "choose one of cam, grad_cam" in refusal(network.attribution, "camm", image)
    assert "`filters` gives no map" in refusal(network.attribution, "filters", image)
    assert "takes patch, stride, fill, and no `size`" in refusal(network.attribution, "occlusion", image, size=3)
    assert "`wolf` is no class" in refusal(network.attribution, "cam", image, ["wolf"])


def test_a_file_that_does_not_say_what_it_holds_is_named(tmp_path):
    weights = trained.write(tmp_path)
    save_file(load_file(weights), tmp_path / "bare.safetensors")
    assert "bare.safetensors: does not say what its network is" in refusal(load, tmp_path / "bare.safetensors")
    save_file(load_file(weights), tmp_path / "odd.safetensors", metadata={"cnnatlas": "[1]"})
    assert "odd.safetensors: damaged" in refusal(load, tmp_path / "odd.safetensors")
    (tmp_path / "cut.safetensors").write_bytes(weights.read_bytes()[:-1])
    assert "cut.safetensors: damaged" in refusal(load, tmp_path / "cut.safetensors")
    assert "no such file" in refusal(load, tmp_path / "absent.safetensors")
    assert str(tmp_path) in refusal(load, tmp_path)
