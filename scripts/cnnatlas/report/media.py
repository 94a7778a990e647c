"""Figures in other formats: photographs as JPEG for print, a small part of their size as PNG, and drawings as PNG."""

import json
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image

from cnnatlas.files import replacing

QUALITY = 80  # of 100; at 200 dots per inch its traces are too small to be seen

PPI = 144  # of a drawing as PNG: half again a screen's, as wide as a notebook's column
DRAWING = b'#page(width:auto,height:auto,margin:0pt,fill:white,image("figure.svg"))'


def drawn(svg: str) -> bytes:
    """A drawing as PNG. Its letters must be paths: no font is looked for."""
    return typst.compile(
        {"main.typ": DRAWING, "figure.svg": svg.encode()}, format="png", ppi=PPI, ignore_system_fonts=True
    )


def for_print(document: str, root: Path, folder: Path) -> str:
    """A chapter's document tree with its PNG pictures as JPEG files in `folder`, both below `root`.

    A picture that JPEG does not make smaller, and any other kind, is left as it is. Sources of pictures are relative to
    `root`.
    """
    tree = json.loads(document)
    for image in _images(tree):
        source = image["c"][2][0]
        content = _smaller(root / source) if source.endswith(".png") and (root / source).exists() else None
        if content:
            target = folder / Path(source).with_suffix(".jpg")
            with replacing(target) as temporary:
                temporary.write_bytes(content)
            image["c"][2][0] = target.relative_to(root).as_posix()
    return json.dumps(tree)


def _images(node: object) -> list[dict]:
    """All images of a part of pandoc's document tree."""
    if isinstance(node, dict):
        found = [node] if node.get("t") == "Image" else []
        return found + _images(node.get("c", node.get("blocks")))
    return [image for each in node for image in _images(each)] if isinstance(node, list) else []


def _smaller(path: Path) -> bytes | None:
    """The picture as JPEG at its own resolution, or None where that is no smaller."""
    stream = BytesIO()
    with Image.open(path) as picture:
        dpi = picture.info.get("dpi", (72, 72))
        picture.convert("RGB").save(stream, "jpeg", quality=QUALITY, optimize=True, dpi=dpi)
    content = stream.getvalue()
    return content if len(content) < path.stat().st_size else None
