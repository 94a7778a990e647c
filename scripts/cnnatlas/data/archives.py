"""Reading archives without unpacking them on disk: their files stream by, and nothing in them is trusted."""

import gzip
import io
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
BROKEN = (EOFError, ValueError, OverflowError, struct.error, zlib.error, gzip.BadGzipFile, tarfile.TarError)
# ... and zipfile alone: an unknown compression, an encrypted member
BROKEN_ZIP = (zipfile.BadZipFile, NotImplementedError, RuntimeError)
# bzip2 and LZMA unpack a piece of any length at once, whatever length is asked for
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

BLOCK = 64 << 10
LARGEST = 16 << 20  # bytes of one photograph, and of a zip's table of contents
LONGEST = 2048  # bytes of a tar's header for one long name, or for what ustar has no field for
BETWEEN = 256 << 10  # bytes of a tar that belong to no file: headers, padding
EXTENDED = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK
)  # fmt: skip
AFTER = 4 << 20  # the same behind the last file


@contextmanager
def reading(archive: Path) -> Iterator[None]:
    """Turn whatever a broken archive raises into an AtlasError that names the archive and the way out."""
    try:
        yield
    except (*BROKEN, *BROKEN_ZIP) as error:
        raise broken(archive, f"{type(error).__name__}: {error}") from error


class BrokenArchiveError(AtlasError):
    """An archive does not hold what it should."""


def broken(archive: Path, what: str) -> BrokenArchiveError:
    """The error of an archive that does not hold what it should."""
    return BrokenArchiveError(
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
        if size < 0:
            raise broken(self.archive, f"its member {name!r} has a size of {size} bytes")
        self.used["members"] += 1
        self.used["bytes"] += size
        for key, used in self.used.items():
            if used > self.limits[key]:
                raise broken(self.archive, f"unpacks to more than {self.limits[key]:,.0f} {key}, limits.{key}")


class _Metered:
    """A stream that gives no more bytes than a tar's members account for."""

    def __init__(self, stream: BinaryIO, archive: Path):
        self.stream, self.archive, self.left = stream, archive, BETWEEN

    def expect(self, size: int) -> None:
        """Let so many bytes more through."""
        self.left = size

    def read(self, size: int) -> bytes:
        """Read as any stream does."""
        content = self.stream.read(min(size, self.left + 1))
        self.left -= len(content)
        if self.left < 0:
            raise broken(self.archive, "bytes without end that belong to no file")
        return content


class _Header(tarfile.TarInfo):
    """A tar's header. tarfile takes a damaged one for the end, and reads one of any length in quadratic time."""

    @classmethod
    def frombuf(cls, buf: bytes, encoding: str, errors: str) -> tarfile.TarInfo:
        """Read a header, as tarfile does."""
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.EOFHeaderError:  # the block of zeros that ends an archive
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"{error} where a file or the end should be") from error
        if header.type in EXTENDED and not 0 <= header.size <= LONGEST:
            raise tarfile.ReadError(f"a header of {header.size:,} bytes")
        return header


def tar_files(stream: BinaryIO, allowance: Allowance) -> Iterator[tuple[str, BinaryIO]]:
    """Yield (name, open file) of each regular file of a tar, in order; read each before the next.

    Raises AtlasError for members that tarfile's data filter refuses (outside the folder, devices) and for links and
    sparse files, which no upstream archive has. The stream is read to its end, since only there its checksum is
    compared.
    """
    metered = _Metered(stream, allowance.archive)
    with tarfile.open(fileobj=metered, mode="r|", bufsize=BLOCK, tarinfo=_Header) as tar:
        for member in tar:
            allowance.admit(member.name, member.size)
            metered.expect(member.size + BETWEEN)
            tarfile.data_filter(member, ".")
            if member.issym() or member.islnk():
                raise broken(allowance.archive, f"its member {member.name!r} is a link to {member.linkname!r}")
            if member.issparse():
                raise broken(allowance.archive, f"its member {member.name!r} is a sparse file")
            if member.isfile():
                yield member.name, tar.extractfile(member)
    metered.expect(AFTER)
    while metered.read(BLOCK):
        pass


def tar_gz_files(stream: BinaryIO, allowance: Allowance) -> Iterator[tuple[str, BinaryIO]]:
    """Yield the files of a gzip-compressed tar as `tar_files` does."""
    # Not tarfile's own "r|gz", which takes a file cut off between two members for a complete one
    with gzip.GzipFile(fileobj=stream) as plain:
        yield from tar_files(plain, allowance)


class _Portions(io.BufferedReader):
    """A file that is not read in one piece beyond any table of contents or photograph: zipfile asks for all at once."""

    def read(self, size: int | None = -1) -> bytes:
        """Read as any file does."""
        if size is not None and size > 2 * LARGEST:
            raise zipfile.BadZipFile(f"a part of {size:,} bytes where {2 * LARGEST:,} are more than enough")
        return super().read(size)


@contextmanager
def open_zip(path: Path, allowance: Allowance) -> Iterator[tuple[zipfile.ZipFile, list[str]]]:
    """Give a zip and the names of its regular files, after the same checks as for a tar."""
    with path.open("rb", buffering=0) as raw, _Portions(raw) as stream, zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            allowance.admit(member.filename, member.file_size)
            if member.compress_type not in COMPRESSIONS:
                raise broken(path, f"its member {member.filename!r} is neither stored nor deflated")
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise broken(path, f"its member {member.filename!r} is a link or a device")
        yield archive, [member.filename for member in archive.infolist() if not member.is_dir()]


@contextmanager
def open_tar_gz(path: Path, allowance: Allowance) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """Give the files of a .tar.gz as `tar_gz_files` does."""
    with path.open("rb") as stream:
        yield tar_gz_files(stream, allowance)
