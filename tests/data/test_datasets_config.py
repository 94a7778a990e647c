"""config/datasets.yaml against what the readers and upstream need."""

import re
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path

import pytest
import yaml

from cnnatlas.data import registry
from cnnatlas.data.fetching import UNPACKED

DATASETS = yaml.safe_load((Path(__file__).parents[2] / "config" / "datasets.yaml").read_text())


@pytest.mark.parametrize("name", DATASETS)
def test_a_reader_takes_what_the_configuration_gives(name):
    parameters = set(signature(import_module(f"cnnatlas.data.{name}").read).parameters)
    given = {"per_class", "subset_seed"} & set(DATASETS[name])
    assert parameters == {"archive", "size", "limits"} | given == {*registry.GIVEN, *registry.options(name)}


@pytest.mark.parametrize("name", DATASETS)
def test_limits_are_numbers_and_within_those_of_fetching(name):
    for key, limit in DATASETS[name]["limits"].items():
        assert 0 < limit <= UNPACKED[key]


@pytest.mark.parametrize(("name", "module"), [("cifar10", "cifar"), ("stl10", "stl10")])
def test_checksums_are_torchvisions(name, module):
    source = Path(find_spec("torchvision").origin).with_name("datasets") / f"{module}.py"
    text = source.read_text()  # read, not imported: torch takes seconds
    assert DATASETS[name]["md5"] in text
    for member, md5 in DATASETS[name]["members_md5"].items():
        assert re.search(rf'"{re.escape(member)}",\s*(?:"key": "label_names",\s*)?(?:"md5": )?"{md5}"', text), member
