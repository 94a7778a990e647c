"""What all tests share."""

import shutil
import sys
from pathlib import Path

import pytest

from project import ROOT


@pytest.fixture(autouse=True)
def one_thread():
    """Networks this small run faster on one thread, and on a busy machine many times so."""
    torch = sys.modules.get("torch")  # not imported where a test has no need of it
    threads = torch.get_num_threads() if torch else None
    if torch:
        torch.set_num_threads(1)
    yield
    if torch:
        torch.set_num_threads(threads)


def pytest_runtest_setup(item):
    """Tests marked `gpu` run wherever torch finds one."""
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs a GPU")


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with a copy of the real configuration, for tests to edit."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path
