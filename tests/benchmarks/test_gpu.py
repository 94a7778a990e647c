"""The check of a GPU does all that it can without one, on networks of a few weights."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from project import ROOT
from training.test_loop import spec

# Packages that the machine with the GPU does not have
WITHOUT = """
import runpy, sys
sys.modules |= dict.fromkeys(["captum", "jsonschema", "nbformat", "papermill", "pooch", "snakemake", "typst"])
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
VGG = {"name": "vgg", "widths": [4, 8], "blocks": [1, 1], "dense": [8], "dropout": 0.3, "batch_norm": True}
NETWORKS = {"a2b_final": {"name": "whitened", "widths": [8, 16]}, "a2a_vgg_bn": VGG}


@pytest.mark.slow
def test_all_checks_run_on_a_cpu_with_little_installed(tmp_path):
    specs = {name: {"spec": spec(architecture=net), "size": 16, "classes": 10} for name, net in NETWORKS.items()}
    specs["a2b_final"]["spec"]["test_time_mirror"] = True
    (tmp_path / "specs.json").write_text(json.dumps(specs))
    images = np.random.default_rng(0).integers(0, 256, (240, 16, 16, 3), dtype=np.uint8)
    index = np.arange(240).reshape(3, 80)
    split = dict(zip(("train", "validation", "test"), index, strict=True))
    np.savez(tmp_path / "cifar10-0.npz", images=images, labels=np.arange(240) % 10, **split)
    command = [sys.executable, "-c", WITHOUT, str(ROOT / "benchmarks/gpu.py"), "check", str(tmp_path), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads((tmp_path / "gpu.json").read_text())["rows"]
    checks = {row["check"] for row in rows}
    assert checks == {"agreement", "bits", "memory", "waits", "speed", "together", "recipe"}
    subjects = {row["subject"]: row["passed"] for row in rows}
    assert subjects["killed and resumed"] and subjects["network a2b_final"] and subjects["method cam"]
    assert any(row["check"] == "recipe" and "test images, mirrored" in row["result"] for row in rows)
    assert subjects["method smooth_grad"] is None  # not tried, and not said to hold


def test_what_is_not_compared_is_named_with_its_kind_and_reason(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import gpu
    import gpu_agreement

    declared = gpu_agreement.declarations() | {"greyscale": None}
    monkeypatch.setattr(gpu_agreement, "declarations", lambda: declared)
    monkeypatch.setattr(gpu_agreement, "find_spec", lambda name: None)
    for name in ("_augmentation", "_optimiser", "_method"):
        monkeypatch.setattr(gpu_agreement, name, lambda subject, device: 0.0)
    rows = [(row.subject, row.result) for row in gpu.agreement(gpu.Setting(ROOT, {}, torch.device("cpu"), quick=True))]
    assert ("augmentation greyscale", "benchmarks/gpu_agreement.py has no value for it: not tried") in rows
    assert ("method smooth_grad", "captum is missing: not tried") in rows
    subjects = [subject for subject, _ in rows]
    assert len(set(subjects)) == len(subjects) and {"augmentation flip", "method cam"} <= set(subjects)


@pytest.mark.slow
def test_a_failed_check_ends_with_status_1_and_the_others_are_made(tmp_path):
    broken = {"spec": spec(architecture={"name": "vgg", "widths": []}), "size": 16, "classes": 10}
    (tmp_path / "specs.json").write_text(json.dumps({"a2b_final": broken}))
    command = [sys.executable, str(ROOT / "benchmarks/gpu.py"), "check", str(tmp_path), "--quick"]
    done = subprocess.run([*command, "--only", "agreement", "memory"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "FAILED" in done.stdout and "no GPU" in done.stdout


@pytest.mark.slow
def test_what_is_prepared_has_every_architecture(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "benchmarks/gpu.py"), "prepare", str(tmp_path)], check=True)
    specs = json.loads((tmp_path / "specs.json").read_text())
    from cnnatlas.architectures.registry import names

    found = {entry["spec"]["architecture"]["name"] for entry in specs.values()}
    assert found == set(names()) - {"on_base"}
    assert {"a2b_final", "a2a_vgg_bn"} <= set(specs)
