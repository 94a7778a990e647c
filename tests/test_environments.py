"""The conda environments hold the lock's versions, and all that their groups ask for."""

import importlib.util
import shutil

import pytest

from project import ROOT, edit


@pytest.fixture
def pin(tmp_path, monkeypatch):
    specification = importlib.util.spec_from_file_location("pin", ROOT / "workflow" / "envs" / "pin.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    for name in ("environment.yml", "pyproject.toml", "requirements.lock", "workflow/envs"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, target)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "LOCK", tmp_path / "requirements.lock")
    return module


def test_they_agree(pin):
    assert pin.disagreements() == []


def test_another_version_is_named(pin):
    edit(pin.ROOT / "workflow/envs/report.yaml", "papermill==", "papermill==0.")
    assert [line for line in pin.disagreements() if "workflow/envs/report.yaml" in line and "papermill" in line]


def test_a_missing_dependency_is_named(pin):
    edit(pin.ROOT / "pyproject.toml", "compute = [\n", 'compute = [\n    "arrow",\n')
    assert {line.partition(":")[0] for line in pin.disagreements()} == {"environment.yml", "workflow/envs/compute.yaml"}


def test_every_rule_has_an_environment_that_exists():
    for file in (ROOT / "workflow" / "rules").glob("*.smk"):
        text = file.read_text()
        named = [line.strip().strip('"') for line in text.splitlines() if line.strip().startswith('"../envs/')]
        assert len(named) == text.count("\nrule "), file.name
        assert all((file.parent / name).resolve().is_file() for name in named)
