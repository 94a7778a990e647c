"""What chapters show of a study's saved results, by hand and of what is left."""

import json

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report import authoring
from cnnatlas.report.authoring import Results
from cnnatlas.report.study import Study
from study_results import ALONE, ALONE_FACTS, COMPARISON, FACTS, MEMBERS, RECIPE, entry, pair, save

DEFAULTS = {"select_epoch": "best", "label_smoothing": 0.5, **RECIPE}


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """The study, and the list of markdown, tables and figures that it displays."""
    save(tmp_path, "s", COMPARISON, FACTS)
    texts = []
    monkeypatch.setattr(
        authoring, "display", lambda bundle, **_: texts.append(bundle.get("text/markdown", bundle.get("text/plain")))
    )
    return Study(Results(str(tmp_path), "make"), "s", FACTS, DEFAULTS), texts


def labelled(texts):
    return [text.partition("]")[0][1:] for text in texts if text.startswith("[fig-")]


def test_the_main_table_leaves_out_members_of_groups(shown):
    study, texts = shown
    study.accuracies()
    assert "| Base |" in texts[0] and "| **50.0 [49.0, 51.0]** |" in texts[0]
    assert "T_1" not in texts[0] and "Bold: best validation." in texts[1]


def test_of_equally_accurate_variants_all_are_the_best(shown, tmp_path):
    study, texts = shown
    tied = {**COMPARISON, "variants": [entry("base", 0.5), entry("t_1", 0.5), entry("t_2", 0.4)]}
    save(tmp_path, "s", tied, FACTS)
    Study(study.results, "s", {**FACTS, "groups": {}}, DEFAULTS).accuracies()
    assert texts[0].count("| **50.0 [49.0, 51.0]** |") == 2 and "**40.0" not in texts[0]


def test_flagged_variants_are_marked_and_the_captions_explain_the_markers_that_occur(shown, tmp_path):
    study, texts = shown
    flagged = [entry("base", 0.5, flags=["undertrained", "collapsed"]), *COMPARISON["variants"][1:]]
    study.accuracies()
    assert not any(marker in " ".join(texts) for marker in "†‡§")
    texts.clear()
    save(tmp_path, "s", {**COMPARISON, "variants": flagged}, FACTS)
    Study(study.results, "s", FACTS, DEFAULTS).accuracies()
    assert "| Base †§ |" in texts[0]
    captions = [text for text in texts if text.startswith("**")]
    assert len(captions) == 2 and all("† undertrained, § collapsed (@sec-reading)." in text for text in captions)


def test_a_study_of_groups_alone_shows_their_members(shown):
    study, _ = shown
    everything = {
        "t": {"kind": "sweep", "title": "Tuned", "members": {**MEMBERS, "base": {"label": "x", "values": {}}}}
    }
    assert list(Study(study.results, "s", {**FACTS, "groups": everything}, DEFAULTS).shown) == [
        "base",
        "t_1",
        "t_2",
    ]


def test_an_ablation_shows_what_each_change_gave(shown):
    study, texts = shown
    study.comparison["pairs"][0]["unequal"] = ["3 against 5 epochs"]
    study.ladder("base", "best(t)")
    rows = [line.split("|")[1:-1] for line in texts[0].splitlines()]
    assert [[cell.strip() for cell in row] for row in (rows[0], *rows[2:])] == [
        ["variant", "epochs", "validation", "change", "budgets"],
        ["Base", "3", "50.0", "", ""],
        ["T_2", "3", "80.0", "30.0 [20.0, 40.0]", "3 against 5 epochs"],
    ]
    assert len(texts) == 2 and "over images only" in texts[1]
    texts.clear()
    study.comparison["pairs"][0]["splits"]["validation"] |= {"seeds": 6, "p": 0.03, "verdict": "higher"}
    study.entries["base"]["seeds"] = 8
    study.entries["base"]["accuracy"]["validation"]["mean"] = 0.45
    study.ladder("base", "best(t)")
    assert "| **30.0 [20.0, 40.0]** | 0.030 |" in texts[0] and "Bold ones are established" in texts[1]
    assert texts[2].startswith("@tbl-s-ladder compares networks with the seeds that both have: “Base” has 50.0 %")
    study.comparison["pairs"][0]["void"] = "This comparison is void."
    study.ladder("base", "best(t)")
    assert "| void" in " ".join(texts)


def test_sentences_on_confused_classes_and_on_fine_tuning_are_shown(shown):
    study, texts = shown
    study.confused("best(t)")
    study.fine_tuning()
    assert texts == ["Cats are dogs.", "It starts there. It improved."]
    study.comparison["fine_tuning"]["sentences"] = []
    study.fine_tuning()
    assert len(texts) == 2


def test_a_search_shows_its_trials_by_rank_with_what_was_drawn(shown):
    study, texts = shown
    study.group("t")
    table = next(text for text in texts if text.startswith("| rank"))
    lines = table.splitlines()
    assert [[cell.strip() for cell in line.split("|")[1:5]] for line in (lines[0], *lines[2:])] == [
        ["rank", "trial", "dropout", "validation"],
        ["1", "2", "0.5", "80.0 [79.0, 81.0]"],
        ["2", "1", "0.3", "60.0 [59.0, 61.0]"],
    ]
    assert [line.split("|")[-2].strip() for line in table.splitlines()[2:]] == ["", "† (diverged)"]
    assert "† undertrained (@sec-reading)." in " ".join(texts)
    assert texts[-1] == (
        "Tuned: of 2 trials in @fig-t-losses, trial 2 has the highest accuracy on validation, 80.0 [79.0, 81.0] %, "
        "which is therefore optimistic."
    )


def test_of_trials_with_equal_accuracies_the_others_are_told(shown):
    study, texts = shown
    study.entries["t_1"]["accuracy"]["validation"]["mean"] = 0.8
    study.group("t")
    assert "80.0 [79.0, 81.0] % (another has it too; the first is taken), which is therefore" in texts[-1]


def test_a_warm_start_has_no_epochs_to_match(shown):
    study, texts = shown
    study.comparison["pairs"][1]["warm"] = True
    study.comparisons("steps", ("base", "t_2"))
    assert [cell.strip() for cell in texts[1].splitlines()[2].split("|")[1:-1]][3] == "–"


def test_of_a_flagged_winner_with_a_test_split_both_are_said(shown):
    study, texts = shown
    study.entries["t_2"] = entry("t_2", 0.8, splits=("validation", "test"), flags=["undertrained"])
    study.group("t")
    assert texts[-1].endswith("; on the test split it has 80.0 [79.0, 81.0] %. It is undertrained.")


def test_a_trial_is_called_without_its_values_outside_of_its_table(shown):
    study, texts = shown
    study.entries["t_2"]["title"] = "Tuned, trial 2: dropout 0.5"
    study.comparisons("steps", ("base", "best(t)"))
    assert "| Tuned, trial 2 | Base |" in texts[1] and "validation: “Tuned, trial 2”, best of 2 trials." in texts[2]


def test_why_variants_are_flagged_is_a_table(shown):
    study, texts = shown
    study.flags()
    assert texts[0].splitlines()[2:] == ["| T_1 | undertrained: so. |"] and "tbl-s-flags" in texts[1]
    for flagged in study.entries.values():
        flagged["flags"] = []
    texts.clear()
    study.flags()
    assert texts == []


def test_a_sweep_shows_its_values_in_order_and_the_best(shown):
    study, texts = shown
    facts = {**FACTS, "groups": {"t": {**FACTS["groups"]["t"], "kind": "sweep"}}}
    Study(study.results, "s", facts, DEFAULTS).group("t")
    table = next(text for text in texts if text.startswith("| value"))
    assert "| trial 1: dropout 0.3 † (diverged) | 60.0 [59.0, 61.0] |" in table
    assert "† undertrained (@sec-reading)." in " ".join(texts)
    assert texts[-1].startswith(
        "Tuned: of 2 values in @fig-t-losses, trial 2 has the highest accuracy on validation, 80"
    )


def test_a_factorial_is_a_table_of_effects_bold_where_they_are_established(shown):
    study, texts = shown
    study.comparison["factorial"]["effects"][0]["splits"]["validation"] |= {"seeds": 6, "verdict": "lower"}
    study.factorial()
    table = next(text for text in texts if text.startswith("| effect"))
    assert "| INTERACTION | −10.0 [−12.0, −8.0] |" in table
    assert "| FIRST_MAIN | **−10.0 [−12.0, −8.0]** |" in table
    assert "Bold ones are established" in texts[-1] and "| p |" not in table
    texts.clear()
    study.comparison["factorial"]["effects"][0]["splits"]["validation"]["p"] = 0.03125
    study.factorial()
    table = next(text for text in texts if text.startswith("| effect"))
    assert "| FIRST_MAIN | **−10.0 [−12.0, −8.0]** | 0.031 |" in table


def test_training_curves_are_a_table_their_order_and_the_pairs_asked_for(shown):
    study, texts = shown
    study.entries["diverged"] = entry("diverged", 0.5)  # of which there are no training curves
    study.training_curves()
    study.observed("base", "t_2")
    study.observed("base", "diverged")
    assert "| Base | 0.900 | 55.0 % | −5.0 | 50 % | 3.6 |" in texts[0]
    assert texts[2] == "Base is slower."
    assert texts[3].startswith("The training loss of “T_2”, a mean over the last epoch, is 0.400")
    assert len(texts) == 4


def test_comparisons_are_a_table_and_what_validation_chose_is_said(shown):
    study, texts = shown
    study.comparisons("steps", ("base", "best(t)"), ("base", "t_2"))
    note, table, caption = texts
    assert note.startswith("> **No verdicts on designs.** ")
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    assert lines[0] == ["variant", "against", "validation", "matches after"]
    assert lines[2] == ["T_2", "Base", "30.0 [20.0, 40.0]", "–"]
    assert "[95 %, over images only]. Chosen" in caption
    assert caption.startswith("**tbl-s-steps**") and "Chosen on validation: “T_2”, best of 2 trials." in caption
    texts.clear()
    study.comparison["pairs"][1]["splits"]["validation"]["seeds"] = 6
    study.comparison["pairs"].append(
        study.comparison["pairs"][1]
        | {"a": "t_1", "splits": {"test": study.comparison["pairs"][0]["splits"]["validation"]}}
    )
    study.comparisons("mixed", ("base", "best(t)"), ("t_1", "t_2"), ("base", "t_2"))
    assert "| validation | test |" in texts[-2].splitlines()[0]  # some have one split, and others another
    assert "[95 %, over images, with 6 seeds or more over seeds too]" in texts[-1]
    study.comparison["pairs"][1]["splits"]["validation"]["seeds"] = 1
    texts.clear()
    study.comparisons("again", ("base", "t_2"))
    assert texts[0].splitlines()[2].endswith("| 2\u00a0against\u00a03 |")


def test_a_void_comparison_matches_nothing_and_has_no_p(shown):
    study, texts = shown
    study.comparison["pairs"][1]["void"] = "It is void."
    study.comparisons("steps", ("base", "t_2"))
    assert "| T_2 | Base | void | – |" in texts[1]


def test_a_void_comparison_says_its_unequal_budgets(shown):
    study, texts = shown
    study.comparison["pairs"][1] |= {"void": "It is void.", "unequal": ["3 against 5 epochs"]}
    study.comparisons("steps", ("base", "t_2"))
    assert "| T_2 | Base | void | – | 3 against 5 epochs |" in texts[1]


def test_corrected_p_values_explain_what_is_not_bold(shown):
    study, texts = shown
    found = study.comparison["pairs"][1]["splits"]["validation"] | {"seeds": 6, "p": 0.0625}
    study.comparison["pairs"][1]["splits"] = {"validation": found, "test": found | {"p": 0.03125, "verdict": "higher"}}
    study.comparisons("steps", ("base", "t_2"))
    assert "| 30.0 [20.0, 40.0] | **30.0 [20.0, 40.0]** | 0.062, 0.031 |" in texts[1]
    assert "Bold ones are established (6 paired seeds or more; p: corrected, on validation, test)." in texts[2]
    texts.clear()
    study.comparison["pairs"][1]["splits"]["validation"] = found | {"p": None}
    study.comparison["pairs"][1]["splits"]["test"]["p"] = 0.0001
    study.comparisons("tiny", ("base", "t_2"))
    assert "| –, < 0.001 |" in texts[0]


def test_accuracies_with_the_seeds_that_are_compared_stand_beside_those_with_all(shown):
    study, texts = shown
    study.entries["base"]["seeds"] = 6
    study.entries["base"]["accuracy"]["validation"]["mean"] = 0.45
    study.comparisons("steps", ("base", "t_2"), ("base", "best(t)"))
    assert texts[-1] == (
        "@tbl-s-steps compares networks with the seeds that both have: “Base” has 50.0 % on validation with one, "
        "45.0 % with all 6."
    )
    study.comparisons("again", ("base", "t_2"))
    assert not texts[-1].startswith("@tbl-s-again")  # which would say the same of it once more
    study.entries["base"]["accuracy"]["validation"]["mean"] = 0.46
    study.entries["base"]["seeds"] = 1
    study.comparisons("alone", ("base", "t_2"))
    assert not texts[-1].startswith("@tbl-s-alone")


def test_an_accuracy_that_is_the_same_with_fewer_seeds_is_not_told_twice(shown):
    study, texts = shown
    study.entries["base"]["seeds"] = 6
    study.entries["base"]["accuracy"]["validation"]["mean"] = 0.5004
    study.comparisons("steps", ("base", "t_2"))
    assert not texts[-1].startswith("@tbl-s-steps")


def test_no_pair_stands_twice_in_a_table_of_comparisons(shown):
    study, texts = shown
    study.comparisons("steps", ("base", "t_2"), ("base", "best(t)"))
    assert texts[1].count("| T_2 | Base |") == 1 and "| 2\u00a0against\u00a03 |" in texts[1]
    assert "“T_2”, best of 2 trials" in texts[2]


def test_a_variant_chosen_among_all_but_the_final_one_is_said_to_be(shown):
    study, texts = shown
    ranking = [{"rank": rank, "variant": name} for rank, name in enumerate(("base", "t_1"), 1)]
    study.comparison["best"]["others"] = {"variant": "base", "ranking": ranking}
    study.comparison["pairs"].append(pair("best(others)", "t_2", selected=["a"]))
    study.comparisons("own", ("best(others)", "t_2"))
    assert "Chosen on validation: “Base”, best of 2 others." in texts[2]


def test_where_validation_and_test_differ_in_sign_is_said(shown):
    study, texts = shown
    first, second = study.comparison["pairs"]
    for found, difference in ((first, -0.1), (second, 0.1)):
        found["splits"]["test"] = {**found["splits"]["validation"], "difference": difference}
    study.comparisons("one", ("base", "best(t)"))
    assert texts[-1] == "Validation and test differ in sign in the one row of @tbl-s-one."
    study.comparison["best"]["t"]["variant"] = "t_1"
    study.comparisons("two", ("base", "best(t)"), ("base", "t_2"))
    assert texts[-1] == "Validation and test differ in sign in 1 of 2 rows of @tbl-s-two."
    first["void"] = "It is void."
    study.comparisons("three", ("base", "best(t)"), ("base", "t_2"))
    assert "differ in sign" not in texts[-1]


def test_a_step_schedule_is_told_with_its_drops(shown, tmp_path):
    study, texts = shown
    path = tmp_path / "models/t_2/seed0/training.json"
    training = json.loads(path.read_text())
    training["spec"]["schedule"] = {"name": "step", "drops": 2, "gamma": 0.1, "warmup": 0.2}

    def trained(planned, done):
        path.write_text(json.dumps(training | {"spec": training["spec"] | {"epochs": planned}, "epochs": done}))
        study.schedule("t_2")

    trained(20, 20)
    assert texts == [
        "“T_2” starts at a learning rate of 0.1, which is multiplied by 0.1 after every 7 epochs: 2 times within its "
        "20 epochs."
    ]
    for planned, done, said in (
        (3, 3, "by 0.1 after every epoch: 2 times within its 3 epochs."),
        (1, 1, "before its first step."),
        (30, 4, "before its first step."),  # it diverged
        (30, 14, "by 0.1 after every 10 epochs: once within its 14 epochs."),
    ):
        trained(planned, done)
        assert texts.pop().endswith(said)
    defaults = {"schedule": {"name": "cosine", "drops": 2, "gamma": 0.1, "warmup": 0.2}}
    Study(study.results, "s", FACTS, defaults).settings()
    row = next(line for line in texts[1].splitlines() if line.startswith("| T_2 |"))
    assert "`schedule.drops` 2, `schedule.gamma` 0.1, `schedule.name` step" in row and "warmup" not in row


def test_what_is_observed_of_the_curves_of_two_variants_is_said_unless_one_diverged(shown):
    study, texts = shown
    study.entries["diverged"] = entry("diverged", 0.5)
    study.observed("base", "diverged")
    assert texts == []
    study.observed("base", "t_2")
    assert texts[0].startswith("The training loss of “T_2”, a mean over the last epoch, is 0.400")


def test_budgets_of_comparisons_have_a_column_where_they_differ(shown):
    study, texts = shown
    study.comparison["pairs"][1]["unequal"] = ["3 against 5 epochs"]
    study.comparisons("steps", ("base", "t_2"))
    assert "| 3 against 5 epochs |" in texts[1]


def test_differences_stand_in_the_order_of_the_splits(shown):
    study, texts = shown
    splits = study.comparison["pairs"][1]["splits"]
    study.comparison["pairs"][1]["splits"] = {"test": splits["validation"], **splits}
    study.comparisons("steps", ("base", "t_2"))
    assert [cell.strip() for cell in texts[1].splitlines()[0].split("|")[3:5]] == ["validation", "test"]


def test_what_fits_is_said(shown):
    study, texts = shown
    study.fitted("base")
    assert texts == ["It fits."]


def test_settings_are_those_that_differ_from_the_defaults_first_the_shared_ones(shown, tmp_path):
    study, texts = shown
    path = tmp_path / "models/t_2/seed0/training.json"
    training = json.loads(path.read_text())
    training["spec"]["l1"] = 0.25
    path.write_text(json.dumps(training))
    study.settings()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in texts[0].splitlines()[2:]]
    assert rows[0] == ["*all*", "`dataset` small, `label_smoothing` 0.0, `test_each_epoch` false", ""]
    assert rows[1:] == [["Base", "`l1` 0.0", "2 of 3"], ["T_1", "`l1` 0.0", "2 of 3"], ["T_2", "`l1` 0.25", "2 of 3"]]


def test_the_note_on_verdicts_is_shown_once_in_a_chapter_before_the_first_comparison(shown, tmp_path):
    study, texts = shown
    save(tmp_path, "other", COMPARISON, FACTS)
    study.factorial()
    Study(study.results, "other", FACTS, DEFAULTS).comparisons("steps", ("base", "best(t)"))
    assert [text.startswith("> **") for text in texts].index(True) == 0
    assert sum(text.startswith("> **") for text in texts) == 1


@pytest.mark.parametrize(
    ("seeds", "note"), [(5, "No verdicts on designs."), (6, "How verdicts on designs are reached.")]
)
def test_the_note_follows_the_seeds(shown, seeds, note):
    study, texts = shown
    study.comparison["pairs"][1]["splits"]["validation"]["seeds"] = seeds
    study.comparisons("steps", ("base", "t_2"))
    study.gains("base", "t_2")
    assert texts[0].startswith(f"> **{note}** ")
    assert ("over images only" in texts[-1], "There is no verdict" in texts[-1]) == (seeds < 6, seeds < 6)


def test_an_effect_that_another_study_tests_too_is_told(shown):
    study, texts = shown
    effects = study.comparison["factorial"]["effects"]
    effects.append(effects[0] | {"effect": "second_without", "heading": "Dropout, without norm"})
    study.facts["elsewhere"] = [["base", "t_2"]]  # neither and second
    study.factorial()
    assert "another study too" not in " ".join(texts)  # without enough seeds there is no test
    effects[0]["splits"]["validation"]["seeds"] = 6
    study.factorial()
    told = "tested in another study too, where its p is corrected with other comparisons."
    assert texts[-1] == f"“Dropout, without norm” is {told}"
    study.comparison["pairs"][1]["splits"]["validation"]["seeds"] = 6
    study.comparisons("steps", ("base", "t_2"))
    assert texts[-1] == f"“T_2” against “Base” is {told}"


def test_unequal_budgets_of_a_factorial_are_said_before_its_figure(shown):
    study, texts = shown
    study.comparison["factorial"]["unequal"] = ["One trained longer."]
    study.factorial()
    assert texts[1] == "One trained longer." and texts[2].startswith("[fig-")


def test_a_void_comparison_is_void_in_the_table_and_said_once(shown):
    study, texts = shown
    for found in study.comparison["pairs"]:
        found |= {"void": "It is void.", "gains_sentence": "It is void."}
    study.comparison["factorial"]["void"] = "It is void."
    study.entries["t_2"]["flags"] = [{"flag": "at chance", "seeds": 1}]
    study.comparison["best"]["t"]["variant"] = "t_1"
    study.comparisons("steps", ("base", "best(t)"), ("base", "t_2"))
    assert texts[1].count("| void |") == 2 and len(texts) == 3
    study.gains("base", "t_2")
    study.factorial()
    assert texts[3:] == ["The effects are void: “T_2” is at chance (@tbl-s-flags)."]


def test_an_effect_is_void_by_the_networks_that_it_contrasts_alone(shown):
    study, texts = shown
    study.entries["t_2"]["flags"] = [{"flag": "at chance", "seeds": 1}]
    study.comparison["factorial"]["effects"][1]["void"] = "It is void."
    study.factorial()
    assert texts[-2].count("| void") == 1 and "Void: “T_2” is at chance." in texts[-1]


def test_a_study_not_shown_by_hand_is_shown_whole(shown):
    study, texts = shown
    study.rest()
    assert texts[:2] == ["## A study {#sec-study-s}", "*Why?*"]
    assert labelled(texts) == [
        *("fig-s-accuracies", "fig-s-curves", "fig-base-t-2-gains", "fig-s-factorial", "fig-t-losses"),
        *("fig-base-curves", "fig-base-confusion", "fig-base-right", "fig-base-wrong", "fig-base-counts"),
        *("fig-t-2-curves", "fig-t-2-confusion", "fig-t-2-right", "fig-t-2-wrong", "fig-t-2-counts"),
    ]
    for sentence in (
        "Cats gain.",
        "It fits.",
    ):
        assert texts.count(sentence) == 1
    assert "### Base {#sec-variant-base}" in texts
    for figure in ("fig-s-curves", "fig-t-losses", "fig-base-curves", "fig-base-counts", "fig-t-2-counts"):
        assert any(f"@{figure}" in text for text in texts), figure


def test_the_rest_is_what_was_not_shown_by_hand(shown):
    study, texts = shown
    study.comparisons("steps", ("base", "best(t)"))
    study.group("t")
    study.variant("base").curves()
    texts.clear()
    study.rest()
    assert texts[0] == "## A study: further results {#sec-study-s}"
    assert texts[1].count("| T_2 | Base |") == 1 and texts[2].startswith("**tbl-s-further-comparisons**")
    assert texts[3] == "Cats gain."
    assert [label for label in labelled(texts) if "base-" in label or "-t-" in label] == [
        *(
            "fig-base-t-2-gains",
            "fig-t-2-curves",
            "fig-t-2-confusion",
            "fig-t-2-right",
            "fig-t-2-wrong",
            "fig-t-2-counts",
        )
    ]
    assert not any("Why?" in text for text in texts)


def test_gains_of_a_pair_are_shown_by_one_study(shown):
    study, texts = shown
    Study(study.results, "s", {**FACTS, "gains": []}, DEFAULTS).rest()
    assert any("| T_2 | Base |" in text for text in texts) and "Cats gain." not in texts


def test_where_nothing_is_left_nothing_is_shown(shown):
    study, texts = shown
    study.rest()
    texts.clear()
    study.rest()
    assert texts == []


def test_a_study_of_one_variant_is_a_table_and_its_curves(shown, tmp_path):
    study, texts = shown
    save(tmp_path, "alone", ALONE, ALONE_FACTS)
    Study(study.results, "alone", ALONE_FACTS, DEFAULTS).rest()
    assert labelled(texts) == ["fig-alone-accuracies", "fig-alone-curves"]
    assert "one row for each of 1 variant." in " ".join(texts)
    assert "" not in texts


@pytest.mark.parametrize(
    ("splits", "select_epoch", "sentence"),
    [
        (("validation", "test"), "best", "Epochs are chosen on validation."),
        (("validation", "test"), "last", "The last epoch is kept."),
        (("validation",), "best", "No test split; validation also chose epochs."),
        (("validation",), "last", "No test split; the last epoch is kept."),
    ],
)
def test_the_table_says_what_each_split_decided(shown, tmp_path, splits, select_epoch, sentence):
    study, texts = shown
    save(tmp_path, "s", {**COMPARISON, "variants": [entry("base", 0.5, splits=splits)]}, FACTS, select_epoch)
    Study(study.results, "s", FACTS, DEFAULTS).accuracies()
    assert sentence in texts[1]


def test_accuracies_with_mirror_images_are_those_of_the_last_split(shown, tmp_path):
    study, texts = shown
    plain, mirrored = (
        entry("base", 0.5, splits=("validation", "test")),
        entry("t_1", 0.6, splits=("validation", "test")),
    )
    for share, split in ((0.61, "validation"), (0.62, "test")):
        mirrored["accuracy"][split] = {**mirrored["accuracy"][split], "mirrored": share}
    save(tmp_path, "s", {**COMPARISON, "variants": [plain, mirrored]}, {**FACTS, "groups": {}})
    Study(study.results, "s", {**FACTS, "groups": {}}, DEFAULTS).accuracies()
    assert "With scores averaged over each image and its mirror image: “T_1” 62.0 % on test." in texts


@pytest.mark.parametrize(("seeds", "intervals"), [(1, "Wilson, over images"), (3, "t over seeds; of one seed Wilson")])
def test_the_table_says_what_its_intervals_are(shown, tmp_path, seeds, intervals):
    study, texts = shown
    save(tmp_path, "s", {**COMPARISON, "variants": [entry("base", 0.5), {**entry("t_1", 0.6), "seeds": seeds}]}, FACTS)
    Study(study.results, "s", FACTS, DEFAULTS).accuracies()
    assert f"[95 %, {intervals}" in texts[1]


def test_a_variant_shows_its_first_seed(shown, tmp_path):
    study, _ = shown
    facts = {**FACTS, "seeds": {**FACTS["seeds"], "base": [5, 0]}}
    save(tmp_path, "s", COMPARISON, facts)
    assert Study(study.results, "s", facts, DEFAULTS).variant("base").seed == 5


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda study: study.variant("gone"), "`gone`, which is not under `variants`"),
        (lambda study: study.comparisons("steps", ("base", "gone")), "`[base, gone]`, which is not under `compare`"),
        (lambda study: study.gains("gone", "base"), "`[gone, base]`, which is not under `compare`"),
        (lambda study: study.ladder("base", "gone"), "`[base, gone]`, which is not under `compare`"),
        (lambda study: study.observed("base", "gone"), "`gone`, which is not under `variants`"),
        (lambda study: study.confused("gone"), "`gone`, which is not under `variants`"),
        (lambda study: study.confused("best(gone)"), "`best(gone)`, which is not under `variants`"),
        (lambda study: study.group("gone"), "`gone`, which is not under `variants`"),
        (lambda study: study.fitted("gone"), "`gone`, which is not under `must_fit`"),
    ],
)
def test_what_a_study_no_longer_has_is_named_with_its_file(shown, ask, said):
    with pytest.raises(AtlasError) as e:
        ask(shown[0])
    assert str(e.value).startswith(f"config/studies/s.yaml: the chapter shows {said}; put it back there")


def test_a_factorial_that_is_gone_is_named(shown):
    shown[0].comparison["factorial"] = None
    with pytest.raises(AtlasError, match=r"s\.yaml: the chapter shows one, which is not under `factorial`"):
        shown[0].factorial()


@pytest.mark.parametrize(
    ("images", "words"),
    [
        ([2000, 2000, 2000], "2,000 training images each."),
        ([2000, 2000, 15000], "Each was trained on 2,000 images; “C” on 15,000."),
        ([1, 1, 1, 1, 1, 2, 3, 4, 5], None),
    ],
)
def test_training_images_are_told_below_the_accuracies(shown, tmp_path, images, words):
    study, texts = shown
    variants = [entry(name, 0.5, splits=("train", "validation")) for name, _ in zip("abcdefghi", images, strict=False)]
    for found, number in zip(variants, images, strict=True):
        found["accuracy"] = {split: score | {"images": number} for split, score in found["accuracy"].items()}
    facts = {**ALONE_FACTS, "seeds": {found["variant"]: [0] for found in variants}}
    save(tmp_path, "s", {**COMPARISON, "variants": variants}, facts)
    Study(study.results, "s", facts, DEFAULTS).accuracies()
    table = next(text for text in texts if text.startswith("|"))
    assert ("images" in [cell.strip() for cell in table.splitlines()[0].split("|")]) == (words is None)
    assert words is None or words in " ".join(texts)


def test_a_table_of_comparisons_says_what_the_marks_of_its_variants_mean(shown):
    study, texts = shown
    study.comparison["variants"][0]["flags"] = [{"flag": "narrow", "seeds": 1, "sentence": "So."}]
    study.comparisons("steps", ("base", "t_2"))
    (caption,) = [text for text in texts if "differences in points" in text]
    assert "Base ¶" in " ".join(texts)
    assert "¶ narrow." in caption


@pytest.mark.parametrize(
    ("share", "chance", "said"),
    [
        (0.4, {"mean": 0.2, "most": 0.3}, " (above all: cat taken for dog (4))"),
        (0.25, {"mean": 0.2, "most": 0.3}, " (here no pair stands out from what chance gives)"),
        (0.2, None, " (above all: cat taken for dog (4))"),
        (None, None, ""),
    ],
)
def test_pairs_of_classes_are_an_argument_only_where_they_stand_out(shown, share, chance, said):
    study, _ = shown
    pairs = [{"share": share, "named": "cat taken for dog (4)"}] if share else []
    study.comparison["confused"]["t_2"] |= {"pairs": pairs, "chance": chance}
    assert study.standing_out("best(t)") == said


def test_nothing_is_observed_of_the_curves_of_a_network_at_chance(shown):
    study, texts = shown
    study.entries["base"]["flags"] = [{"flag": "at chance", "seeds": 1, "sentence": "At chance: so."}]
    study.observed("base", "t_2")
    assert texts == []


def test_a_value_that_a_sweep_leaves_out_stands_beside_its_best(shown):
    study, texts = shown
    study.further("t", "base")
    study.entries["base"]["accuracy"]["validation"]["mean"] = 0.9
    study.further("t", "base")
    assert texts == [
        "One more value is that of “Base”: 50.0 [49.0, 51.0] % on validation, less than the best of these.",
        "One more value is that of “Base”: 90.0 [49.0, 51.0] % on validation, more than the best of these.",
    ]
