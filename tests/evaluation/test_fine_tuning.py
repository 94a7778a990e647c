from cnnatlas.evaluation import fine_tuning
from cnnatlas.evaluation.study import Run, Variant


def variant(name, start, loss, losses, accuracy=0.5, splits=("validation", "test")):
    score = {split: {"loss": loss, "accuracy": accuracy} for split in splits}
    return Variant(
        name,
        name.title(),
        {},
        ["cat", "dog"],
        {0: Run(score, {"spec": {"start": start}}, [], {}, [], validation_losses=losses)},
        32,
    )


def described(*tuned):
    stage = variant("frozen", None, 0.6, [0.7, 0.6])
    return fine_tuning.describe({v.name: v for v in (stage, *tuned)})


def test_a_first_epoch_that_is_worse_than_the_start_is_said():
    worse, better = variant("block", "frozen", 0.55, [0.65, 0.55]), variant("all", "frozen", 0.5, [0.58, 0.5], 0.75)
    found = described(worse, better)
    assert [(e["before"], e["first"], e["kept"]) for e in found["variants"]] == [(0.6, 0.65, 0.55), (0.6, 0.58, 0.5)]
    assert "loss is 0.600; its first epoch raises it to 0.650" in found["sentences"][0]
    assert "first epoch lowers it to 0.580, and the epoch that is kept has 0.500" in found["sentences"][1]


def test_the_conclusion_names_what_improved_and_reports_the_test_split():
    found = described(variant("block", "frozen", 0.61, [0.65]), variant("all", "frozen", 0.5, [0.58], 0.75))
    assert found["sentences"][-1].startswith(
        "By validation loss, fine-tuning improved on its start in “All” in this run."
    )
    assert (
        "Accuracy on test: “Block” 50.0 % before and 50.0 % after; “All” 50.0 % before and 75.0 % after."
        in (found["sentences"][-1])
    )
    assert "in no network in this run." in described(variant("block", "frozen", 0.61, [0.65]))["sentences"][-1]


def test_a_training_that_diverged_is_left_out():
    lost = variant("lost", "frozen", 0.9, [])
    lost.runs[0].training["diverged"] = 1
    assert described(lost) == {"variants": [], "sentences": []}


def test_an_epoch_that_changes_nothing_is_not_said_to_lower_the_loss():
    assert "its first epoch leaves it at 0.600" in described(variant("block", "frozen", 0.6, [0.6]))["sentences"][0]


def test_a_study_without_a_warm_start_says_nothing():
    assert described() == {"variants": [], "sentences": []}
    assert described(variant("other", "elsewhere", 0.5, [0.5]))["sentences"] == []
