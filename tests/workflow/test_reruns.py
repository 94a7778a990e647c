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

# What is looked at: network -> method -> what its figures are called
LOOKS = {
    "a2a_final": {
        "feature_maps": "123", "filters": "123",
        "grad_cam": ("right", "wrong"), "guided_backpropagation": ("right", "wrong"),
    },
    "a2b_final": {
        "feature_maps": "123", "filters": "123", "response": (),
        "cam": ("right", "wrong"), "guided_backpropagation": ("right", "wrong"),
    },
    "c1c_basic": {"activation_maximisation": (), "feature_maps": "123"},
    "d1_shallow": {"occlusion": ("right", "wrong")},
    "d2_own": {
        "fooling": (), "response": (), "gradient": ("all",), "integrated_gradients": ("all",), "smooth_grad": ("all",),
    },
    "e1a_lenet5": {"feature_maps": "12"},
}  # fmt: skip
AUDITED = ("d2_own", "e1b_own")
ATTRIBUTIONS = (
    *("cam", "grad_cam", "gradient", "guided_backpropagation"),
    *("integrated_gradients", "occlusion", "smooth_grad"),
)


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


def of_look(network: str, method: str) -> Counter:
    """The jobs after one method has looked into a network anew, without the report's."""
    figures = tuple(f"{network}/{method}/{name}" for name in LOOKS[network][method])
    found = jobs(interpret=f"{network}/{method}", summarise=f"{network}/{method}")
    if method in ATTRIBUTIONS:
        return found + jobs(figure_attribution=figures)
    if method in ("feature_maps", "filters"):
        return found + jobs(figure_layer=figures, figure_gabor=network if method == "filters" else ())
    return found + jobs(figure_synthesis=f"{network}/{method}")


def of_looks(*networks: str) -> Counter:
    """All jobs of interpretation after networks were trained anew, without the report's."""
    found = Counter()
    for network in networks:
        found += sum((of_look(network, method) for method in LOOKS.get(network, {})), Counter())
        if network in AUDITED:
            found += jobs(audit_attribution=tuple(f"{network}/{m}" for m in ATTRIBUTIONS), figure_audit=network)
    return found


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
    figures = jobs(figure_curves=shown, figure_confusion=shown, figure_gallery=shown)
    return jobs(train=variants, evaluate=variants) + figures + of_looks(*variants)


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
    expected = of_variants("d2_own") + of_study("stl10", *GAINS_D)
    expected += of_report("attribution", "b", "d", "data", "introduction")
    expected += of_audit(stl10="d2_own")
    assert restored.planned() == expected


def test_an_edited_question_rewrites_its_chapter(restored):
    restored.edit("config/studies/stl10.yaml", "What do depth", "What may depth")
    assert restored.planned() == of_report("d")


def test_a_common_key_retrains_the_study(restored):
    restored.edit("config/studies/stl10.yaml", "common:\n", "common:\n  label_smoothing: 0.05\n")
    changed = [v for v in D if v != "d2_own"]  # which states its own
    expected = of_variants(*changed) + of_look("d2_own", "fooling")  # whose images d2_deep_augmented is shown
    assert restored.planned() == expected + of_study("stl10", *GAINS_D) + of_report("b", "d", "introduction")


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


def test_an_edited_method_looks_anew_and_trains_nothing(restored):
    restored.edit("scripts/cnnatlas/interpretation/fooling.py", '"""', '"""An edit. ')
    assert restored.planned() == of_look("d2_own", "fooling") + of_report("b")


def test_an_edited_method_that_others_use_reruns_those_too(restored):
    restored.edit("scripts/cnnatlas/interpretation/cam.py", '"""', '"""An edit. ')
    expected = of_look("a2b_final", "cam") + of_look("a2b_final", "response") + of_look("d2_own", "response")
    expected += jobs(audit_attribution=tuple(f"{network}/cam" for network in AUDITED), figure_audit=AUDITED)
    assert restored.planned() == expected + of_report("a", "attribution", "b")


def test_an_option_of_one_look_reruns_that_look(restored):
    restored.edit("config/interpretation.yaml", "patch: 12, stride: 4", "patch: 16, stride: 4")
    assert restored.planned() == of_look("d1_shallow", "occlusion") + of_report("d")


def test_an_edited_summary_is_written_anew(restored):
    restored.edit("scripts/cnnatlas/evaluation/gabor.py", '"""', '"""An edit. ')
    networks = ("a2a_final", "a2b_final")
    expected = jobs(summarise=tuple(f"{n}/filters" for n in networks), figure_gabor=networks)
    assert restored.planned() == expected + of_report("a")
