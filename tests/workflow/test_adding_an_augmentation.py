"""An augmentation is added by README's recipe: one file, and only the variants that name it depend on it."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from project import ROOT, Project, copy_project

FILE = "scripts/cnnatlas/training/augmentations/mixup.py"
# Prints what the plan makes of each variant: its training's spec, and the sources of the augmentations in it
PLAN = """
import json, sys
from pathlib import Path

sys.path.insert(0, "scripts")
from cnnatlas.configuration import run, studies
from cnnatlas.training.augmentations import registry

config, files = run.completed(".", {}, [])
atlas = studies.load(Path.cwd(), config, files)
print(json.dumps({v: [atlas.training_spec(v), registry.files(s["augmentation"])] for v, s in atlas.specs.items()}))
"""
# Applies the new augmentation alone to 16 images of one grey each
MIX = """
import json, sys

sys.path.insert(0, "scripts")
import torch
from cnnatlas.training.augmentations.pipeline import Pipeline

pipeline = Pipeline({"mixup": 0.5}, torch.zeros(3), torch.Generator().manual_seed(0))
images = (17 * torch.arange(16, dtype=torch.uint8))[:, None, None, None].expand(16, 8, 8, 3)
mixed, targets = pipeline(images, torch.arange(16), torch.eye(16))
print(json.dumps([pipeline.mixes, mixed.flatten(1).tolist(), targets.tolist()]))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return copy_project(tmp_path_factory.mktemp("mixup"))


@pytest.fixture(scope="module")
def before(project) -> dict:
    return output(project, PLAN)


@pytest.fixture(scope="module")
def added(project, before) -> Project:
    """The project with the file that README shows, and a variant that names it."""
    recipe = re.search(rf"```python\n# {FILE}\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    (project.folder / FILE).write_text(recipe[1])
    project.edit(
        "config/studies/stl10.yaml",
        "variants:\n",
        "variants:\n  d2_mixup:\n    title: MixUp\n    architecture: {name: stl_deep}\n"
        "    augmentation: {flip: true, mixup: 0.2}\n",
    )
    return project


def output(project: Project, code: str) -> object:
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.slow
def test_only_the_variant_that_names_it_depends_on_it(added, before):
    after = output(added, PLAN)
    spec, files = after.pop("d2_mixup")
    assert spec["augmentation"] == {"flip": True, "mixup": 0.2}
    assert files == [FILE.replace("mixup", "flip"), FILE]
    assert after == before


@pytest.mark.slow
def test_it_mixes_images_and_targets_by_the_same_weights(added):
    mixes, images, targets = output(added, MIX)
    assert mixes
    greys = np.arange(16) / 15
    assert np.allclose(np.array(images), (np.array(targets) @ greys)[:, None], atol=1e-6)
    mixed = [max(target) < 1 for target in targets]
    assert 0 < sum(mixed) < 16


@pytest.mark.slow
def test_the_file_is_an_input_of_that_training_alone(added):
    assert list(added.readers()[FILE]) == [("train", "d2_mixup")]
