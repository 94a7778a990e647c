"""An augmentation is added by README's recipe: one file, and only the variants that name it depend on it."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from project import ROOT, Project, copy_project

FILE = "scripts/cnnatlas/training/augmentations/greyscale.py"
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
# Applies the new augmentation alone to 16 images of one colour each
APPLIED = """
import json, sys

sys.path.insert(0, "scripts")
import torch
from cnnatlas.training.augmentations.pipeline import Pipeline

pipeline = Pipeline({"greyscale": 0.5}, torch.zeros(3), torch.Generator().manual_seed(0))
images = torch.tensor([200, 100, 50], dtype=torch.uint8).expand(16, 8, 8, 3)
applied, _ = pipeline(images, torch.arange(16), torch.zeros(16))
print(json.dumps([pipeline.mixes, applied[:, :, 0, 0].tolist()]))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return copy_project(tmp_path_factory.mktemp("greyscale"))


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
        "variants:\n  d2_greyscale:\n    title: Greyscale\n    architecture: {name: stl_deep}\n"
        "    augmentation: {flip: true, greyscale: 0.2}\n",
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
    spec, files = after.pop("d2_greyscale")
    assert spec["augmentation"] == {"flip": True, "greyscale": 0.2}
    assert files == [FILE.replace("greyscale", "flip"), FILE]
    assert after == before


@pytest.mark.slow
def test_it_takes_the_colours_from_some_images_and_leaves_the_others(added):
    mixes, colours = output(added, APPLIED)
    assert not mixes
    luma = np.array([0.299, 0.587, 0.114]) @ [200, 100, 50] / 255
    grey = [np.allclose(colour, luma, atol=1e-6) for colour in colours]
    left = [np.allclose(colour, np.array([200, 100, 50]) / 255) for colour in colours]
    assert 0 < sum(grey) < 16 and sum(grey) + sum(left) == 16


@pytest.mark.slow
def test_the_file_is_an_input_of_that_training_alone(added):
    assert list(added.readers()[FILE]) == [("train", "d2_greyscale")]
