"""Strict YAML: no duplicate keys, plain values only, and the line of every value is known.

PyYAML silently keeps the last of two duplicate keys, and reads `5e-4` as text (YAML 1.1 wants `5.0e-4`). The
first is refused here; the second is caught by the schemas, whose messages use the lines kept here.
"""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from cnnatlas.errors import AtlasError

KeyPath = tuple[str | int, ...]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, ten times as fast, where PyYAML was built with it
DEEPEST = 30  # the deepest file here has 13; at some thousand libyaml ends the whole process
TAGS = "tag:yaml.org,2002:"
TEXT = f"{TAGS}str"
PLAIN = {TEXT, f"{TAGS}bool", f"{TAGS}null"}
CONSTRUCTOR = yaml.constructor.SafeConstructor()
# Not YAML's octal 010 (8), binary, hexadecimal and sexagesimal 1:30 (90), nor 1_000
DECIMAL = re.compile(r"[-+]?((0|[1-9][0-9]*)|([0-9]+[.][0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?)")
NUMBERS = {f"{TAGS}int": CONSTRUCTOR.construct_yaml_int, f"{TAGS}float": CONSTRUCTOR.construct_yaml_float}


@dataclass(frozen=True)
class Document:
    """A file's content with the line of every key path in it."""

    path: str
    content: dict | list
    lines: dict[KeyPath, int] = field(repr=False, default_factory=dict)

    def where(self, key: KeyPath) -> str:
        """`file:line` of a key path, or of the nearest enclosing one."""
        return f"{self.path}:{self.line(key)}"

    def line(self, key: KeyPath) -> int:
        """The line of a key path, or of the nearest enclosing one."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)


def load(path: Path | str, shown_as: str | None = None, *, listed: bool = False) -> Document:
    """Read YAML of plain values: text, finite numbers, true and false, null, lists, mappings by text.

    At the top is a mapping, or a list where one is wanted (`listed`). Raises AtlasError (file:line) on syntax errors,
    duplicate keys, and values of any other kind.
    """
    shown = shown_as or str(path)
    text = _text(path, shown)
    try:
        _check_events(text, shown)
        loader = LOADER(text)
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise AtlasError(f"{shown}:{line}: not valid YAML: {problem}; check indentation and quotes there") from None
    if node is None:
        return Document(shown, [] if listed else {})
    if not isinstance(node, yaml.SequenceNode if listed else yaml.MappingNode):
        wanted = "a list of items, `- ...`," if listed else "`key: value` lines"
        raise AtlasError(f"{shown}:1: expected {wanted} at the top level, found {node.id}")
    lines: dict[KeyPath, int] = {}
    _collect_lines(node, (), lines, shown)
    return Document(shown, loader.construct_document(node), lines)


def _text(path: Path | str, shown: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AtlasError(f"{shown}: no such file") from None
    except UnicodeDecodeError as error:
        raise AtlasError(f"{shown}: not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise AtlasError(f"{shown}: cannot be read ({error.strerror}); check what it is, and its mode") from None


def _check_events(text: str, shown: str) -> None:
    """Refuse, before anything is built from it, what could exhaust memory or the stack, and all but plain values."""
    depth = 0
    for event in yaml.parse(text, LOADER):
        line = f"{shown}:{event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent):
            raise AtlasError(f"{line}: the alias `*{event.anchor}`; write the value out, or quote it if it is text")
        if getattr(event, "tag", None):
            raise AtlasError(f"{line}: the tag `{event.tag}`; leave it out, or quote the value if it is text")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise AtlasError(f"{line}: more than {DEEPEST} lists and mappings inside each other; close some")


def _collect_lines(node: yaml.Node, key: KeyPath, lines: dict[KeyPath, int], shown: str) -> None:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag != TEXT:
                written = key_node.value if isinstance(key_node, yaml.ScalarNode) else f"a {key_node.id}"
                raise AtlasError(f"{shown}:{line}: the key `{written}` is not text to YAML; put it in quotes")
            inner = (*key, key_node.value)
            if inner in lines:
                raise AtlasError(
                    f"{shown}:{line}: key `{dotted(inner)}` appears twice (first on line {lines[inner]}); remove one"
                )
            lines[inner] = line
            _collect_lines(value_node, inner, lines, shown)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _collect_lines(item, (*key, index), lines, shown)
    else:
        _check_scalar(node, key, shown)


def _check_scalar(node: yaml.ScalarNode, key: KeyPath, shown: str) -> None:
    where = f"{shown}:{node.start_mark.line + 1}: `{dotted(key)}` is `{node.value[:40]}`"
    if node.tag in NUMBERS and not _is_finite(node):
        raise AtlasError(f"{where}, not a finite number; write one, or put it in quotes if it is meant as text")
    if node.tag in NUMBERS and not DECIMAL.fullmatch(node.value):
        read = NUMBERS[node.tag](node)
        raise AtlasError(
            f"{where}, which YAML reads as {read}; write {read}, or put it in quotes if it is meant as text"
        )
    if node.tag not in {*PLAIN, *NUMBERS}:
        kind = node.tag.removeprefix(TAGS)
        raise AtlasError(f"{where}, which YAML reads as a {kind}; put it in quotes")


def _is_finite(node: yaml.ScalarNode) -> bool:
    try:
        return math.isfinite(NUMBERS[node.tag](node))
    except (ValueError, OverflowError):  # more digits than Python reads
        return False


def dotted(key: KeyPath) -> str:
    """`("variants", "a", 0)` as `variants.a.0`."""
    return ".".join(str(part) for part in key)
