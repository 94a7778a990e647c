from cnnatlas.evaluation import fine_tuning
from cnnatlas.evaluation.study import Run, Variant


def variant(name, start, loss, losses, accuracy=0.5, splits=("validation", "test"), flags=(), best=2):
    score = {split: {"loss": loss, "accuracy": accuracy} for split in splits}
    return Variant(
        name,
        name.title(),
        {},
        ["cat", "dog"],
        {
            0: Run(
                score,
                {
                    "spec": {"start": start, "trainable": "last_block", "optimiser": {"learning_rate": 0.01}},
                    "best_epoch": best,
                },
                [],
                {},
                [],
                flags,
                validation_losses=losses,
            )
        },
        32,
    )


def described(*tuned):
    stage = variant("frozen", None, 0.6, [0.7, 0.6])
    return fine_tuning.describe({v.name: v for v in (stage, *tuned)})


def test_a_first_epoch_that_is_worse_than_the_start_is_said():
    worse, better = variant("block", "frozen", 0.55, [0.65, 0.55]), variant("all", "frozen", 0.5, [0.58, 0.5], 0.75)
    found = described(worse, better)
    assert [(e["before"], e["first"], e["kept"]) for e in found["variants"]] == [(0.6, 0.65, 0.55), (0.6, 0.58, 0.5)]
    assert (
        "loss is 0.600; its first epoch raises it to 0.650 (trained: last block; learning rate at most 0.01; why it "
        "rises is not known), and the epoch"
    ) in found["sentences"][0]
    assert "first epoch lowers it to 0.580, and the epoch that is kept has 0.500" in found["sentences"][1]


def test_accuracies_before_and_after_are_told_beside_the_losses_and_nothing_is_called_better():
    found = described(variant("block", "frozen", 0.59, [0.65], 0.25), variant("all", "frozen", 0.5, [0.58], 0.75))
    assert len(found["sentences"]) == 2
    assert found["sentences"][0].endswith(
        "kept has 0.590. “Frozen” was not trained beyond its kept epoch: there is no control. "
        "With the kept epoch, accuracy goes from 50.0 % to 25.0 % on validation and from 50.0 % to 25.0 % on test."
    )
    assert "improve" not in " ".join(found["sentences"])
    alone = described(variant("block", "frozen", 0.59, [0.65], 0.25, ("validation",)))
    assert alone["sentences"][0].endswith("accuracy goes from 50.0 % to 25.0 % on validation.")


def test_fine_tuning_is_told_beside_further_epochs_of_the_network_that_it_starts_from():
    stage = variant("frozen", None, 0.6, [0.7, 0.6, 0.5, 0.52])
    block, whole = (variant(name, "frozen", loss, [loss]) for name, loss in (("block", 0.55), ("all", 0.45)))
    found = fine_tuning.describe({v.name: v for v in (stage, block, whole)})
    assert [entry["further"] for entry in found["variants"]] == [0.5, 0.5]
    said = "what “Frozen” itself reaches in the 2 epochs after its own kept one, 0.500 at best (fine-tuning: 1 epoch)."
    assert f"has 0.550. That is not below {said}" in found["sentences"][0]
    assert f"has 0.450. That is below {said}" in found["sentences"][1]


def test_where_some_seeds_have_no_later_epochs_there_is_no_control():
    """Their own losses would pass for what further epochs reach."""
    stage, tuned = variant("frozen", None, 0.6, [0.7, 0.6, 0.5]), variant("all", "frozen", 0.4, [0.4])
    stage.runs[1] = variant("frozen", None, 0.7, [0.8, 0.9, 0.7], best=3).runs[0]
    tuned.runs[1] = tuned.runs[0]
    found = fine_tuning.describe({v.name: v for v in (stage, tuned)})
    assert "“Frozen” was trained beyond its kept epoch with 1 of 2 seeds: no control." in found["sentences"][0]


def test_of_a_network_that_learned_nothing_nothing_is_told():
    chance = {"flag": "at chance", "sentence": "At chance: so."}
    found = described(variant("block", "frozen", 0.5, [0.6], flags=[chance]), variant("all", "frozen", 0.5, [0.58]))
    assert [entry["variant"] for entry in found["variants"]] == ["block", "all"]
    assert len(found["sentences"]) == 1 and found["sentences"][0].startswith("“All” starts")
    narrow = {"flag": "narrow", "sentence": "Narrow: so."}
    assert described(variant("block", "frozen", 0.5, [0.6], flags=[narrow]))["sentences"]


def test_a_training_that_diverged_is_left_out():
    lost = variant("lost", "frozen", 0.9, [])
    lost.runs[0].training["diverged"] = 1
    assert described(lost) == {"variants": [], "sentences": []}


def test_networks_without_a_loss_are_left_out():
    block, whole = variant("block", "frozen", None, [0.6]), variant("all", "frozen", 0.5, [0.58])
    assert [entry["variant"] for entry in described(block, whole)["variants"]] == ["all"]
    stage = variant("frozen", None, None, [])
    assert fine_tuning.describe({v.name: v for v in (stage, whole)}) == {"variants": [], "sentences": []}


def test_an_epoch_that_changes_nothing_is_not_said_to_lower_the_loss():
    assert "its first epoch leaves it at 0.600" in described(variant("block", "frozen", 0.6, [0.6]))["sentences"][0]


def test_a_study_without_a_warm_start_says_nothing():
    assert described() == {"variants": [], "sentences": []}
    assert described(variant("other", "elsewhere", 0.5, [0.5]))["sentences"] == []
