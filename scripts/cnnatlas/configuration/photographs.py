"""The user's own photographs: which files of the folder that a run's `photographs` names are shown to its networks.

Each file becomes jobs of its own, so that the folder is read at planning: names, and the first bytes of each file.
Names that start with a dot are left out, and so is what Windows keeps beside pictures. No NumPy, no PIL.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnnatlas.data.image_files import BRACES, DECODED, START
from cnnatlas.errors import AtlasError

KEY = "photographs"
MOST = 100  # photographs of a run: each is a section of the report
KEPT_BY_WINDOWS = ("desktop.ini", "thumbs.db")
# How files of other formats begin that people have
OTHERS = {
    "HEIC, AVIF or a film": re.compile(rb"....ftyp", re.DOTALL),
    "TIFF or a camera's raw format": re.compile(rb"II\*\0|MM\0\*"),
    "PDF": re.compile(rb"%PDF"),
}
LONGEST = 40  # characters of a name that an identifier keeps


@dataclass(frozen=True)
class Album:
    """The photographs of a folder: by identifier, in their order, the name of each; {file, reason} of other files."""

    folder: Path
    names: Mapping[str, str]
    skipped: Sequence[Mapping[str, str]] = field(default_factory=list)

    def file(self, photograph: str) -> str:
        """The path of a photograph."""
        return str(self.folder / self.names[photograph])


def read(folder: Path, where: str) -> Album:
    """The photographs of a folder. Raises AtlasError, which begins with `where`, where there are none."""
    where = f"{where}: `{KEY}` is {folder}"
    if BRACES & set(str(folder)):
        raise AtlasError(f"{where}; Snakemake cannot read a path with braces: rename the folder")
    try:
        found = sorted(path for path in folder.iterdir() if not _left_out(path.name))
    except OSError as error:
        raise AtlasError(f"{where}: not a folder that can be read ({error.strerror}); name one with photographs, or "
                         "leave the key out") from None  # fmt: skip
    problems = {path.name: _problem(path) for path in found}
    names = [name for name, problem in problems.items() if not problem]
    skipped = [{"file": legible(name), "reason": problem} for name, problem in problems.items() if problem]
    if not names:
        first = "; ".join(f"{each['file']}: {each['reason']}" for each in skipped[:1])
        raise AtlasError(f"{where}: no photograph lies in it{first and f' ({first})'}; put JPEG, PNG, WebP, GIF or "
                         "BMP files directly into the folder, or leave the key out")  # fmt: skip
    if len(names) > MOST:
        raise AtlasError(f"{where}: it has {len(names):,} photographs, and a report takes {MOST}; put those that "
                         "matter into a folder of their own")  # fmt: skip
    return Album(folder, {identifier(name): name for name in names}, skipped)


def identifier(name: str) -> str:
    """A name for paths and labels, in a-z, 0-9 and hyphens, that no other file has and that depends on no other."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-")
    return f"{words}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:6]}".removeprefix("-")


def legible(name: str) -> str:
    """A file's name as readers see it: accents in one character, and what cannot be printed escaped."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in composed)


def _left_out(name: str) -> bool:
    return name.startswith(".") or name.lower() in KEPT_BY_WINDOWS


def _problem(path: Path) -> str:
    """Why a file can be no photograph; empty where it can."""
    if path.is_dir():
        return "a folder: only files directly in it are taken"
    if not path.name.isprintable() or BRACES & set(path.name):
        return "a name with braces or with characters that cannot be printed"
    if not path.is_file():
        return "not a regular file"
    try:
        with path.open("rb") as stream:
            start = stream.read(START)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if DECODED.match(start):
        return ""
    other = next((name for name, begins in OTHERS.items() if begins.match(start)), None)
    return f"{other}: save it as JPEG" if other else "not an image" if start else "empty file"
