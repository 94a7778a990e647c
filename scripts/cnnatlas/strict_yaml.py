"""YAML as strictly as a study needs it: no key twice, and every value knows the line it stands on.

PyYAML keeps the last of two duplicate keys without a word, and reads `5e-4` as text (YAML 1.1 wants `5.0e-4`). The
first is refused here; the second is caught by the schemas, whose messages use the lines kept here.
"""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from cnnatlas.errors import AtlasError

KeyPath = tuple[str | int, ...]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, ten times as fast, where PyYAML was built with it


@dataclass(frozen=True)
class Document:
    """A file's content with the line of every key path in it."""

    path: str
    content: dict
    lines: dict[KeyPath, int] = field(repr=False, default_factory=dict)

    def where(self, key: KeyPath) -> str:
        """`file:line` of a key path, or of the nearest enclosing one."""
        while key and key not in self.lines:
            key = key[:-1]
        return f"{self.path}:{self.lines.get(key, 1)}"


def load(path: Path | str, shown_as: str | None = None) -> Document:
    """Read a YAML mapping; raises AtlasError (file:line) on syntax errors, duplicate keys, anything but a mapping."""
    shown = shown_as or str(path)
    try:
        loader = LOADER(Path(path).read_text(encoding="utf-8"))
        node = loader.get_single_node()
    except FileNotFoundError:
        raise AtlasError(f"{shown}: no such file") from None
    except UnicodeDecodeError as error:
        raise AtlasError(f"{shown}: not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise AtlasError(f"{shown}:{line}: not valid YAML: {problem}; check indentation and quotes there") from None
    if node is None:
        return Document(shown, {})
    if not isinstance(node, yaml.MappingNode):
        raise AtlasError(f"{shown}:1: expected `key: value` lines at the top level, found {node.id}")
    lines: dict[KeyPath, int] = {}
    _collect_lines(node, (), lines, shown)
    return Document(shown, loader.construct_document(node), lines)


def _collect_lines(node: yaml.Node, key: KeyPath, lines: dict[KeyPath, int], shown: str) -> None:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            name = key_node.value
            line = key_node.start_mark.line + 1
            inner = (*key, name)
            if inner in lines:
                raise AtlasError(
                    f"{shown}:{line}: key `{dotted(inner)}` stands twice (first on line {lines[inner]}); remove one"
                )
            lines[inner] = line
            _collect_lines(value_node, inner, lines, shown)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _collect_lines(item, (*key, index), lines, shown)


def dotted(key: KeyPath) -> str:
    """`("variants", "a", 0)` as `variants.a.0`."""
    return ".".join(str(part) for part in key)
