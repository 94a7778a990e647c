"""Files that belong to a data set are found by its name."""

import pytest

from cnnatlas.data import registry


@pytest.mark.parametrize(
    ("dataset", "options"),
    [("cifar10", ()), ("cats_dogs", ("per_class", "subset_seed")), ("mnist", None), ("prepare", None)],
)
def test_the_options_of_readers(dataset, options):
    assert registry.options(dataset) == options


def test_other_modules_are_no_readers():
    names = [path.stem for path in (registry.LIBRARY / "data").glob("*.py")]
    readers = [name for name in sorted(names) if registry.options(name) is not None]
    assert readers == ["caltech101", "cats_dogs", "cifar10", "stl10"]


def test_outlines_and_drawings():
    assert registry.is_outlined("caltech101") and not registry.is_outlined("stl10")
    assert registry.is_drawn("stl10") and not registry.is_drawn("mnist")


def test_a_folder_has_the_reader_of_all_folders():
    assert registry.reader("digits", {"folder": "x"}) == "image_folder"
    assert registry.reader("stl10", {"file": "x"}) == "stl10"
