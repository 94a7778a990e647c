"""Errors of schemas are plain words, short, and about the key that is wrong."""

import pytest

from cnnatlas.configuration import schemas
from cnnatlas.configuration.run import Merged
from cnnatlas.configuration.strict_yaml import Document, load
from cnnatlas.errors import AtlasError

# Keywords that describe what is inside, or say nothing; errors of all others are worded in schemas.py
STRUCTURE = {"$schema", "$defs", "$ref", "properties", "additionalProperties", "propertyNames", "items", "prefixItems",
             "anyOf", "oneOf", "if", "then", "else", "description"}  # fmt: skip
WORDED = {"type", "enum", "const", "required", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
          "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems", "ascending", "format"}  # fmt: skip


def parts(schema: object) -> list[dict]:
    """A schema and all schemas in it."""
    if not isinstance(schema, dict):
        return []
    named = [part for key in ("properties", "$defs") for part in schema.get(key, {}).values()]
    listed = [part for key in ("anyOf", "oneOf", "prefixItems") for part in schema.get(key, [])]
    single = [schema.get(key) for key in ("additionalProperties", "propertyNames", "items", "if", "then", "else")]
    return [schema, *(inner for part in (*named, *listed, *single) for inner in parts(part))]


@pytest.mark.parametrize("name", sorted(path.name.split(".")[0] for path in schemas.FOLDER.glob("*.yaml")))
def test_every_rule_of_every_schema_has_words(name):
    for part in parts(schemas.schema(name)):
        assert set(part) <= STRUCTURE | WORDED
        assert not {"pattern", "format"} & set(part) or "description" in part


@pytest.mark.parametrize(
    ("schema", "text", "message"),
    [
        ("report", "date: yesterday", "`date` is 'yesterday'; it must be a date such as '2026-11-21'"),
        ("report", "date: '2026-13-21'", "`date` is '2026-13-21'; it must be a date such as '2026-11-21'"),
        ("report", "title: ' '", "`title` is ' '; it must be not empty"),
        ("report", "authors: []", "`authors` is []; it must not be empty"),
        ("study", "compare: [[a, b, c]]", "`compare.0` is ['a', 'b', 'c']; it must have at most 2 entries"),
        ("study", "compare: [[a, a]]", "`compare.0` has 'a' twice; remove one"),
        ("study", "must_fit: [a, a]", "`must_fit` has 'a' twice; remove one"),
        ("study", "inspect: [b, a, b]", "`inspect` has 'b' twice; remove one"),
        ("study", "shows: [a, a]", "`shows` has 'a' twice; remove one"),
        ("study", "compare: [[a, b], [a, b]]", "`compare` has ['a', 'b'] twice; remove one"),
        ("report", "keywords: [a, a]", "`keywords` has 'a' twice; remove one"),
        ("config", "studies: []", "`studies` is []; it must not be empty"),
        ("config", "gpus: many", "`gpus` is 'many'; it must be auto or a whole number"),
        ("config", "run: Mine", "`run` is 'Mine'; it must be lower-case letters, digits and _, a letter first"),
        (
            "variant",
            "augmentation: {resized_crop: [1.0, 0.3]}",
            "`augmentation.resized_crop` is [1.0, 0.3]; it must begin with the smaller one",
        ),
        (
            "variant",
            "l1: nan",
            "`l1` is 'nan'; that is text, and a number is expected; write one that is finite",
        ),
        ("variant", "epochs: 3.0", "`epochs` is 3.0; a whole number is expected"),
        ("variant", "seeds: [1.0e+30]", "`seeds.0` is 1e+30; a whole number is expected"),
        ("variant", "seeds: [4294967296]", "`seeds.0` is 4294967296; it must be at most 4294967295"),
        ("variant", "seeds: [true]", "`seeds.0` is True; a whole number is expected"),
        ("datasets", "a: {title: A, folder: x}", "key `a.size` is missing; add it"),
    ],
)
def test_an_error_is_one_line_in_plain_words(tmp_path, schema, text, message):
    required = {"study": "title: A\nquestion: B\n"}.get(schema, "")
    if schema == "report":
        text += "\n" + "\n".join(f"{key}: {value}" for key, value in REPORT.items() if not text.startswith(key))
    (tmp_path / "a.yaml").write_text(f"{required}{text}\n")
    with pytest.raises(AtlasError) as caught:
        schemas.validate(load(tmp_path / "a.yaml", "a.yaml"), schema)
    assert str(caught.value) == f"a.yaml:{1 + required.count(chr(10))}: {message}"


REPORT = {"title": "A", "subtitle": "A", "authors": "[A]", "version": "A", "date": "'2026-11-21'", "keywords": "[A]",
          "description": "A", "summary": "A", "chapters": "{a: [trainings]}"}  # fmt: skip


def test_a_long_value_is_cut():
    with pytest.raises(AtlasError) as caught:
        schemas.validate(Document("a.yaml", {"studies": {str(k): k for k in range(999)}}), "config")
    assert len(str(caught.value)) < 200


def test_a_number_in_brackets_of_the_command_line_is_told_from_a_quoted_one():
    with pytest.raises(AtlasError) as caught:
        schemas.validate(Merged("--config", {"pretrained": {"resolution": "64"}}), "config")
    assert str(caught.value) == (
        "--config: `pretrained.resolution` is '64'; that is text, and a whole number or null is expected; "
        "to Snakemake all in brackets is text: use a file, --configfile FILE"
    )


def test_nothing_is_suggested_for_itself():
    assert schemas.suggestion("epochs", ["epochs", "seeds"]) == "; known: epochs, seeds"
    assert schemas.suggestion("epoch", ["epochs", "seeds"]) == "; did you mean `epochs`?"
