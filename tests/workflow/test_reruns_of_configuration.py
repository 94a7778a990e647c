"""After an edit of the configuration, exactly the jobs it concerns run again: none missing, none extra (X1, U6)."""

from collections import Counter

import pytest
from reruns_expected import CHAPTERS, SPECS, after, figures_of, jobs, variants

pytestmark = pytest.mark.slow

STL10 = "config/studies/stl10.yaml"
SCHEDULES = "config/studies/schedules_cifar10.yaml"
DENSE_HEAD = "config/studies/dense_head_cifar10.yaml"
INTERPRETATION = "config/interpretation.yaml"
DATA = "config/datasets.yaml"
ITEMS = "config/items.yaml"
DECLARATIONS = "scripts/cnnatlas/interpretation/declarations.py"
WIDER = """variants:
  d2_wider:
    title: Deep CNN, wider
    architecture: {name: stl_deep, widths: [64, 128, 256, 384]}
"""
SMALLER_BATCHES = """title: Smaller batches on STL-10
question: What do smaller batches change?

variants:
  d2_smaller_batches:
    title: Deep CNN, smaller batches
    dataset: stl10
    architecture: {name: stl_deep}
    epochs: 2

compare: []
"""

# What is edited -> file, old, new, the jobs that run
EDITS = {
    "a default, of those that take it": (
        *("config/defaults.yaml", "warmup: 0.2 ", "warmup: 0.3 "),
        after(jobs(train=[v for v in variants(schedule="one_cycle") if SPECS[v]["schedule"]["warmup"] == 0.2])),
    ),
    "a study's common part": (
        *(STL10, "common:\n", "common:\n  label_smoothing: 0.05\n"),
        after(jobs(train=[v for v in variants(dataset="stl10", label_smoothing=0.0) if v.startswith("d")])),
    ),
    "a key of one variant": (
        *(STL10, "test_time_mirror: true", "test_time_mirror: false"),
        after(jobs(train="d2_own")),
    ),
    "a key of what others are trained from": (
        *(DENSE_HEAD, "    architecture: {batch_norm: true}\n", "    architecture: {batch_norm: true}\n    l1: 0.1\n"),
        after(jobs(train="a2a_vgg_bn")),
    ),
    "one value of a sweep": (
        *(SCHEDULES, "0.35, 0.5, 0.8]", "0.35, 0.6, 0.8]"),
        jobs(train="b2_gamma_0.6", evaluate="b2_gamma_0.6", list_results="")
        + after(jobs(compare="schedules_cifar10", figure_group="schedules_cifar10/b2_gamma"))
        | after(jobs(execute=("b", "findings", "introduction"))),
    ),
    "one trial more": (
        *("config/studies/blocks_cifar10.yaml", "trials: 5", "trials: 6"),
        jobs(train="c2c_trial_6", evaluate="c2c_trial_6", list_results="")
        + after(jobs(compare="blocks_cifar10", figure_group="blocks_cifar10/c2c_trial"))
        | after(jobs(execute=("b", "findings", "introduction"))),
    ),
    "an item's text": (ITEMS, "One DAG from data", "One graph from data", after(jobs(execute="findings"))),
    "what answers an item": (
        *(ITEMS, "answered_by: [sec-run] }", "answered_by: [sec-run, sec-environment] }"),
        after(jobs(labels="", execute="findings")),
    ),
    "a study's title": (
        *(STL10, "title: A shallow and", "title: One shallow and"),
        after(jobs(compare="stl10", execute="d")),
    ),
    "a variant's title": (
        *(STL10, "title: Deep CNN (tables 2 and 3)", "title: Deep CNN (tables)"),
        after(jobs(compare="stl10", figure_overlay="stl10", execute="b", list_results="")),
    ),
    "one variant more to inspect": (
        *(STL10, "inspect: [d1_shallow, d2_deep, ", "inspect: [d1_shallow, d2_deep, d2_deep_normalised, "),
        jobs(
            figure_curves="d2_deep_normalised",
            figure_confusion="d2_deep_normalised",
            figure_gallery="d2_deep_normalised",
            figure_gains="stl10/d2_deep/d2_deep_normalised",
        )
        + after(jobs(execute=["d", "findings"])),
    ),
    "one pair more to compare": (
        *(STL10, "compare:\n", "compare:\n  - [d1_shallow, d2_own]\n"),
        jobs(figure_gains="stl10/d1_shallow/d2_own") + after(jobs(compare="stl10")),
    ),
    "what a factorial calls its factors": (
        *(DENSE_HEAD, "factors: [batch normalisation, dropout]", "factors: [normalisation, dropout]"),
        after(jobs(compare="dense_head_cifar10")),
    ),
    "a new variant": (
        *(STL10, "variants:\n", WIDER),
        jobs(train="d2_wider", evaluate="d2_wider", list_results="")
        + after(jobs(compare="stl10", figure_overlay="stl10", execute=("b", "findings", "introduction"))),
    ),
    "a new study of no assignment": (
        *("config/studies/smaller_batches.yaml", None, SMALLER_BATCHES),
        jobs(train="d2_smaller_batches", evaluate="d2_smaller_batches", list_results="")
        + jobs(
            compare="smaller_batches", figure_overlay="smaller_batches", figure_accuracy="smaller_batches", explorer=""
        )
        + after(jobs(execute=("b", "findings", "further_studies", "introduction"))),
    ),
    "an overlay of one variant": (
        *("config/tiny.yaml", "resolution: 16", "resolution: 24"),
        after(jobs(train="e3_resnet18_small")),
    ),
    "a thread count": (
        *("config/tiny.yaml", "\n  variants:\n", "\n  variants:\n    d1_shallow: {threads: 2}\n"),
        after(jobs(train="d1_shallow")),
    ),
    "one seed more": (
        *("config/tiny.yaml", "\n  variants:\n", "\n  variants:\n    d1_shallow: {seeds: [0, 1]}\n"),
        jobs(train="d1_shallow", evaluate="d1_shallow", figure_curves="d1_shallow", list_results="")
        + after(jobs(compare="stl10", figure_overlay="stl10", execute=("b", "findings", "introduction"))),
    ),
    "the command that captions name": ("config/tiny.yaml", "--cores 2", "--cores 3", after(jobs(execute=CHAPTERS))),
    "a method's option": (
        *(INTERPRETATION, "patch: 12, stride: 12", "patch: 16, stride: 4"),
        after(jobs(interpret="d1_shallow/occlusion")),
    ),
    "a method's layers": (
        *(INTERPRETATION, "[network.relu1, network.relu2]", "[network.relu2, network.relu1]"),
        after(jobs(interpret="e1a_lenet5/feature_maps")),
    ),
    "one method more": (
        *(INTERPRETATION, "    c1c_basic:\n", "    c1c_basic:\n      gradient: {images: {sample: 2}}\n"),
        jobs(masks="cats_dogs", interpret="c1c_basic/gradient", summarise="c1c_basic/gradient")
        + jobs(figure_interpretation="c1c_basic/gradient/all.png")
        + after(jobs(execute=["c", "findings"])),
    ),
    "one method less": (
        INTERPRETATION,
        "      grad_cam: {images: {extremes: 1}}",
        "",
        after(jobs(execute=["a", "findings"])),
    ),
    "an option of a method that is tested for reliability": (
        *(INTERPRETATION, "occlusion: {patch: 16, stride: 16}", "occlusion: {patch: 16, stride: 8}"),
        after(jobs(reliability="d2_own")),
    ),
    "a method's title": (
        *(DECLARATIONS, '"integrated gradients"', '"integrated gradient"'),
        after(jobs(figure_reliability="d2_own", execute="b")),
    ),
    "the meaning of a method's colours": (
        *(DECLARATIONS, "hiding it raises the score", "occluding it raises the score"),
        after(jobs(figure_interpretation=figures_of("occlusion"))),
    ),
    "the seed of a split": (
        *(DATA, "{train: 8, validation: 2, test: 3}, seed: 0", "{train: 8, validation: 2, test: 3}, seed: 1"),
        after(jobs(split="stl10")),
    ),
    "the size of images": (
        *(DATA, "size: 64\n", "size: 60\n"),
        after(jobs(prepare="caltech101", masks="caltech101")),
    ),
    "whose accuracy is split by duplicates": (
        *(DATA, "network: a2a_vgg_bn", "network: a2a_vgg"),
        after(jobs(audit="cifar10")),
    ),
    "whose features judge labels": (
        *(DATA, "features: a2a_vgg_bn", "features: a2a_vgg"),
        after(jobs(features="stl10")),
    ),
    "the text of a licence": (DATA, "licence: CC BY 4.0", "licence: CC-BY-4.0", after(jobs(execute="data"))),
    "the title of a data set": (
        *(DATA, "title: STL-10", "title: STL10"),
        after(jobs(execute=("findings", "introduction", "data", "reliability"), explorer="")),
    ),
    "the title of the report": ("config/report.yaml", "title: CNN Atlas", "title: Atlas", jobs(pdf="", website="")),
    "the order of chapters": (
        *("config/report.yaml", "  data: [audits]\n  mytorch: [mytorch]\n", "  mytorch: [mytorch]\n  data: [audits]\n"),
        jobs(labels="", pdf="", publish="", website=""),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_reruns_what_it_concerns(restored, name):
    file, old, new, expected = EDITS[name]
    if old is None:
        (restored.folder / file).write_text(new)
    else:
        restored.edit(file, old, new)
    assert restored.planned() == expected


def test_a_removed_variant_reruns_what_compared_it(restored):
    study = "config/studies/transforms_cifar10.yaml"
    restored.edit(study, "  b2_cutout:\n    title: Cutout\n    augmentation: {cutout: 12}\n", "")
    restored.edit(study, "  - [b2_untransformed, b2_cutout]\n", "")
    name = "transforms_cifar10"
    assert restored.planned() == after(
        jobs(compare=name, figure_overlay=name, execute=("b", "findings", "introduction"), list_results="")
    )


# What is edited, and means the same -> file, old, new
SAME = {
    "comment": (STL10, "common:\n", "common: # a comment\n"),
    "white space": (STL10, "label_smoothing: 0.1", "label_smoothing:    0.1"),
    "style": (STL10, "    schedule: {name: one_cycle}\n", "    schedule:\n      name: one_cycle\n"),
    "order of a variant's keys": (
        *(STL10, "    progressive: 0.5\n    normalise: true\n", "    normalise: true\n    progressive: 0.5\n"),
    ),
    "order of a part's keys": (
        *(STL10, "name: adamw, learning_rate: 0.001, weight", "learning_rate: 0.001, name: adamw, weight"),
    ),
    "order of common keys": (SCHEDULES, "batch_norm: true, residual: true", "residual: true, batch_norm: true"),
    "order of a factorial's cells": (
        *(DENSE_HEAD, "neither: a2a_vgg, first: a2a_vgg_bn,", "first: a2a_vgg_bn, neither: a2a_vgg,"),
    ),
    "order of what is searched": (
        "config/studies/cats_dogs.yaml",
        "        architecture.dropout: [0.0, 0.25, 0.5]\n        label_smoothing: [0.0, 0.1]\n",
        "        label_smoothing: [0.0, 0.1]\n        architecture.dropout: [0.0, 0.25, 0.5]\n",
    ),
    "order of a method's options": (INTERPRETATION, "patch: 12, stride: 12", "stride: 12, patch: 12"),
    "order of shares": (DATA, "{train: 8, validation: 2, test: 3}", "{test: 3, validation: 2, train: 8}"),
    "order of a split's keys": (DATA, "seed: 0, upstream_test: true", "upstream_test: true, seed: 0"),
    "order of limits": (DATA, "{bytes: 8.0e+9, members: 100}", "{members: 100, bytes: 8.0e+9}"),
    "order of a data set's keys": (DATA, "  size: 32\n  classes: 10\n", "  classes: 10\n  size: 32\n"),
    "a comment on items": (ITEMS, "- { id: U1,", "# one more\n- { id: U1,"),
    "order of an item's keys": (
        *(
            ITEMS,
            '{ id: U4, text: "One command for the report",',
            '{ text: "One command for the report", id: U4,',
        ),
    ),
    "order of the report's settings": (
        *("config/report.yaml", 'version: 0.1.0\ndate: "2026-11-21" ', 'date: "2026-11-21"\nversion: 0.1.0 '),
    ),
    "a default that every variant overrides": ("config/defaults.yaml", "\nepochs: 30", "\nepochs: 40"),
    "a default that no choice uses": (*("config/config.yaml", "  network: squeezenet1_1", "  network: vgg16"),),
    "where an archive would be fetched": (DATA, "md5: 3138e1922a9193bfa496528edbbc45d0", "md5: null"),
    "what a network of others is called, which this run does not take": (
        "config/pretrained.yaml",
        "title: ",
        "title: The ",
    ),
}


def test_what_means_the_same_reruns_nothing(restored):
    for file, old, new in SAME.values():
        restored.edit(file, old, new)
    assert restored.planned() == Counter()
