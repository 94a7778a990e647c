"""The study's items: what was asked for, and the labels of the report that answer it."""

from pathlib import Path

import yaml

from cnnatlas.errors import AtlasError

KEYS = {"id", "text", "answered_by"}


def read_items(path: Path | str) -> list[dict]:
    """The items of config/items.yaml: [{id, text, answered_by: labels}]; raises AtlasError on others or equal ids."""
    try:
        items, seen = yaml.safe_load(Path(path).read_text(encoding="utf-8")), set()
    except (yaml.YAMLError, ValueError) as error:
        raise AtlasError(f"{path}: not valid YAML ({error}); correct it there") from error
    if not isinstance(items, list):
        raise AtlasError(f"{path}: should be a list of items, `- {{id: A1, text: ..., answered_by: [...]}}`")
    for item in items:
        if not isinstance(item, dict) or set(item) != KEYS or not isinstance(item["answered_by"], list):
            raise AtlasError(
                f"{path}: an item has id, text and answered_by, a list of labels (or []); this one is {item}"
            )
        if item["id"] in seen:
            raise AtlasError(f"{path}: item {item['id']} is listed twice; keep one")
        seen.add(item["id"])
    return items
