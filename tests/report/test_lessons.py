"""Lessons whose words depend on the run say what its results hold."""

import re
from pathlib import Path

import nbformat
import pytest

from cnnatlas.report import lessons

ONE_SEED = re.compile(r"""metrics(\[[^]]*\])*\[["'](balanced_)?accuracy["']\]""")  # of a variant's first one
FLATTENED = {
    "parameters": 1000,
    "layers": [
        {"type": "Conv2d", "output": [8, 32, 32], "parameters": 100},
        {"type": "MaxPool2d", "output": [8, 4, 4], "parameters": 0},
        {"type": "Flatten", "output": [128], "parameters": 0},
        {"type": "Linear", "output": [10], "parameters": 900},
    ],
}


def entry(variant, mean, low, epochs=4.0, images=2000, held_out=1000, diverged=0):
    accuracy = {"train": {"images": images}, "validation": {"mean": mean, "low": low, "high": 1.0, "images": held_out}}
    return {"variant": variant, "epochs": epochs, "seeds": 1, "diverged": diverged, "accuracy": accuracy}


def test_dense_layers_are_set_against_the_maps_before_them():
    assert "90.0 % of the parameters" in lessons.unpooled(FLATTENED)
    assert "4 × 4 positions" in lessons.unpooled(FLATTENED)
    assert "4 × 4 of 32 × 32, and the layer holds 90.0 %" in lessons.pooled(FLATTENED)


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([], "No other variant lies"),
        ([entry("b", 0.6, 0.5)], "No other variant lies"),
        ([entry("b", 0.7, 0.6)], "Of 1 other variant, 1 lies"),
        ([entry("b", 0.75, 0.6), entry("c", 0.6, 0.5), entry("d", 0.79, 0.7)], "Of 3 other variants, 2 lie"),
    ],
)
def test_a_choice_is_close_where_others_lie_within_its_interval(others, words):
    best = entry("a", 0.8, 0.7)
    assert words in lessons.best_of_all([best, *others, best])


@pytest.mark.parametrize(
    ("seeds", "over"), [(1, "over images: "), (6, "over images, or over seeds where that is wider: ")]
)
def test_a_clear_choice_says_what_its_interval_is_over(seeds, over):
    said = lessons.best_of_all([entry("a", 0.8, 0.7) | {"seeds": seeds}])
    assert f"{over}trained with other seeds, another may be chosen." in said


def test_an_interval_over_seeds_does_not_make_a_choice_on_few_images_a_clear_one():
    """Two seeds that happen to agree have an interval of no width; other images would differ by some points."""
    assert "1 lies within" in lessons.best_of_all([entry("a", 0.8, 0.8, held_out=100), entry("b", 0.79, 0.79)])


def test_the_gap_between_training_and_validation_is_that_of_means_over_seeds():
    assert lessons.gap({"accuracy": {"train": {"mean": 0.5}, "validation": {"mean": 0.525}}}) == "−2.5"


@pytest.mark.parametrize("chapter", ["a", "b", "c", "d", "e"])
def test_a_chapter_that_gives_the_accuracy_of_one_seed_says_of_which(chapter):
    cells = nbformat.read(Path("report/notebooks") / f"{chapter}.ipynb", nbformat.NO_CONVERT).cells
    given = [cell.source for cell in cells if ONE_SEED.search(cell.source)]
    assert [source for source in given if ".of_seed" not in source] == []


def test_few_images_and_memory_are_counted():
    assert "On 150 test images, an accuracy of 75 % has a 95 % interval that is 13.8 points wide" in lessons.few_images(
        150
    )
    stored = {"images": 600, "size": [144, 144]}
    assert "All 600 images take 37.3 MB at 144 × 144 pixels as they are stored. What" in lessons.in_memory(stored, 144)
    assert "stored. What" in lessons.in_memory(stored, None)
    assert "stored, and 4.1 MB at 48 × 48 pixels as the network takes them. What" in lessons.in_memory(stored, 48)
    assert "of 5 to 20,000 parameters" in lessons.one_loop([20000, 5])


@pytest.mark.parametrize("chapter", ["a", "b", "c", "d", "e"])
def test_every_section_that_answers_an_item_ends_with_a_lesson(chapter):
    cells = nbformat.read(Path("report/notebooks") / f"{chapter}.ipynb", nbformat.NO_CONVERT).cells
    sections, current = {}, None
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            current = cell.source.split("\n")[0]
        sections.setdefault(current, []).append(cell.source)
    answered = {title: "\n".join(cells) for title, cells in sections.items() if "this.answer(" in "\n".join(cells)}
    assert [title for title, text in answered.items() if "learn from it" not in text and "lessons." not in text] == []


def test_a_choice_among_unequal_budgets_says_so():
    same = lessons.best_of_all([entry("a", 0.8, 0.7), entry("b", 0.6, 0.5)])
    assert "budgets" not in same
    said = lessons.best_of_all([entry("a", 0.8, 0.7, 8.0, 10000), entry("b", 0.6, 0.5)])
    assert said.endswith(
        "Their budgets differ (4 to 8 epochs and 2,000 to 10,000 training images): the best need not be the best "
        "design."
    )


def test_epochs_that_a_diverged_training_did_not_run_are_no_smaller_budget():
    diverged = entry("b", 0.1, 0.09, epochs=0.0, diverged=1)
    assert "budgets" not in lessons.best_of_all([entry("a", 0.8, 0.7), diverged])
    said = lessons.best_of_all([entry("a", 0.8, 0.7), diverged, entry("c", 0.6, 0.5, epochs=20.0)])
    assert "Their budgets differ (4 to 20 epochs):" in said
    assert "budgets" not in lessons.best_of_all([diverged])


def test_the_size_of_the_last_maps_is_told():
    assert lessons.map_size(FLATTENED).startswith("The last maps have 4 × 4 values")


def layer(size, kernel, stride, padding, output):
    window = {"kernel": [kernel] * 2, "stride": [stride] * 2, "padding": [padding] * 2}
    return {"input": [3, size, size], "output": [8, output, output], **window}


def test_rows_that_strides_leave_out_are_counted():
    """The shallow network of assignment D: 7x7 and 5x5 of stride 2, 3x3 of stride 2, pooling by 3."""
    layers = [layer(96, 7, 2, 0, 45), layer(45, 5, 2, 0, 21), layer(21, 3, 2, 0, 10), layer(10, 3, 3, 0, 3)]
    said = lessons.unread({"layers": [*layers, {"output": [10]}]})
    assert "reads 87 of 96 rows and columns" in said and "leave out the last 9:" in said and "30.4 %" in said
    assert lessons.unread({"layers": [layer(32, 3, 1, 1, 32), layer(32, 2, 2, 0, 16)]}) == ""
    far = lessons.unread({"layers": [layer(15, 2, 2, 0, 7), layer(7, 2, 2, 0, 3), layer(3, 2, 2, 0, 1)]})
    assert "reads 8 of 15 rows" in far and "has 28.2 % of its mass" in far  # less than the central quarter holds
