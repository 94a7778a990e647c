"""What a network answers to a photograph of any shape, and what explains it."""

import numpy as np
import pytest
import torch
from PIL import Image

from cnnatlas.errors import AtlasError
from cnnatlas.prediction import figure
from cnnatlas.prediction.explanation import KEPT, STRIP, WIDER, enlarged, explain, kept
from cnnatlas.prediction.network import load, load_pretrained
from figures.test_figures import printed
from prediction import trained
from project import ROOT

METHODS = {"cam": {}, "gradient": {}, "occlusion": {"patch": 16, "stride": 16}, "response": {}}
SHOWN = [
    {"legend": ["against", "for", "logits"], "method": method, "title": method}
    for method in ("gradient", "cam", "occlusion", "response")
]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return load(trained.write(tmp_path_factory.mktemp("model")))


def picture(width, height):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def test_the_likeliest_classes_are_those_that_the_network_predicts(network):
    image = picture(90, 60)
    arrays, told = explain(network, image, METHODS)
    assert [(each["class"], each["score"]) for each in told["likeliest"]] == network.predict(image)[0]
    assert told["classes"] == len(trained.CLASSES) and told["squashed"] is False
    assert np.array_equal(arrays["seen"], network.prepare(image)[0])
    for method in ("cam", "gradient", "occlusion"):
        assert np.array_equal(arrays[method], network.attribution(method, image, **METHODS[method])[0])


def test_the_response_is_evidence_for_the_likeliest_class_over_the_whole_photograph(network):
    arrays, told = explain(network, picture(90, 60), METHODS)
    assert arrays["whole"].shape == (64, 96, 3)  # twice the 32 pixels, in the photograph's proportions
    height, width = arrays["response"].shape
    assert width == pytest.approx(1.5 * height, abs=1)
    with torch.no_grad():
        logits = network.classifier(torch.from_numpy(arrays["whole"]).permute(2, 0, 1)[None] / 255)[0]
    target = trained.CLASSES.index(told["likeliest"][0]["class"])
    layer = [module for module in network.classifier.modules() if isinstance(module, torch.nn.Linear)][-1]
    bias = layer.bias[target].item() if layer.bias is not None else 0.0
    assert arrays["response"].mean() + bias == pytest.approx(logits[target].item(), abs=1e-4)


def test_a_network_that_torchvision_publishes_is_explained_too(tmp_path):
    models = pytest.importorskip("torchvision.models")
    torch.manual_seed(0)
    torch.save(models.squeezenet1_1(weights=None).state_dict(), tmp_path / "squeezenet1_1-b8a52dc0.pth")
    network = load_pretrained("squeezenet1_1", tmp_path / "squeezenet1_1-b8a52dc0.pth", 64)
    arrays, told = explain(network, picture(90, 60), METHODS)
    assert told["classes"] == len(network.classes) == 1000 and told["squashed"] is False
    assert arrays["seen"].shape == (64, 64, 3) and arrays["whole"].shape == (128, 192, 3)
    assert arrays["cam"].shape == arrays["occlusion"].shape == (1, 64, 64) and arrays["response"].ndim == 2


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 500), (500, 1), (33, 31), (40, 3000)])
def test_a_photograph_of_any_shape_is_explained_and_drawn(network, width, height):
    image = picture(width, height)
    arrays, told = explain(network, image, METHODS)
    assert max(arrays["whole"].shape[:2]) <= 3 * min(arrays["whole"].shape[:2]) == 3 * 64
    arrays = {"photograph": kept(image), **{f"a.{key}": values for key, values in arrays.items()}}
    record = {"file": "a.jpg", "skipped": None, "networks": [{"network": "a", **told}]}
    drawn = figure.draw(arrays, record, SHOWN, {"a": "Pets, a network"})
    assert drawn.get_figheight() < 6
    assert any("Pets, a network: " in text.get_text() for text in drawn.axes[0].texts)


@pytest.mark.parametrize("networks", [1, 5])
def test_no_printed_word_of_a_photograph_s_figure_is_smaller_than_six_points(network, networks):
    names = "abcde"[:networks]
    arrays, told = explain(network, picture(90, 60), METHODS)
    arrays = {f"{name}.{key}": values for name in names for key, values in arrays.items()}
    record = {"file": "a.jpg", "skipped": None, "networks": [{"network": name, **told} for name in names]}
    drawn = figure.draw(
        arrays | {"photograph": kept(picture(90, 60))}, record, SHOWN, dict(zip(names, names, strict=True))
    )
    assert printed(drawn) >= 6 - 1e-9


def test_the_chapter_tells_the_scale_and_the_longest_photograph():
    text = " ".join((ROOT / "report/notebooks/photographs.ipynb").read_text().replace('\\n",\n    "', " ").split())
    assert (WIDER, "at twice its resolution" in text) == (2, True)
    assert (STRIP, "longer than three times its short side" in text) == (3, True)


def test_the_middle_of_a_strip_is_shown():
    stripes = np.zeros((10, 300, 3), np.uint8)
    stripes[:, 135:165] = 255
    assert (
        enlarged(Image.fromarray(stripes), 20).shape == (20, 60, 3)
        and enlarged(Image.fromarray(stripes), 20).min() > 200
    )


def test_of_the_photograph_a_small_picture_is_kept_upright():
    assert kept(picture(1200, 3000)).shape == (KEPT, 240, 3)
    assert kept(picture(30, 20)).shape == (20, 30, 3)


def test_a_method_that_does_not_fit_is_one_line(network):
    with pytest.raises(AtlasError, match="patch: 64 pixels do not fit"):
        explain(network, picture(40, 40), {"occlusion": {"patch": 64, "stride": 8}})


def test_the_figure_of_a_file_that_is_no_photograph_says_so():
    record = {"file": "a.jpg", "skipped": "truncated", "networks": []}
    (axes,) = figure.draw({}, record, SHOWN, {}).axes
    assert [text.get_text() for text in axes.texts] == ["this file could not be decoded"]
