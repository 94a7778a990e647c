"""JSON Schemas of the configuration, and errors that name file, line, key, value and fix."""

import difflib
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jsonschema

from cnnatlas.configuration import strict_yaml
from cnnatlas.configuration.strict_yaml import Document, KeyPath, dotted
from cnnatlas.errors import AtlasError
from cnnatlas.training.augmentations import registry as augmentations

FOLDER = Path(__file__).parents[3] / "workflow" / "schemas"
KINDS = {
    "number": "a number",
    "integer": "a whole number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys",
    "null": "null",
}
SIZES = {
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "minProperties": "at least {} keys",
    "maxProperties": "at most {} keys",
}
COMMAND_LINE = "--config"  # the place of values that no file has
LONGEST = 100  # characters of a value that a message repeats


def _ascending(_: object, wanted: bool, instance: object, __: dict) -> Iterator[jsonschema.ValidationError]:
    """The keyword of lists whose entries must not fall, such as the two ends of a range."""
    numbers = isinstance(instance, list) and all(type(each) in (int, float) for each in instance)
    if wanted and numbers and instance != sorted(instance):
        yield jsonschema.ValidationError("not ascending")


# JSON Schema takes 1.0 for a whole number; Python's range() and file names do not
VALIDATOR = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    validators={"ascending": _ascending},
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)
FORMATS = jsonschema.FormatChecker(["date"])


@cache
def schema(name: str) -> dict:
    """The schema `workflow/schemas/{name}.schema.yaml`; that of a variant with all augmentations."""
    described = strict_yaml.load(FOLDER / f"{name}.schema.yaml").content
    if name == "variant":
        declared = augmentations.declarations().items()
        described["properties"]["augmentation"]["properties"] = {key: _usable(key, each) for key, each in declared}
    return described


def _usable(name: str, declared: augmentations.Declaration) -> dict:
    """The schema that an augmentation declares. Raises AtlasError where it is none, or refuses the value OFF."""
    (file,) = augmentations.files([name])
    try:
        VALIDATOR.check_schema(declared.schema, format_checker=VALIDATOR.FORMAT_CHECKER)
        errors = list(VALIDATOR(declared.schema).iter_errors(declared.off))
    except jsonschema.SchemaError as error:
        raise AtlasError(f"{file}: SCHEMA is no JSON Schema: {error.message}; correct it") from None
    if errors:
        raise AtlasError(f"{file}: OFF is {declared.off!r}, which SCHEMA refuses: {errors[0].message}; correct one")
    return declared.schema


def validate(document: Document, name: str, content: object | None = None, at: KeyPath = ()) -> None:
    """Validate `content` (by default the whole document) against schema `name`; `at` is its key path in the document.

    Raises AtlasError for the first offending key in the file.
    """
    check(document, schema(name), document.content if content is None else content, at)


def check(document: Document, described: dict, content: object, at: KeyPath) -> None:
    """The same for any schema, `described`."""
    errors = list(VALIDATOR(described, format_checker=FORMATS).iter_errors(content))
    if errors:
        best = map(_narrowed, errors)
        raise AtlasError(explain(min(best, key=lambda e: document.line((*at, *e.absolute_path))), document, at))


def _narrowed(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """Of an error in one of several alternatives that no `description` covers, the one that fits best."""
    return error if "description" in error.schema else jsonschema.exceptions.best_match([error])


def complete(document: Document, name: str, content: dict, optional: frozenset[str] = frozenset()) -> None:
    """Check that `content` has all keys of schema `name`, at all depths, but those that are `optional`.

    Raises AtlasError for the first that is missing.
    """
    for key in _missing(schema(name), content, optional):
        raise AtlasError(f"{document.where(key[:-1])}: key `{dotted(key)}` is missing; add it")


def _missing(described: dict, content: dict, optional: frozenset[str]) -> Iterator[KeyPath]:
    for key, inner in sorted(described.get("properties", {}).items()):
        if key not in content and key not in optional:
            yield (key,)
        elif isinstance(content.get(key), dict):
            yield from ((key, *deeper) for deeper in _missing(inner, content[key], optional))


def explain(error: jsonschema.ValidationError, document: Document, at: KeyPath = ()) -> str:
    """One line for a schema error."""
    key = (*at, *error.absolute_path)
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        unknown = next(k for k in error.instance if k not in known)
        key = (*key, unknown)
        return f"{document.where(key)}: unknown key `{dotted(key)}`{suggestion(unknown, known)}"
    if error.validator == "required":
        missing = next(k for k in error.validator_value if k not in error.instance)
        return f"{document.where(key)}: key `{dotted((*key, missing))}` is missing; add it"
    if "propertyNames" in error.absolute_schema_path:
        key = (*key, error.instance)
        return f"{document.where(key)}: the name `{dotted(key)}`; names are {error.schema['description']}"
    if error.validator == "uniqueItems":
        at = next(i for i, each in enumerate(error.instance) if each in error.instance[:i])
        named = shortened(error.instance[at])
        return f"{document.where((*key, at))}: `{dotted(key)}` has {named} twice; remove one"
    where, expected = document.where(key), _expectation(error)
    if where == COMMAND_LINE and error.validator == "type" and isinstance(error.instance, str):
        expected = f"{expected.split('; ')[0]}; to Snakemake all in brackets is text: use a file, --configfile FILE"
    return f"{where}: `{dotted(key) or 'the file'}` is {shortened(error.instance)}; {expected}"


def shortened(value: object) -> str:
    """A value as Python writes it, in a line's length."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def suggestion(wrong: str, known: list[str]) -> str:
    """A hint for a misspelt name: the closest one, or all of them."""
    others = [name for name in known if name != str(wrong)]
    close = difflib.get_close_matches(str(wrong), others, n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else f"; known: {', '.join(known) or 'none'}"


def _expectation(error: jsonschema.ValidationError) -> str:
    rule, value = error.validator, error.validator_value
    if error.schema is False:
        return "it has no effect there; remove it"
    if rule != "type" and "description" in error.schema:
        return f"it must be {error.schema['description']}"
    if rule == "type":
        kinds = [value] if isinstance(value, str) else value
        wanted = " or ".join(KINDS[k] for k in kinds)
        if isinstance(error.instance, str) and {"number", "integer"} & set(kinds):
            return f"that is text, and {wanted} is expected; {_as_number(error.instance, 'number' in kinds)}"
        return f"{wanted} is expected"
    if rule == "enum":
        return f"it must be one of {', '.join(map(str, value))}"
    if rule in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        relation = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
        return f"it must be {relation.get(rule, 'less than')} {value}"
    if rule in SIZES:
        return (
            "it must not be empty" if (rule[:3], value) == ("min", 1) else f"it must have {SIZES[rule].format(value)}"
        )
    if rule == "ascending":
        return "it must begin with the smaller one"
    if rule == "const":
        return f"it must be {value}"
    return error.message


def _as_number(text: str, fraction: bool) -> str:
    try:
        number = float(text) if fraction else int(text)
    except ValueError:
        return "write a number without quotes"
    if not math.isfinite(number):
        return "write one that is finite"
    mantissa, _, exponent = repr(number).partition("e")
    plain = f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}" if exponent else mantissa
    return f"write {plain} without quotes (YAML reads 5e-4 as text, 5.0e-4 as a number)"
