"""Reading archives without unpacking them on disk: their files stream by, and nothing in them is trusted."""

import gzip
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cnnatlas.errors import AtlasError

# What the standard library raises on bytes that are not what they claim to be
BROKEN = (EOFError, ValueError, struct.error, zlib.error, gzip.BadGzipFile, tarfile.TarError, zipfile.BadZipFile)
# ... and zipfile alone: an unknown compression, an encrypted member
BROKEN_ZIP = (NotImplementedError, RuntimeError)

BLOCK = 1 << 20


@contextmanager
def reading(archive: Path) -> Iterator[None]:
    """Turn whatever a broken archive raises into an AtlasError that names the archive and the way out."""
    try:
        yield
    except (*BROKEN, *BROKEN_ZIP) as error:
        raise broken(archive, f"{type(error).__name__}: {error}") from error


def broken(archive: Path, what: str) -> AtlasError:
    """The error of an archive that does not hold what it should."""
    return AtlasError(
        f"{archive}: incomplete or not the expected archive ({what}); delete it and run the same command again, "
        f"and check the mirror if it came from one"
    )


class Allowance:
    """Counts what an archive unpacks to, against limits {"bytes": ..., "members": ...}."""

    def __init__(self, archive: Path, limits: Mapping[str, float]):
        self.archive, self.limits = archive, limits
        self.used = {"bytes": 0, "members": 0}

    def admit(self, name: str, size: int) -> None:
        """Count one member. Raises AtlasError where it leaves its folder or is one too many."""
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0:1]:
            raise broken(self.archive, f"its member {name!r} would leave the folder it is unpacked in")
        self.used["members"] += 1
        self.used["bytes"] += size
        for key, used in self.used.items():
            if used > self.limits[key]:
                raise broken(self.archive, f"unpacks to more than {self.limits[key]:,.0f} {key}, limits.{key}")


def tar_gz_files(stream: BinaryIO, allowance: Allowance) -> Iterator[tuple[str, BinaryIO]]:
    """Yield (name, open file) of each regular file of a gzip-compressed tar, in order; read each before the next.

    Raises AtlasError for members that tarfile's data filter refuses (outside the folder, devices) and for links, which
    no upstream archive has. The stream is read to its end, since only there gzip can tell that nothing is missing.
    """
    # Not tarfile's own "r|gz", which takes a file cut off between two members for a complete one
    with gzip.GzipFile(fileobj=stream) as plain, tarfile.open(fileobj=plain, mode="r|", bufsize=BLOCK) as tar:
        for member in tar:
            allowance.admit(member.name, member.size)
            tarfile.data_filter(member, ".")
            if member.issym() or member.islnk():
                raise broken(allowance.archive, f"its member {member.name!r} is a link to {member.linkname!r}")
            if member.isfile():
                yield member.name, tar.extractfile(member)
        while plain.read(BLOCK):
            pass


@contextmanager
def open_zip(path: Path, allowance: Allowance) -> Iterator[tuple[zipfile.ZipFile, list[str]]]:
    """Give a zip and the names of its regular files, after the same checks as for a tar."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            allowance.admit(member.filename, member.file_size)
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise broken(path, f"its member {member.filename!r} is a link or a device")
        yield archive, [member.filename for member in archive.infolist() if not member.is_dir()]


@contextmanager
def open_tar_gz(path: Path, allowance: Allowance) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """Give the files of a .tar.gz as `tar_gz_files` does."""
    with path.open("rb") as stream:
        yield tar_gz_files(stream, allowance)
