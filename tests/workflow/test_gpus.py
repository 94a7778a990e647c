"""The GPUs of a machine are counted without torch."""

import pytest

from cnnatlas.workflow import gpus

LISTED = """GPU 0: NVIDIA H200 (UUID: GPU-1b2c)
  MIG 1g.18gb Device 0: (UUID: MIG-3d4e)
GPU 1: NVIDIA H200 (UUID: GPU-5f60)
"""


@pytest.fixture
def machine(tmp_path):
    """An environment in which nvidia-smi prints what a test says."""

    def made(printed: str) -> dict[str, str]:
        command = tmp_path / "nvidia-smi"
        command.write_text(f"#!/bin/sh\n/bin/cat <<END\n{printed}END\n")
        command.chmod(0o755)
        return {"PATH": str(tmp_path)}

    return made


def test_a_machine_without_a_driver_has_none(tmp_path):
    assert gpus.visible({"PATH": str(tmp_path)}) == 0


def test_a_driver_without_a_gpu_has_none(machine):
    assert gpus.visible(machine("No devices found.\n")) == 0


@pytest.mark.parametrize(("chosen", "count"), [(None, 2), ("0,1", 2), ("1", 1), ("", 0), ("-1", 0), ("0,-1,1", 1)])
def test_hidden_gpus_do_not_count(machine, chosen, count):
    environment = machine(LISTED)
    if chosen is not None:
        environment["CUDA_VISIBLE_DEVICES"] = chosen
    assert gpus.visible(environment) == count


def test_hidden_from_jobs_none_is_left(machine):
    environment = machine(LISTED)
    gpus.hide(environment)
    assert gpus.visible(environment) == 0


def test_a_driver_that_does_not_answer_is_named(machine, monkeypatch):
    environment = machine("$(/bin/sleep 30)\n")
    monkeypatch.setattr(gpus, "PATIENCE", 0.2)
    with pytest.raises(gpus.AtlasError, match=r"gpus: nvidia-smi has not answered .* `--config gpus=NUMBER"):
        gpus.visible(environment)
