"""What chapters show of a variant's saved results."""

import json

import pytest

from cnnatlas.report.authoring import Results
from cnnatlas.report.parts import APPENDIX, WEB_ONLY
from cnnatlas.report.variant import Variant, drops, minimised
from cnnatlas.training.schedules import factor
from study_results import PIXEL

OPTIMISER = {"name": "sgd", "nesterov": True, "learning_rate": 0.05, "momentum": 0.9, "weight_decay": 0.0}
SPEC = {"optimiser": OPTIMISER, "schedule": {"name": "one_cycle"}, "epochs": 3, "test_each_epoch": False}
SPEC |= {"batch_size": 32, "augmentation": {"flip": True, "cutmix": 0.3}, "dataset": "small"}
SPEC |= {"label_smoothing": 0.1, "l1": 0.0}
TRAINING = {
    "spec": SPEC, "mixed_targets": True, "best_epoch": 2, "epochs": 3,
    "precision": {"dtype": "float32", "rule": "as configured"}, "environment": {"torch": "2.0"},
}  # fmt: skip
LAYER = {"name": "conv1", "type": "Conv2d", "output": [8, 30, 30], "kernel": [3, 3], "parameters": 224}
SPLIT = {"accuracy": 0.5, "wilson": [0.4, 0.6], "n": 2000, "loss": 1.25}
FLAG = {"flag": "collapsed", "sentence": "Collapsed: so."}
METRICS = {"test": SPLIT, "validation": {**SPLIT, "accuracy": 0.75}, "flags": [FLAG]}
ARCHITECTURE = {"layers": [{**LAYER, "multiply_adds": 201600}], "parameters": 224, "multiply_adds": 201600}


@pytest.fixture
def variant(results):
    """A variant with the metrics of two splits, saved in the order of the alphabet."""
    model, folder = results.folder / "models/net_1/seed3", results.folder / "evaluation/net_1/seed3"
    model.mkdir(parents=True)
    folder.mkdir(parents=True)
    (model / "training.json").write_text(json.dumps(TRAINING))
    (model / "architecture.json").write_text(json.dumps(ARCHITECTURE))
    (folder / "metrics.json").write_text(json.dumps(METRICS))
    return Variant(Results(str(results.folder), "make"), "net_1", "A network", 3)


def rows(shown):
    table = next(output for output in shown if output.metadata.get("report", {}).get("kind") == "tbl")
    return [line.split(" | ") for line in table.data["text/markdown"].splitlines()[2:]]


def test_how_it_was_trained_is_one_sentence_with_the_losses_of_all_splits_in_their_order(variant, shown):
    variant.recipe()
    assert shown[0].data["text/markdown"] == (
        "Training: SGD, learning rate 0.05 (one-cycle), 3 epochs in batches of 32, momentum 0.9, label smoothing 0.1, "
        "augmentation by flip and cutmix; the weights are those of epoch 2, with losses, on images as they "
        "are, of validation 1.250 and test 1.250 (@fig-net-1-curves; confusion matrices: @fig-net-1-counts)."
    )


def test_a_loss_that_is_not_finite_is_a_dash(variant, shown):
    variant.metrics["test"]["loss"] = None
    variant.recipe()
    assert "of validation 1.250 and test – (@fig" in shown[0].data["text/markdown"]


def test_the_images_of_its_splits_are_counted(variant, shown):
    variant.batches()
    said = "In this run the splits hold 2,000 validation and 2,000 test images, in batches of 32."
    assert shown[0].data["text/markdown"] == said


@pytest.mark.parametrize("epochs", [1, 2, 3, 4, 6, 20])
def test_steps_are_counted_as_training_makes_them(epochs):
    """Also of a training that ended before the epochs of its spec, for it diverged."""
    schedule = {"name": "step", "drops": 2, "gamma": 0.5}
    rates = [factor(schedule, epoch, epochs, 1) for epoch in range(epochs)]
    for done in range(1, epochs + 1):
        every, often = drops({"schedule": schedule, "epochs": epochs}, done)
        assert [0.5 ** (epoch // every) for epoch in range(epochs)] == rates and rates[done - 1] == 0.5**often
    assert drops({"schedule": schedule, "epochs": epochs}, 0)[1] == 0


def test_a_step_schedule_is_told_with_its_steps(variant, shown):
    schedule = {"name": "step", "drops": 2, "gamma": 0.1, "warmup": 0.2}
    variant.training["spec"] |= {"schedule": schedule}
    variant.recipe()
    assert "learning rate 0.05 (2 steps, each by 0.1), " in shown[0].data["text/markdown"]


def test_layers_between_those_that_learn_are_on_the_web_alone(variant, shown, results):
    layers = [*ARCHITECTURE["layers"], {**LAYER, "name": "bn1", "type": "BatchNorm2d", "multiply_adds": 0}]
    path = results.folder / "models/net_1/seed3/architecture.json"
    path.write_text(json.dumps({**ARCHITECTURE, "layers": layers}))
    variant.layers()
    tables = [output for output in shown if output.metadata.get("report", {}).get("kind") == "tbl"]
    assert [table.metadata["report"]["place"] for table in tables] == [APPENDIX, WEB_ONLY]
    assert ["bn1" in table.data["text/markdown"] for table in tables] == [False, True]
    assert "Normalisation and activations are left out." in tables[0].metadata["report"]["caption"]


def test_layers_are_a_table_with_sizes_and_totals(variant, shown):
    variant.layers()
    said, table, *_ = shown
    assert said.data["text/markdown"] == (
        "“A network” has 1 convolution, 224 parameters and 201,600 multiply-adds an image."
    )
    assert not said.metadata and table.metadata["report"]["place"] == APPENDIX
    assert [cell.strip("| ") for cell in rows(shown)[0]] == [
        *("`conv1`", "Conv2d", "8 × 30 × 30", "3 × 3", "–", "–", "224", "201,600")
    ]
    facts = table.metadata["report"]
    assert facts["label"] == "tbl-net-1-layers"
    assert "In all 224 parameters and 201,600 multiply-adds." in facts["caption"]


def test_captions_of_curves_say_what_was_minimised_instead(variant):
    assert minimised(TRAINING) == ["the mixed labels of mixed images", "labels smoothed by 0.1"]
    plain = TRAINING | {"mixed_targets": False, "spec": SPEC | {"label_smoothing": 0.0}}
    assert minimised(plain) == [] and minimised(plain | {"spec": SPEC | {"l1": 1e-5}})[1].startswith("10⁻⁵ times")
    assert variant._losses() == (
        " Minimised was the cross-entropy with the mixed labels of mixed images and labels smoothed by 0.1."
    )


@pytest.mark.parametrize("known", [True, False])
def test_whether_splits_err_alike_is_a_table(variant, shown, results, known):
    folder = results.folder / "evaluation/net_1/seed3"
    (folder / "confusion.svg").write_text("<svg></svg>")
    rates = {"a": 0.5, "b": 0.25, "difference": -0.25, "low": -0.3, "high": -0.2, "verdict": "different"}
    pattern = {"a": 1000, "b": 7, "verdict": "similar", "margins": known}
    pattern |= {"cosine": 0.9, "low": 0.8, "high": 1.0, "p": 0.5} if known else dict.fromkeys(("cosine", "low", "p"))
    pair = {"a": "validation", "b": "test", "rates": rates, "pattern": pattern}
    found = {"pairs": [pair], "margins": {"rates": 0.05, "pattern": 0.9}}
    (folder / "similarity.json").write_text(json.dumps(found))
    variant.flags = []
    variant.confusion()
    (table,) = [each for each in shown if each.metadata.get("report", {}).get("kind") == "tbl"]
    row = [cell.strip("| ") for cell in table.data["text/markdown"].splitlines()[2].split(" | ")]
    assert row[:3] == ["validation, test", "50.0 %, 25.0 %", "−25.0 [−30.0, −20.0]"]
    shown_as = ("0.90 [0.80, 1.00]", "0.500", "similar, by margins alone") if known else ("–", "–", "similar")
    assert row[4:] == ["1,000, 7", *shown_as]
    assert "±5 points" in table.metadata["report"]["caption"]
    variant.flags = [FLAG]
    shown.clear()
    variant.confusion()
    assert rows(shown)[0][-1].strip(" |") == "void"


def test_counts_are_a_figure_of_their_own(variant, shown):
    (variant.results.folder / "evaluation/net_1/seed3/counts.svg").write_text("<svg></svg>")
    variant.counts()
    facts = shown[0].metadata["report"]
    assert facts["label"] == "fig-net-1-counts"
    assert "in images (validation, test); rows" in facts["caption"]


def test_captions_of_galleries_hold_for_many_classes_whose_images_are_no_rows(variant, shown):
    for kind in ("right", "wrong"):
        (variant.results.folder / variant.folder / f"{kind}.png").write_bytes(PIXEL)
    variant.galleries()
    facts = [each.metadata["report"] for each in shown if "caption" in each.metadata.get("report", {})]
    assert len(facts) == 2 and not any("row" in each["caption"] + each["alt"].lower() for each in facts)
    assert "by true class (seed 3). Above" in facts[0]["caption"]


def test_of_several_seeds_captions_say_which_one_is_drawn(variant, shown):
    several = Variant(variant.results, "net_1", "A network", 3, seeds=2)
    folder = several.results.folder / several.folder
    (folder / "confusion.svg").write_text("<svg></svg>")
    (folder / "counts.svg").write_text("<svg></svg>")
    rates = {"a": 0.5, "b": 0.25, "difference": -0.25, "low": -0.3, "high": -0.2, "verdict": "different"}
    pattern = {"a": 9, "b": 7, "verdict": "similar", "margins": False, "cosine": None, "p": None}
    pairs = [{"a": "validation", "b": "test", "rates": rates, "pattern": pattern}]
    (folder / "similarity.json").write_text(json.dumps({"pairs": pairs, "margins": {"rates": 0.05, "pattern": 0.9}}))
    several.confusion()
    several.counts()
    captions = [each.metadata["report"]["caption"] for each in shown if "caption" in each.metadata.get("report", {})]
    assert len(captions) == 3 and all("(seed 3)" in caption for caption in captions)
