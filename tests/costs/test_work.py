"""Multiply-adds and steps of trainings, against what they come to by hand; and the machines that do them."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import strict_yaml, studies
from cnnatlas.costs import machines, rates, work
from cnnatlas.costs.machines import Duration, Gpu
from cnnatlas.costs.work import Training
from cnnatlas.errors import AtlasError
from project import ROOT

SPEC = {
    **{"train_images": None, "test_time_mirror": False, "trainable": "all", "augmentation": {}, "epochs": 2},
    **{"test_each_epoch": False, "batch_size": 32, "progressive": 1.0},
}


@pytest.mark.parametrize(
    ("change", "passes", "steps"),
    [
        ({}, 2 * (3 * 100 + 20) + 130, 8),
        ({"train_images": 50}, 2 * (3 * 50 + 20) + 80, 4),  # only those that are learned are scored
        ({"test_each_epoch": True}, 2 * (3 * 100 + 20 + 10) + 130, 8),
        ({"test_time_mirror": True}, 2 * (3 * 100 + 20) + 160, 8),  # mirror images of the two last splits
        ({"trainable": "head"}, 130 + 130, 8),  # its base sees every image once, and again for the scores
        ({"trainable": "head", "train_images": 50}, 130 + 80, 4),  # every image, though few are learned
        ({"trainable": "head", "progressive": 0.5}, 2 * (100 * (0.75 * 7 / 12 + 0.25) + 20) + 130, 8),  # of many sizes
        ({"trainable": "head", "augmentation": {"flip": True}}, 2 * (100 + 20) + 130, 8),  # it has no backward pass
        ({"progressive": 0.5}, 2 * (3 * 100 * (0.75 * 7 / 12 + 0.25) + 20) + 130, 8),  # 7/12: of a side from 0.5 to 1
    ],
)
def test_a_training_passes_images_forward_and_backward(change, passes, steps):
    found = work.training("d1", SPEC | change, (100, 20, 10), 7, 5)
    assert found == Training("d1", round(7 * passes), steps, 5)


def test_every_variant_of_a_run_is_counted_once_and_a_larger_image_is_more_work():
    config, files = configuration.completed(ROOT, strict_yaml.load(ROOT / "config/embedded.yaml").content, [])
    atlas = studies.load(ROOT, config, files)
    found = work.trainings(atlas, "embedded")
    assert found.keys() == atlas.specs.keys()
    assert all(training.multiply_adds > 0 and training.parameters > 0 for training in found.values())
    assert torch.get_default_device().type == "cpu"


def test_a_folder_of_images_counts_its_files(tmp_path):
    for number in range(20):
        folder = tmp_path / str(number % 2)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.png").touch()
    split = {"shares": {"train": 8, "validation": 1, "test": 1}}
    atlas = SimpleNamespace(datasets={"digits": {"folder": str(tmp_path), "split": split}})
    assert work.images(atlas, "upstream") == {"digits": [16, 2, 2]}


def test_an_archive_that_nobody_has_counted_is_one_line():
    atlas = SimpleNamespace(datasets={"svhn": {"file": "svhn.zip"}})
    with pytest.raises(AtlasError, match=r"rates.yaml: `images: upstream:` does not say how many images .*`svhn`"):
        work.images(atlas, "upstream")


def test_what_the_check_of_networks_has_counted_is_enough_to_expect_trainings(tmp_path):
    config, files = configuration.completed(ROOT, strict_yaml.load(ROOT / "config/embedded.yaml").content, [])
    atlas, checked = studies.load(ROOT, config, files), tmp_path / "networks.json"
    assert machines.expected(atlas, "embedded", checked) == {}
    for text in (
        "{",
        "{}",
        "[]",
        '{"networks": 2}',
        '{"multiply_adds": null}',
        '{"multiply_adds": {"d1_shallow": []}}',
    ):
        checked.write_text(text)
        assert machines.expected(atlas, "embedded", checked) == {}
    checked.write_text('{"multiply_adds": {"d1_shallow": 10000000, "of_another_run": 1}}')
    training = work.trainings(atlas, "embedded", {"d1_shallow": 10_000_000})["d1_shallow"]
    assert machines.expected(atlas, "embedded", checked) == {
        "d1_shallow": Duration(machines.processor_seconds(training, "embedded"))
    }
    assert machines.expected(atlas, "embedded", checked, gpus=1) == {
        "d1_shallow": Duration(machines.assumed_gpu().seconds(training), on_gpu=True)
    }


@pytest.mark.parametrize("kind", ["images", "archives"])
@pytest.mark.parametrize("collection", ["embedded", "upstream"])
def test_every_archive_of_the_project_is_known(kind, collection):
    datasets = strict_yaml.load(ROOT / "config/datasets.yaml").content
    assert rates.measured()[kind][collection].keys() == datasets.keys()


def test_the_longest_job_is_placed_first():
    assert machines.makespan([1, 1, 1, 3], 2) == 3
    assert np.isclose(machines.makespan([2.0] * 3, 1), 6)


def test_a_gpu_waits_for_arithmetic_or_for_steps():
    gpu = Gpu("one", tflops=1, share=0.5, step=0.1, start=10)
    assert gpu.seconds(Training("a", 10**12, 1)) == 10 + 4
    assert gpu.seconds(Training("a", 1, 100)) == 10 + 10
