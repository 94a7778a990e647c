"""config/README.md explains every key of the configuration, and no other."""

import re
from collections.abc import Iterator

import pytest
import yaml

from cnnatlas.configuration import schemas
from project import ROOT

TEXT = (ROOT / "config" / "README.md").read_text()
SECTIONS = {
    "config": "config.yaml",
    "variant": "defaults.yaml",
    "study": "studies/",
    "datasets": "datasets.yaml",
    "interpretation": "interpretation.yaml",
    "pretrained": "pretrained.yaml",
    "report": "report.yaml",
}


def schema(name: str) -> dict:
    """A schema as its file has it: each augmentation explains itself in its own file."""
    return yaml.safe_load((schemas.FOLDER / f"{name}.schema.yaml").read_text())


def explained(heading: str) -> list[tuple[str, str]]:
    """The rows of the table below a heading that begins with a file's name: a key, and what is said of it."""
    (section,) = re.findall(rf"^## `{re.escape(heading)}.*?(?=^## |\Z)", TEXT, re.M | re.S)
    return re.findall(r"^\| `([^`|]+)` \| (\S.*) \|$", section, re.M)


def keys(part: dict, root: dict, key: str = "") -> Iterator[tuple[str, dict]]:
    """The dotted keys of a schema at all depths, with theirs; `*` for a name that the user gives."""
    if "$ref" in part:
        yield from keys(root["$defs"][part["$ref"].rsplit("/", 1)[1]], root, key)
    for name in ("then", "else", "additionalProperties", "items"):
        if isinstance(part.get(name), dict):
            yield from keys(part[name], root, f"{key}.*".removeprefix(".") if name == "additionalProperties" else key)
    for each in (*part.get("oneOf", ()), *part.get("anyOf", ())):
        yield from keys(each, root, key)
    for name, inner in part.get("properties", {}).items():
        yield f"{key}.{name}".removeprefix("."), inner
        yield from keys(inner, root, f"{key}.{name}")


@pytest.mark.parametrize("name", SECTIONS)
def test_every_key_of_a_schema_is_explained_once(name):
    found = [key for key, _ in explained(SECTIONS[name])]
    assert len(found) == len(set(found))
    assert set(found) == {key for key, _ in keys(schema(name), schema(name))}


@pytest.mark.parametrize("name", SECTIONS)
def test_every_value_that_a_key_may_have_is_named(name):
    said = dict(explained(SECTIONS[name]))
    for key, inner in keys(schema(name), schema(name)):
        assert all(f"`{value}`" in said[key] for value in inner.get("enum", ())), key


def test_every_key_of_the_defaults_is_one_of_a_variant():
    defaults = yaml.safe_load((ROOT / "config" / "defaults.yaml").read_text())
    assert set(defaults) < {key for key, _ in explained(SECTIONS["variant"])}


def test_every_schema_has_a_section():
    assert set(SECTIONS) == {path.name.split(".")[0] for path in schemas.FOLDER.glob("*.yaml")}


def test_the_keys_of_an_item_are_explained():
    items = yaml.safe_load((ROOT / "config" / "items.yaml").read_text())
    assert {key for key, _ in explained("items.yaml")} == {key for item in items for key in item}


def test_every_file_of_the_configuration_is_named():
    files = {path.name for path in (ROOT / "config").glob("*.yaml")} | {"studies/"}
    assert files == set(re.findall(r"^\| `([^`]+)` \| .*\|$", TEXT.partition("\n## ")[0], re.M))
