"""README's recipe for an attribution method: one file, one row, one line; then it is drawn, described and reported."""

import json
import shutil

import pytest

from cnnatlas.evaluation.markers import VOID
from project import Project

pytestmark = pytest.mark.slow

METHOD = '''"""The gradient times the image."""

from cnnatlas.interpretation.hooks import prepared, untouched
from cnnatlas.interpretation.methods.gradient import logit_gradient, target_indices


def input_x_gradient(network, images, targets):
    """Share of each pixel in the target logit to first order: Shrikumar et al. (1605.01713)."""
    x = prepared(network, images)
    with untouched(network):
        slopes = logit_gradient(network, x, target_indices(network, x, targets))
    return {"attribution": (x * slopes).cpu().numpy()}
'''
ROW = '    "input_x_gradient": Method("attribution", "input x gradient", EVIDENCE, sign="either"),\n'
LINE = "      input_x_gradient: {images: {extremes: 1}}\n"


def test_an_attribution_method_is_in_the_report(finished, tmp_path):
    project = Project(shutil.copytree(finished.folder, tmp_path, symlinks=True, dirs_exist_ok=True))
    room = "scripts/cnnatlas/interpretation"
    (tmp_path / room / "methods" / "input_x_gradient.py").write_text(METHOD)
    project.edit(f"{room}/declarations.py", '    "feature_maps":', ROW + '    "feature_maps":')
    project.edit("config/interpretation.yaml", "    d1_shallow:\n", "    d1_shallow:\n" + LINE)
    done = project.snakemake("results/tiny/report/build/d.ipynb")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    folder = tmp_path / "results" / "tiny" / "interpretation" / "d1_shallow" / "input_x_gradient"
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in ("right.png", "wrong.png"))
    text, wrong = json.loads((folder / "summary.json").read_text())["sentences"]
    assert wrong.startswith("The network misclassifies")
    outputs = [
        output for cell in json.loads((tmp_path / "results/tiny/report/build/d.ipynb").read_text())["cells"]
        for output in cell.get("outputs", [])
    ]  # fmt: skip
    shown = ["".join(output["data"].get("text/markdown", "")) for output in outputs]
    metrics = json.loads((tmp_path / "results/tiny/evaluation/d1_shallow/seed0/metrics.json").read_text())
    void = {flag["flag"] for flag in metrics["flags"]} & set(VOID)
    assert (text in shown) == (not void)  # a network at chance, as after one epoch, gets figures and no words
    assert any(
        part.startswith("## “") and "input x gradient {#sec-d1-shallow-input-x-gradient}" in part for part in shown
    )
    labels = [output["metadata"].get("report", {}).get("label") for output in outputs]
    assert {f"fig-d1-shallow-input-x-gradient-{name}" for name in ("right", "wrong")} <= set(labels)
