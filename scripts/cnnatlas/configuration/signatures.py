"""JSON Schemas of the keyword arguments that the configuration may set, read from the source without importing it."""

import ast

KINDS = {"bool": "boolean", "int": "integer", "float": "number", "str": "string"}
NONE_AT_ALL = {"dense"}  # lists that may be empty though their default is not: a head without hidden layers


def schema(function: ast.FunctionDef) -> dict:
    """The schema of a mapping of a function's keyword-only arguments, by their annotations.

    Whole numbers are counts: at least 1, or 0 where that is the default. A list may be empty where its default is.
    """
    given = function.args
    pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return {"properties": {argument.arg: _typed(argument, default) for argument, default in pairs}}


def _typed(argument: ast.arg, default: ast.expr | None) -> dict:
    described = _of(argument.annotation)
    empty = default is not None and ast.unparse(default) in ("0", "()")
    if described.get("type") == "integer":
        described["minimum"] = 0 if empty else 1
    elif "items" in described and not empty and argument.arg not in NONE_AT_ALL:
        described["minItems"] = 1
    return described


def _of(annotation: ast.expr | None) -> dict:
    """What an annotation allows: `int`, `Sequence[int]`, either of them `| None`; anything where it is another."""
    if isinstance(annotation, ast.BinOp):
        described = _of(annotation.left)
        return described | {"type": [described["type"], "null"]} if "type" in described else described
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Sequence":
        items = _of(annotation.slice)
        return {"type": "array", "items": items | ({"minimum": 1} if items.get("type") == "integer" else {})}
    return {"type": KINDS[annotation.id]} if isinstance(annotation, ast.Name) and annotation.id in KINDS else {}
