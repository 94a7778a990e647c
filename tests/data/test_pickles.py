import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from cnnatlas.data import pickles
from cnnatlas.errors import AtlasError

ARCHIVE = Path("some.tar.gz")


def load(content):
    return pickles.load(io.BytesIO(content), ARCHIVE, "batch_1")


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_arrays_and_plain_values_are_read(protocol):
    value = {"data": np.arange(6, dtype=np.uint8).reshape(2, 3), "labels": [1, 2], "name": "x", "raw": b"\xff"}
    found = load(pickle.dumps(value, protocol=protocol))
    assert np.array_equal(found.pop("data"), value.pop("data"))
    assert found == value


def test_numpys_module_name_of_2009_is_read_and_text_of_python_2_becomes_str():
    content = pickle.dumps({"data": np.arange(3, dtype=np.uint8)}, protocol=2)
    old = content.replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
    assert b"numpy.core.multiarray" in old
    assert load(old)["data"].tolist() == [0, 1, 2]
    assert load(b"\x80\x02U\x03catq\x00.") == "cat"


class Command:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def test_a_foreign_class_is_refused_and_does_not_run(tmp_path):
    content = pickle.dumps({"data": Command(tmp_path / "owned")})
    with pytest.raises(AtlasError, match=r"some\.tar\.gz.*batch_1.*posix\.system"):
        load(content)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    "call", ["numpy\nload\n", "numpy.core.multiarray\nfromfile\n", "builtins\neval\n", "cnnatlas.files\nread_json\n"]
)
def test_only_the_listed_names_are_allowed(call):
    with pytest.raises(AtlasError, match="no data file needs"):
        load(b"\x80\x02c" + call.encode() + b".")


@pytest.mark.parametrize(
    "content", [b"", b"\x80", b"garbage", pickle.dumps({"a": list(range(300))})[:-10], b"\x80\x02b."]
)
def test_a_damaged_pickle_is_one_readable_error(content):
    with pytest.raises(AtlasError, match=r"some\.tar\.gz.*batch_1"):
        load(content)
