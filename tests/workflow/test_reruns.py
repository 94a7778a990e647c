"""After an edit, exactly the jobs that depend on it run again: none missing, none extra (X1, U6)."""

import os
import subprocess
from collections import Counter

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("finished")]  # one worker makes the run

D = ("d1_shallow", "d2_deep", "d2_deep_augmented", "d2_deep_normalised", "d2_own")
VGG = (
    *("a2a_final", "a2a_narrower", "a2a_shallower", "a2a_vgg", "a2a_vgg_bn", "a2a_vgg_bn_dropout", "a2a_vgg_dropout"),
    *("c1g_frozen", "c1h_all", "c1h_last_block", "c1i_augmented"),  # whose base is one of the others
)
INSPECTED = (
    *("a2a_final", "a2b_final", "c1c_basic", "c1h_last_block", "c2d_inception", "c2e_residual"),
    *("d1_shallow", "d2_deep", "d2_deep_augmented", "d2_own", "e1a_lenet5", "e1b_own", "e3_resnet18"),
)
GAINS_D = ("stl10/d1_shallow/d2_deep", "stl10/d2_deep_augmented/d2_own")


def jobs(**rules) -> Counter:
    """Expected jobs, one keyword per rule: a name or several names, or "" for a rule without a name of its own."""
    return Counter(
        (rule, name) for rule, names in rules.items() for name in ([names] if isinstance(names, str) else names)
    )


def of_report(*chapters: str) -> Counter:
    """The report's jobs after chapters were executed anew."""
    return jobs(execute=chapters, publish=chapters, chapter=chapters, labels="", pdf="", website="")


def of_study(study: str, *gains: str) -> Counter:
    """A study's jobs after one of its variants was trained anew."""
    return jobs(compare=study, figure_overlay=study, figure_accuracy=study, figure_gains=gains)


def of_audit(**variants: str) -> Counter:
    """The jobs of data sets whose audited variant was trained anew, as dataset=variant; without the report's."""
    names = tuple(variants)
    return jobs(features=tuple(variants.values()), audit=names, figure_duplicates=names, figure_label_errors=names)


def of_vgg() -> Counter:
    """The jobs that an edit of vgg.py makes necessary."""
    studies = of_study("dense_head_cifar10") + of_study("transfer_cats_dogs")
    factorial = jobs(figure_factorial="dense_head_cifar10")
    audit = of_audit(cifar10="a2a_vgg_bn")
    return of_variants(*VGG) + studies + factorial + audit + of_report("a", "b", "c", "data", "introduction")


def of_variants(*variants: str) -> Counter:
    """The jobs of variants that are trained anew."""
    shown = [v for v in variants if v in INSPECTED]
    return jobs(train=variants, evaluate=variants, figure_curves=shown, figure_confusion=shown, figure_gallery=shown)


def test_a_finished_run_has_nothing_to_do(finished):
    assert finished.planned() == Counter()


def test_an_edited_architecture_retrains_its_variants_only(restored):
    restored.edit(
        "scripts/cnnatlas/architectures/vgg.py", "self.flatten = nn.Flatten()", "self.flatten = nn.Flatten(1)"
    )
    assert restored.planned() == of_vgg()


def test_an_edited_figure_is_drawn_again_and_nothing_is_trained(restored):
    restored.edit("scripts/cnnatlas/figures/confusion.py", '"""', '"""An edit. ')
    assert restored.planned() == jobs(figure_confusion=INSPECTED) + of_report("a", "c", "d", "e")


def test_one_key_of_one_variant_retrains_that_variant(restored):
    restored.edit("config/studies/stl10.yaml", "optimiser: {learning_rate: 0.1}", "optimiser: {learning_rate: 0.2}")
    expected = of_variants("d2_own") + of_study("stl10", *GAINS_D) + of_report("b", "d", "data", "introduction")
    expected += of_audit(stl10="d2_own")
    assert restored.planned() == expected


def test_an_edited_question_rewrites_its_chapter(restored):
    restored.edit("config/studies/stl10.yaml", "What do depth", "What may depth")
    assert restored.planned() == of_report("d")


def test_a_common_key_retrains_the_study(restored):
    restored.edit("config/studies/stl10.yaml", "common:\n", "common:\n  label_smoothing: 0.05\n")
    changed = [v for v in D if v != "d2_own"]  # which states its own
    assert restored.planned() == of_variants(*changed) + of_study("stl10", *GAINS_D) + of_report(
        "b", "d", "introduction"
    )


def test_a_new_architecture_retrains_nothing(restored):
    family = restored.folder / "scripts" / "cnnatlas" / "architectures" / "lenet.py"
    family.with_name("another.py").write_text(family.read_text().replace('"lenet5"', '"another"'))
    assert restored.planned() == Counter()


def test_a_single_target_runs_its_own_jobs_only(restored):
    restored.edit(
        "scripts/cnnatlas/architectures/vgg.py", "self.flatten = nn.Flatten()", "self.flatten = nn.Flatten(1)"
    )
    target = "results/tiny/evaluation/a2a_final/seed0/confusion.svg"
    assert restored.planned(target) == jobs(train="a2a_final", evaluate="a2a_final", figure_confusion="a2a_final")


def test_time_alone_reruns_nothing(restored):
    listed = subprocess.run(["git", "ls-files"], cwd=restored.folder, capture_output=True, check=True, text=True)
    for file in listed.stdout.split():
        os.utime(restored.folder / file)
    assert restored.planned() == Counter()


def test_a_checkout_there_and_back_reruns_nothing(restored):
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run([*git, "checkout", "-qb", "other"], cwd=restored.folder, check=True)
    restored.edit("scripts/train.py", '"""', '"""Another. ')
    restored.edit("config/defaults.yaml", "batch_size: 128", "batch_size: 256")
    subprocess.run([*git, "commit", "-qam", "other"], cwd=restored.folder, check=True)
    assert restored.planned()  # there, something would run
    subprocess.run([*git, "checkout", "-q", "main"], cwd=restored.folder, check=True)
    assert restored.planned() == Counter()


@pytest.mark.parametrize("change", ["comment", "white space", "order"])
def test_how_a_study_is_written_reruns_nothing(restored, change):
    old, new = {
        "comment": ("common:\n", "common: # a comment\n"),
        "white space": ("label_smoothing: 0.1", "label_smoothing:    0.1"),
        "order": ("    normalise: true\n    label_smoothing: 0.1\n", "    label_smoothing: 0.1\n    normalise: true\n"),
    }[change]
    restored.edit("config/studies/stl10.yaml", old, new)
    assert restored.planned() == Counter()


def test_an_edited_base_retrains_what_stands_on_it(restored):
    restored.edit(
        "config/studies/dense_head_cifar10.yaml",
        "    architecture: {batch_norm: true}\n",
        "    architecture: {batch_norm: true}\n    label_smoothing: 0.05\n",
    )
    expected = of_variants("a2a_vgg_bn", *(v for v in VGG if v.startswith("c1")))
    expected += of_study("dense_head_cifar10") + of_study("transfer_cats_dogs")
    expected += jobs(figure_factorial="dense_head_cifar10") + of_audit(cifar10="a2a_vgg_bn")
    expected += of_report("a", "b", "c", "data", "introduction")
    assert restored.planned() == expected


def test_another_trial_runs_alone(restored):
    restored.edit("config/studies/blocks_cifar10.yaml", "trials: 5", "trials: 6")
    expected = jobs(train="c2c_trial_6", evaluate="c2c_trial_6", figure_group="blocks_cifar10/c2c_trial")
    gains = "blocks_cifar10/c2d_inception/c2e_residual"  # the overlay of curves leaves trials out
    expected += jobs(compare="blocks_cifar10", figure_accuracy="blocks_cifar10", figure_gains=gains)
    assert restored.planned() == expected + of_report("b", "c", "introduction")
