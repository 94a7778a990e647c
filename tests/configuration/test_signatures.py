"""What annotations of keyword arguments allow."""

import ast

import pytest

from cnnatlas.architectures import registry
from cnnatlas.configuration import interpretations, signatures

COUNT = {"type": "integer", "minimum": 1}


@pytest.mark.parametrize(
    ("argument", "described"),
    [
        ("stride: int = 4", COUNT),
        ("seed: int = 0", {"type": "integer", "minimum": 0}),
        ("layer: str | None = None", {"type": ["string", "null"]}),
        (
            "widths: Sequence[int] = (8, 8)",
            {"type": "array", "items": COUNT, "minItems": 1},
        ),
        ("extra: Sequence[str] = ()", {"type": "array", "items": {"type": "string"}}),
        ("dense: Sequence[int] = (8,)", {"type": "array", "items": COUNT}),
        ("base: Mapping", {}),
    ],
)
def test_an_annotation_becomes_a_schema(argument, described):
    (function,) = ast.parse(f"def f(*, {argument}): pass").body
    assert signatures.schema(function) == {"properties": {argument.split(":")[0]: described}}


def test_every_argument_and_option_but_a_base_has_a_type():
    found = {name: signatures.schema(registry.constructor(name)) for name in registry.names()}
    found |= {method: interpretations.described(method) for method in interpretations.methods()}
    untyped = [(name, key) for name, each in found.items() for key, value in each["properties"].items() if not value]
    assert untyped == [("on_base", "base")]
