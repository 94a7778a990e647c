"""config/datasets.yaml and what variants ask of it: checked in one line each, before anything runs."""

import pytest
import yaml

from cnnatlas.configuration import studies
from cnnatlas.data import registry
from cnnatlas.errors import AtlasError

FOLDER = "\ndigits:\n  title: Digits\n  folder: {folder}\n  size: 16\n"
ARCHIVE = """
mnist:
  title: MNIST
  file: mnist.zip
  urls: [https://example.org/mnist.zip]
  md5: null
  members_md5: {}
  size: 28
  classes: 10
  split: {shares: {train: 9, validation: 1}, seed: 0, upstream_test: false}
  network: null
  features: null
  limits: {bytes: 1.0e+9, members: 100}
  licence: none
  citation: none
  homepage: https://example.org
  problems: none
"""


def write(path, text, old=None):
    """Append to a file, or replace the first `old` in it."""
    content = path.read_text()
    assert old is None or old in content
    path.write_text(content + text if old is None else content.replace(old, text, 1))


def load(root, **changes):
    config = {**yaml.safe_load((root / "config/config.yaml").read_text()), **changes}
    return studies.load(root, config, [root / "config/config.yaml"])


def error(root, **changes):
    with pytest.raises(AtlasError) as raised:
        load(root, **changes)
    return str(raised.value)


@pytest.fixture
def images(tmp_path):
    for label in ("a", "b", "c"):
        (tmp_path / "images" / label).mkdir(parents=True)
        for number in range(3):
            (tmp_path / "images" / label / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path / "images"


@pytest.fixture
def with_folder(project, images):
    write(project / "config/datasets.yaml", FOLDER.format(folder=images))
    return project


@pytest.fixture
def with_archive(project, monkeypatch):
    """A data set with a reader and without a drawn counterpart."""
    write(project / "config/datasets.yaml", ARCHIVE)
    options = registry.options
    monkeypatch.setattr(registry, "options", lambda name: () if name == "mnist" else options(name))
    return project


@pytest.mark.parametrize("collection", ["embedded", "upstream"])
def test_a_folder_is_complete_with_three_keys_in_every_collection(with_folder, images, collection):
    entry = load(with_folder, collection=collection).datasets["digits"]
    assert entry["classes"] == 3 and entry["folder"] == str(images) and entry["features"] is None
    shares = {"train": 8, "validation": 1, "test": 1}
    assert entry["split"] == {"shares": shares, "seed": 0, "upstream_test": False}


def test_a_folder_may_state_more(with_folder):
    file = with_folder / "config/datasets.yaml"
    write(file, "  classes: 3\n  split: {shares: {train: 1, validation: 1}}\n")
    entry = load(with_folder, datasets={"digits": {"size": 8}}).datasets["digits"]
    assert entry["split"] == {"shares": {"train": 1, "validation": 1}, "seed": 0, "upstream_test": False}
    assert entry["size"] == 8


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("size: 16\n", "", "key `digits.size` is missing; add it"),
        ("size: 16\n", "size: 16\n  classes: 4\n", "`digits.classes` is 4, and "),
        ("size: 16\n", "size: 16\n  upstream: 4\n", "unknown key `digits.upstream`"),
        ("size: 16\n", "size: 16\n  per_class: 4\n", "unknown key `digits.per_class`"),
        ("images\n", "imagse\n", "`digits.folder`: "),
        ("\ndigits:", "\nDigits:", "`Digits`; names are lower-case letters"),
    ],
)
def test_a_wrong_folder_is_one_line_with_file_and_line(with_folder, old, new, message):
    write(with_folder / "config/datasets.yaml", new, old)
    text = error(with_folder)
    assert text.startswith("config/datasets.yaml:") and message in text and "\n" not in text


@pytest.mark.parametrize("left", [0, 2])
def test_a_class_with_fewer_images_than_splits_is_found_before_anything_runs(with_folder, images, left):
    for number in range(left, 3):
        (images / "b" / f"{number}.png").write_text("no image")
    text = error(with_folder)
    assert text.startswith("config/datasets.yaml:")
    assert f"`digits.folder`: {images}/b: {left} images, and 3 splits; put more JPEG, PNG, WebP" in text


def test_the_folder_may_be_below_the_home(project, images, monkeypatch):
    monkeypatch.setenv("HOME", str(images.parent))
    write(project / "config/datasets.yaml", FOLDER.format(folder="~/images"))
    assert load(project).datasets["digits"]["folder"] == str(images)
    write(project / "config/datasets.yaml", "~no-such-user/images", "~/images")
    assert "`digits.folder`: ~no-such-user/images: not a folder that can be read" in error(project)


def test_a_data_set_without_a_reader_says_both_ways_out(project):
    write(project / "config/datasets.yaml", ARCHIVE)
    text = error(project)
    assert "no reader, scripts/cnnatlas/data/mnist.py" in text and "`folder`" in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("size: 32\n", "size: 32\n  per_class: 40\n", "`cifar10.per_class` has no effect there; remove it"),
        ("  subset_seed: 0\n", "", "key `cats_dogs.subset_seed` is missing"),
        ("file: stl10_binary.tar.gz", "file: caltech-101.zip", ".file` is the archive of `"),
    ],
)
def test_an_entry_that_does_not_fit_its_reader(project, old, new, message):
    write(project / "config/datasets.yaml", new, old)
    text = error(project)
    assert text.startswith("config/datasets.yaml:") and message in text


@pytest.mark.parametrize("file", ["config/studies/simple_cifar10.yaml", "config/defaults.yaml"])
def test_a_wrong_data_set_of_a_variant_is_one_line_with_a_suggestion(project, file):
    path = project / file
    write(path, "dataset: cifra10", "dataset: cifar10")
    line = next(k for k, text in enumerate(path.read_text().splitlines(), 1) if "cifra10" in text)
    text = error(project)
    assert text == f"{file}:{line}: `dataset` names `cifra10`, which does not exist; did you mean `cifar10`?"


def test_a_wrong_data_set_of_an_overlay_is_named_too(project):
    text = error(project, overlay={"all": {}, "studies": {}, "variants": {"d1_shallow": {"dataset": "stl"}}})
    assert "`dataset` names `stl`" in text


def test_a_data_set_that_is_not_drawn_is_not_missed_by_others(with_archive):
    assert "mnist" not in load(with_archive, collection="embedded").datasets
    assert "mnist" in load(with_archive).datasets


def test_a_variant_on_a_data_set_that_is_not_drawn_says_the_way_out(with_archive):
    study = "title: t\nassignment: E\nitems: [E1a]\nquestion: q\nvariants:\n  m: {title: t, dataset: mnist}\n"
    (with_archive / "config/studies/mine.yaml").write_text(study)
    text = error(with_archive, collection="embedded")
    assert text.startswith("config/studies/mine.yaml:6: variant `m`: data set `mnist` is not in the embedded")
    assert all(way in text for way in ("drawn/datasets/mnist.py", "`collection: upstream`", "`studies`"))
    assert "b2_simple_sgd" in load(with_archive, collection="embedded", studies=["simple_cifar10"]).specs
