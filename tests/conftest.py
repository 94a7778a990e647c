"""What tests share: the project's root and copies of its real configuration."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with a copy of the real configuration, for tests to edit."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file; the test is wrong where it is not there."""
    text = file.read_text()
    assert old in text, f"{file} does not contain {old!r}"
    file.write_text(text.replace(old, new, 1))
