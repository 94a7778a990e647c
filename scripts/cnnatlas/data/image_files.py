"""Which files a folder of images holds, one folder a class. No NumPy: planning lists them too.

Names that start with a dot are left out, and so is whatever is beside the classes' folders or below them.
"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.wording import counted

BRACES = frozenset("{}")  # with which Snakemake would look for wildcards in a file's name
# How files begin of the formats of people's own that are decoded (cnnatlas.data.decoding.PHOTOGRAPHS)
DECODED = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8|BM|RIFF....WEBP", re.DOTALL)
START = 16  # bytes of a file that show its format


def classes(folder: Path) -> list[str]:
    """The names of the classes' folders in natural order: digits in a name count as numbers.

    Raises AtlasError where there are fewer than two, or where one cannot be taken.
    """
    found = sorted((name for name in _names(folder) if (folder / name).is_dir()), key=_natural)
    if len(found) < 2:
        raise AtlasError(f"{folder}: {len(found)} folders; put the images of each class into a folder of their own, "
                         "named after the class")  # fmt: skip
    for name in found:
        if problem := _problem(folder, folder / name):
            raise AtlasError(f"{folder}/{name}: {problem}; rename it, or put the class's own folder there")
    return found


def check_images(folder: Path, least: int) -> None:
    """Raise AtlasError for the first class with fewer than `least` files that begin as images do."""
    for path in (folder / label for label in classes(folder)):
        images = (name for name in _names(path) if _is_image(folder, path / name))
        found = len(list(islice(images, least)))
        if found < least:
            raise AtlasError(f"{path}: {counted(found, 'image')}, and {least} splits; put more JPEG, PNG, WebP, GIF or "
                             "BMP files there, or remove it")  # fmt: skip


def listed(folder: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The regular files in the classes' folders as "class/name", in natural order; and {"id", "reason"} of the others.

    Links are followed inside the folder only.
    """
    files, skipped = [], []
    for label in classes(folder):
        for name in (f"{label}/{name}" for name in sorted(_names(folder / label), key=_natural)):
            path = folder / name
            if problem := _problem(folder, path) if path.is_file() else "not a regular file":
                skipped.append({"id": _printable(name), "reason": problem})
            else:
                files.append(name)
    return files, skipped


def _names(folder: Path) -> Iterator[str]:
    """Names in a folder, one after the other: it may hold millions."""
    try:
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        raise AtlasError(f"{folder}: not a folder that can be read ({error.strerror}); name one that holds a folder of "
                         "images for each class") from error  # fmt: skip


def _is_image(folder: Path, path: Path) -> bool:
    """Whether a file that can be taken begins as an image; of one that cannot be read, its job will say so."""
    try:
        if not path.is_file() or _problem(folder, path):
            return False
        with path.open("rb") as stream:
            return bool(DECODED.match(stream.read(START)))
    except OSError:
        return True


def _problem(folder: Path, path: Path) -> str:
    """Why a file or folder that exists cannot be taken; empty where it can."""
    if not path.name.isprintable() or BRACES & set(path.name):
        return "a name with braces or with characters that cannot be printed"
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        return "a link out of the folder"
    return ""


def _natural(name: str) -> tuple:
    """A key that orders 9.png before 10.png; names of equal numbers, such as 1 and 01, by their characters."""
    parts = re.split(r"([0-9]+)", name)
    return [(part, 0) if k % 2 == 0 else ("", int(part)) for k, part in enumerate(parts)], name


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in name)
