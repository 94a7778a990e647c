"""What all tests share."""

import shutil
from pathlib import Path

import pytest

from project import ROOT


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with a copy of the real configuration, for tests to edit."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path
