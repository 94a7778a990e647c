"""Archives and files of the upstream formats, written so that equal contents are equal bytes."""

import gzip
import io
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Mapping

import numpy as np
from PIL import Image

EPOCH = (2020, 1, 1, 0, 0, 0)  # one date for all zip members; tar members have 0
QUALITY = 85  # of JPEGs, as PIL counts it


class _Python2Pickler(pickle._Pickler):
    """Writes bytes as Python 2 wrote its str, and numpy's constructor under its name of 2009: as CIFAR-10 has them."""

    def save_bytes(self, obj: bytes) -> None:
        """Write a string opcode instead of a call of _codecs.encode."""
        short = len(obj) < 256
        length = bytes([len(obj)]) if short else struct.pack("<i", len(obj))
        self.write((pickle.SHORT_BINSTRING if short else pickle.BINSTRING) + length + obj)
        self.memoize(obj)

    def save_global(self, obj, name=None) -> None:
        """Write numpy's private module names as they were."""
        if name == "_reconstruct":
            self.write(b"cnumpy.core.multiarray\n_reconstruct\n")
            self.memoize(obj)
        else:
            super().save_global(obj, name)

    dispatch = {**pickle._Pickler.dispatch, bytes: save_bytes}  # noqa: RUF012 (the base class's own name)


def python2_pickle(value: object) -> bytes:
    """Return a protocol-2 pickle that Python 2 could have written; read it with encoding="bytes"."""
    stream = io.BytesIO()
    _Python2Pickler(stream, protocol=2).dump(value)
    return stream.getvalue()


def tar_gz(files: Mapping[str, bytes]) -> bytes:
    """Return files, in the mapping's order, as a gzip-compressed tar without dates or owners."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=packed, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w") as tar,
    ):
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files, in the mapping's order, as a zip without compression (JPEGs do not get smaller)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return packed.getvalue()


def jpeg(image: np.ndarray) -> bytes:
    """Return (H, W, 3) uint8, or (H, W) for grey, as a JPEG."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()
