from cnnatlas.evaluation import learning_curves
from cnnatlas.evaluation.study import Run, Variant


def variant(name, *losses, accuracy=0.7, validation=0.5, diverged=None, start=None):
    """Trainings with these losses, whose kept weights have these accuracies; those during training were others."""
    training = {"diverged": diverged, "spec": {"start": start}}
    metrics = {"train": {"accuracy": accuracy}, "validation": {"accuracy": validation}}
    runs = {
        seed: Run(metrics, training, [0.1, 0.1, 0.1], {}, [0.1, 0.1, 0.1], training_losses=list(values))
        for seed, values in enumerate(losses)
    }
    return Variant(name, name.title(), {}, [], runs, 32)


def described(variants, groups=None):
    return learning_curves.describe({v.name: v for v in variants}, groups or {})


def entries(*variants):
    return {entry["variant"]: entry for entry in described(variants)["variants"]}


def test_the_common_loss_is_the_lowest_that_every_training_reaches():
    found = described([variant("slow", [3, 2, 2.5]), variant("fast", [1.5, 1, 0.5])])
    assert found["common_loss"] == 2
    assert [entry["epochs_to_common"] for entry in found["variants"]] == [2, 1]


def test_losses_are_of_the_last_epoch_rises_of_all_epochs_and_gaps_of_the_kept_weights():
    found = entries(variant("rough", [3, 2, 2.5]), variant("smooth", [3, 2, 1], validation=0.8))
    assert [found["rough"][key] for key in ("loss", "accuracy", "rises")] == [2.5, 0.7, 0.5]
    assert round(found["rough"]["gap"], 6) == 0.2
    assert (found["smooth"]["rises"], round(found["smooth"]["gap"], 6)) == (0, -0.1)


def test_several_seeds_are_averaged():
    found = entries(variant("a", [3, 2, 1], [3, 3, 3]), variant("b", [4, 3, 3]))
    assert found["a"]["loss"] == 2
    assert found["a"]["epochs_to_common"] == 1
    assert found["b"]["epochs_to_common"] == 2


def test_the_sentence_orders_by_loss_and_names_speed_smoothness_and_gap():
    sentence = described([variant("slow", [3, 2, 2.5]), variant("fast", [1.5, 1, 0.5])])["sentence"]
    assert "lowest first: “Fast” (0.500) and “Slow” (2.500)." in sentence
    assert "took from 1 epoch (“Fast”) to 2 epochs (“Slow”)." in sentence
    assert "1 variant of 2 had a training loss that rose between epochs, most often “Slow”, after 50 %" in sentence
    assert "observations on this run (single trainings), not a test of the designs" in sentence


def test_equal_speed_and_smooth_curves_are_said_so():
    sentence = described([variant("a", [3, 2, 1]), variant("b", [3, 2, 1])])["sentence"]
    assert "took each of them 3 epochs." in sentence
    assert "No training loss rises" in sentence


def test_epochs_of_a_warm_start_are_not_taken_for_speed():
    first, tuned = variant("first", [3, 2, 2]), variant("tuned", [2, 1, 1], start="first")
    sentence = described([first, tuned])["sentence"]
    assert "took from 1 epoch from a warm start (“Tuned”) to 2 epochs (“First”)." in sentence


def test_a_pair_is_contrasted_with_the_sign_of_its_gaps():
    found = entries(variant("a", [3, 2, 2]), variant("b", [2, 1, 1], validation=0.8))
    text = learning_curves.contrast(found["a"], found["b"])
    assert text.startswith("The training loss of “B”, a mean over the last epoch, is 1.000, that of “A” 2.000.")
    assert " that of “A” 2.000. With the kept weights" in text
    assert "70.0 % for “B”, 10.0 points below that on validation, and 70.0 % for “A”, 20.0 points above it." in text


def test_rising_losses_are_told_where_one_of_a_pair_rose():
    found = entries(variant("a", [3, 2, 1]), variant("b", [3, 2, 2.5]))
    text = learning_curves.contrast(found["a"], found["b"])
    assert "From one epoch to the next the loss of “B” rose in 50 % of cases, that of “A” in 0 %." in text


def test_diverged_variants_are_left_out_and_one_variant_has_no_order():
    found = described([variant("a", [3, 2, 1]), variant("b", [], diverged=1)])
    assert [entry["variant"] for entry in found["variants"]] == ["a"]
    assert found["sentence"] is None
    assert described([variant("b", [], diverged=1)]) == {
        "variants": [],
        "common_loss": None,
        "sentence": None,
    }


def test_members_of_sweeps_are_left_out_unless_there_is_nothing_else():
    both = [variant("a", [3, 2, 1]), variant("b", [3, 2, 1])]
    assert [entry["variant"] for entry in described(both, {"sweep": ["b"]})["variants"]] == ["a"]
    assert len(described(both, {"sweep": ["a", "b"]})["variants"]) == 2
