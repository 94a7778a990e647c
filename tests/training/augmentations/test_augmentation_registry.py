"""Augmentations are found by their files alone, and the configuration knows what each declares."""

import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from cnnatlas.configuration import schemas
from cnnatlas.errors import AtlasError
from cnnatlas.training.augmentations import registry

ROOT = Path(__file__).parents[3]
NAMES = ["colour_jitter", "crop", "cutmix", "cutout", "flip", "mixup", "resized_crop", "trivial_augment"]
BLUR = """\"\"\"Blur by so many pixels.

More of it.
\"\"\"

STAGE = "colour"
OFF = 0
SCHEMA = {"type": "integer"}


def blur(batch, pixels):
    return batch
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    registry.declarations.cache_clear()
    yield tmp_path
    registry.declarations.cache_clear()


def test_the_files_with_a_function_of_their_name_are_the_augmentations():
    assert registry.declarations().keys() >= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_value_that_switches_one_off_is_allowed_by_its_schema(name):
    declared = registry.declarations()[name]
    jsonschema.Draft202012Validator.check_schema(declared.schema)
    jsonschema.validate(declared.off, declared.schema)
    assert declared.meaning.endswith(".")


def test_a_declaration_is_read_without_running_the_file(folder):
    (folder / "blur.py").write_text(BLUR + "\nraise SystemExit\n")
    assert registry.declarations() == {
        "blur": registry.Declaration("Blur by so many pixels.", "colour", 0, {"type": "integer"})
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('STAGE = "colour"', "", "augmentations/blur.py: STAGE is missing"),
        ("OFF = 0", "", "augmentations/blur.py: OFF is missing"),
        ("OFF = 0", "OFF = 1 - 1", "augmentations/blur.py:7: OFF is computed"),
        ('"colour"', '"color"', "STAGE is 'color'; it must be one of geometry, colour, mixing"),
    ],
)
def test_a_file_that_lacks_a_part_is_named(folder, old, new, message):
    (folder / "blur.py").write_text(BLUR.replace(old, new))
    with pytest.raises(AtlasError, match=re.escape(message)):
        registry.declarations()


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ('{"type": "whole"}', "SCHEMA is no JSON Schema: 'whole' is not valid under any"),
        ('{"minimum": "0"}', "SCHEMA is no JSON Schema: '0' is not of type 'number'"),
        ('{"pattern": "("}', "SCHEMA is no JSON Schema: '(' is not a 'regex'"),
        ('"integer"', "SCHEMA is no JSON Schema: 'integer' is not of type"),
        ('{"minimum": 1}', "OFF is 0, which SCHEMA refuses: 0 is less than the minimum of 1; correct one"),
    ],
)
def test_a_schema_that_is_none_is_one_line_that_names_the_file(folder, new, message):
    (folder / "blur.py").write_text(BLUR.replace('{"type": "integer"}', new))
    schemas.schema.cache_clear()
    with pytest.raises(AtlasError, match=re.escape(f"augmentations/blur.py: {message}")):
        schemas.schema("variant")


def test_only_what_is_on_has_a_file():
    spec = {"flip": True, "crop": 0, "resized_crop": [1.0, 1.0], "cutmix": 0.2, "cutout": 0}
    on = registry.switched_on(spec)
    assert on == {"flip": True, "cutmix": 0.2}
    assert registry.files(on) == [f"scripts/cnnatlas/training/augmentations/{name}.py" for name in ("cutmix", "flip")]
    assert all((ROOT / file).is_file() for file in registry.files(dict.fromkeys(NAMES)))


def test_the_schema_of_a_variant_knows_them_all():
    known = schemas.schema("variant")["properties"]["augmentation"]
    assert sorted(known["properties"]) == NAMES and known["additionalProperties"] is False


def test_the_registry_needs_no_torch():
    code = (
        "import sys; sys.path.insert(0, 'scripts'); from cnnatlas.training.augmentations import registry;"
        "registry.declarations(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
