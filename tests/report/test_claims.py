"""What results say in a clause: computed, with intervals, flags and verdicts, and void where it means nothing."""

import json

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report.claims import Claims, gain
from study_results import COMPARISON, FACTS, effect, entry, save

FOUND = {"difference": 0.032, "low": 0.01, "high": 0.052, "p": None, "verdict": None, "seeds": 1}


@pytest.fixture
def claims(results):
    save(results.folder, "s", COMPARISON, FACTS)
    return Claims(results)


def write(results, path, content):
    file = results.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))


def test_an_accuracy_has_its_interval_split_and_flags(claims):
    assert claims.score("s", "best(t)") == "80.0 % [79.0, 81.0] on validation"
    assert claims.score("s", "t_1") == "60.0 % [59.0, 61.0] on validation †"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, "+3.2 points [1.0, 5.2]"),
        ({"difference": -0.032}, "−3.2 points [1.0, 5.2]"),
        ({"p": 0.01, "verdict": "higher"}, "+3.2 points [1.0, 5.2], established"),
        ({"p": 0.3}, "+3.2 points [1.0, 5.2], not established"),
    ],
)
def test_a_difference_says_whether_it_is_established_where_seeds_suffice_to_tell(found, words):
    assert gain(FOUND | found) == words


def test_a_change_names_both_sides(claims):
    expected = "“T_2” 80.0 % on validation, “Base” 50.0 %: +30.0 points [20.0, 40.0]"
    assert claims.change("s", "base", "t_2") == expected


def test_a_void_change_says_why(results):
    flagged = [entry("base", 0.1, flags=["at chance"]), *COMPARISON["variants"][1:]]
    pairs = [pair | {"void": "It is void."} for pair in COMPARISON["pairs"]]
    save(results.folder, "s", {**COMPARISON, "variants": flagged, "pairs": pairs}, FACTS)
    claims = Claims(results)
    assert claims.change("s", "base", "t_2") == "void: “Base” is at chance (“T_2” 80.0 % on validation, “Base” 50.0 %)"
    assert claims.most("s", "base", ["t_2"]) == "every comparison is void"
    claims.entry("s", "t_2")["flags"] = [{"flag": "collapsed", "seeds": 1}]
    assert claims.change("s", "base", "t_2").startswith("void: “Base” and “T_2” are at chance or collapsed (“T_2”")


def test_a_network_is_told_with_its_accuracy_also_where_a_comparison_with_it_is_void(claims):
    own = "“T_2” 80.0 % [79.0, 81.0] on validation"
    assert claims.against("s", "t_2", "base") == f"{own}; against “Base” (50.0 %) +30.0 points [20.0, 40.0]"
    claims.entry("s", "base")["flags"] = [{"flag": "at chance", "seeds": 1}]
    claims.study("s")["pairs"][1]["void"] = "It is void."
    assert claims.against("s", "t_2", "base") == f"{own}; against “Base” (50.0 % ‡; void, as it is at chance)"
    assert claims.lifeless("s", "base") == "void: “Base” is at chance" and not claims.lifeless("s", "t_2")
    claims.entry("s", "base")["flags"] = []
    claims.entry("s", "t_2")["flags"] = [{"flag": "collapsed", "seeds": 1}]
    assert claims.against("s", "t_2", "base") == f"{own} §; against “Base” (50.0 %; void)"


def test_a_network_that_is_also_the_best_of_others_is_told_once(claims):
    claims.study("s")["pairs"].append(claims.study("s")["pairs"][1] | {"a": "best(others)"})
    claims.study("s")["best"]["others"] = {"variant": "base", "ranking": [{"variant": "base"}, {"variant": "t_1"}]}
    once = claims.against("s", "t_2", "base")
    assert claims.against("s", "t_2", "best(others)", "base") == once
    assert claims.against("s", "t_2", "best(others)") == once
    claims.entry("s", "t_1")["accuracy"]["validation"]["mean"] = 0.5
    tied = claims.against("s", "t_2", "best(others)")
    assert "“Base” (50.0 %; 1 other as accurate on validation" in tied


def test_a_flag_of_few_of_the_seeds_makes_nothing_void(claims):
    claims.entry("s", "base").update(seeds=3, flags=[{"flag": "at chance", "seeds": 1}])
    assert not claims.lifeless("s", "base")


def test_a_difference_whose_sign_is_another_on_the_other_split_is_told_with_it(claims):
    splits = claims.study("s")["pairs"][1]["splits"]
    splits["test"] = splits["validation"] | FOUND | {"difference": -0.02}
    assert claims.change("s", "base", "t_2").endswith("−2.0 points [1.0, 5.2] (on validation +30.0)")
    splits["test"]["difference"] = 0.02
    assert claims.change("s", "base", "t_2").endswith("+2.0 points [1.0, 5.2]")


def test_it_is_said_where_no_change_gains(claims):
    claims.study("s")["pairs"][1]["splits"]["validation"]["difference"] = -0.01
    assert claims.most("s", "base", ["t_2"]) == "none is higher on validation: “T_2” −1.0 points [20.0, 40.0]"


def test_epochs_to_the_accuracy_of_another_are_told(claims):
    found = ", whose best validation accuracy it reaches in epoch 2 of 3, that network in epoch 3 of 3"
    assert claims.matched("s", "base", "t_2") == found
    claims.study("s")["pairs"][1]["epochs_to_match"] = None
    assert claims.matched("s", "base", "t_2") == ", whose best validation accuracy it does not reach"


def test_unequal_budgets_stand_beside_a_difference(claims):
    claims.study("s")["pairs"][1]["unequal"] = ["4 against 2 epochs"]
    assert claims.change("s", "base", "t_2").endswith(
        "; unequal budgets: 4 against 2 epochs: +30.0 points [20.0, 40.0]"
    )
    told = claims.against("s", "t_2", "base")
    assert told.endswith("; with unequal budgets, against “Base” (50.0 %) +30.0 points [20.0, 40.0]")
    assert claims.budgets("s", "t_2", "base") == "unequal budgets: 4 against 2 epochs"
    claims.study("s")["pairs"].append(claims.study("s")["pairs"][1] | {"a": "t_1", "unequal": []})
    told = claims.against("s", "t_2", "base", "t_1")
    assert "“Base” (50.0 %; unequal budgets) +30.0 points" in told
    assert claims.budgets("s", "t_2", "base", "t_1") == "unequal budgets: against “Base” 4 against 2 epochs"
    assert told.endswith("“T_1” (50.0 % †) +30.0 points [20.0, 40.0]")
    claims.study("s")["pairs"][1]["unequal"] = ["“T_2” starts from the weights of `base`"]
    assert "budgets" not in claims.against("s", "t_2", "base")


def test_epochs_are_told_where_their_numbers_are_unequal_and_not_where_a_side_learned_nothing(claims):
    claims.study("s")["pairs"][1]["unequal"] = ["4 against 2 epochs"]
    claims.entry("s", "base")["epochs"] = 2
    assert claims.matched("s", "base", "t_2").endswith("in epoch 2 of 3, that network in epoch 3 of 2")
    claims.study("s")["pairs"][1]["void"] = "The comparison is void."
    assert claims.matched("s", "base", "t_2") == ""


def test_what_is_gained_says_where_it_is_of_fewer_seeds(claims):
    assert claims.gained("s", "base", "t_2") == "+30.0 points [20.0, 40.0]"
    claims.entry("s", "base")["seeds"] = 3
    assert claims.gained("s", "base", "t_2") == "with the one seed of both +30.0 points [20.0, 40.0]"
    claims.study("s")["pairs"][1]["unequal"] = ["4 against 2 epochs"]
    assert claims.gained("s", "base", "t_2").startswith("with unequal budgets and the one seed of both +30.0")


def test_a_difference_over_common_seeds_stands_beside_the_accuracy_with_them(claims):
    """What has three seeds is compared with what has one by the seed of both: its mean need not be its accuracy."""
    claims.entry("s", "t_2")["seeds"] = 3
    told = claims.against("s", "t_2", "base")
    assert "against “Base” (50.0 %, beside 80.0 % with the one seed of both) +30.0 points [20.0, 40.0]" in told


def test_one_seed_of_several_that_does_not_reach_an_accuracy_is_not_all_of_them(claims):
    claims.study("s")["pairs"][1]["epochs_to_match"] = None
    assert claims.matched("s", "base", "t_2") == ", whose best validation accuracy it does not reach"
    claims.study("s")["pairs"][1]["splits"]["validation"]["seeds"] = 8
    assert claims.matched("s", "base", "t_2").endswith("it does not reach with every seed")
    claims.study("s")["pairs"][1] |= {"epochs_to_match": 13 / 3, "epochs_to_best_a": 43 / 6}
    assert claims.matched("s", "base", "t_2").endswith("in epoch 4.33 of 3, that network in epoch 7.17 of 3")


def test_a_network_is_above_or_below_others_only_with_a_verdict(claims):
    """Not by an interval of one seed, which is over images only."""
    assert claims.stands("s", "t_2", {"base": "the base"}) == ""
    found = claims.study("s")["pairs"][1]["splits"]["validation"]
    found |= {"seeds": 8, "p": 0.3}
    assert claims.stands("s", "t_2", {"base": "the base"}) == "on validation not established above or below the base"
    found |= {"p": 0.01, "verdict": "higher"}
    assert claims.stands("s", "t_2", {"base": "the base"}) == "on validation above the base"
    found["verdict"] = "lower"
    assert claims.stands("s", "t_2", {"base": "the base"}) == "on validation below the base"
    claims.study("s")["pairs"][1]["void"] = "It is void."
    assert claims.stands("s", "t_2", {"base": "the base"}) == ""


def test_each_of_several_changes_is_told(claims):
    assert claims.each("s", "base", {"t_2": "dropout"}) == "dropout +30.0 points [20.0, 40.0]"
    claims.study("s")["pairs"][1]["void"] = "It is void."
    assert claims.each("s", "base", {"t_2": "dropout"}) == "dropout void"
    claims.entry("s", "base")["flags"] = [{"flag": "at chance", "seeds": 1}]
    assert claims.each("s", "base", {"t_2": "dropout"}) == "dropout void (“Base” is at chance)"
    claims.entry("s", "base")["flags"] = []
    claims.study("s")["pairs"].append(
        {
            "a": "base",
            "b": "t_1",
            "void": None,
            "unequal": ["20 against 10 epochs"],
            "splits": {"validation": FOUND | {"difference": -0.1}},
        }
    )
    assert claims.each("s", "base", {"t_1": "L1", "t_2": "dropout"}) == (
        "L1 † with unequal budgets −10.0 points [1.0, 5.2], dropout void"
    )


def test_a_trial_is_called_without_what_was_drawn_for_it(claims):
    claims.entry("s", "t_2")["title"] = "Tuned, trial 2: dropout 0.5"
    assert claims.title("s", "best(t)") == "“Tuned, trial 2”"


def test_of_several_changes_the_best_and_the_worst_are_named(claims):
    claims.study("s")["pairs"].append(
        {"a": "base", "b": "t_1", "void": None, "unequal": [], "splits": {"validation": FOUND | {"difference": -0.1}}}
    )
    found = claims.most("s", "base", ["t_1", "t_2"])
    assert found == "on validation “T_2” +30.0 points [20.0, 40.0] at best, “T_1” † −10.0 points [1.0, 5.2] at worst"


def test_effects_are_those_of_the_factorial(claims):
    claims.study("s")["factorial"]["effects"][0]["heading"] = "Dropout, on average"
    assert claims.effects("s", "first_main") == "on validation, dropout on average −10.0 points [−12.0, −8.0]"
    splits = claims.study("s")["factorial"]["effects"][0]["splits"]
    splits["test"] = {**splits["validation"], "difference": 0.03}
    assert claims.effects("s", "first_main").endswith("+3.0 points [−12.0, −8.0] (on validation −10.0)")
    del splits["test"]
    claims.study("s")["factorial"]["unequal"] = ["The budgets are unequal: 2 against 1 epochs."]
    assert claims.effects("s", "first_main").startswith("on validation, with unequal budgets, dropout on average ")


def test_of_a_void_main_effect_what_is_not_void_is_told(claims):
    effects = claims.study("s")["factorial"]["effects"]
    effects += [effect(f"second_{when}", 0.1) for when in ("without", "with")]
    claims.entry("s", "t_2")["flags"] = [{"flag": "at chance", "seeds": 1}]
    for void in (effects[1], effects[3]):
        void["void"] = "It is void."
    told = "on validation, SECOND_WITH ‡ +10.0 points [8.0, 12.0]; void for SECOND_MAIN"
    assert claims.effects("s", "second_main") == told
    assert claims.cells("s", "second_main") == [
        "accuracies on validation: SECOND_WITH 50.0 % → 80.0 % ‡", "“T_2” is at chance",
    ]  # fmt: skip
    assert claims.effects("s", "second_without", "second_with").count("SECOND_WITH ") == 1  # what stands for another
    effects[4]["void"] = "It is void."
    assert claims.effects("s", "second_main") == "void: “T_2” is at chance" and not claims.cells("s", "second_main")


def test_a_sentence_of_an_interpretation_is_found_by_its_words(claims, results):
    texts = ["Shown are two. The maps follow the edges. Conclusion: deeper is sparser."]
    write(results, "interpretation/net/cam/summary.json", {"sentences": texts})
    assert claims.shown("net", "cam", "Conclusion", "edges") == "Conclusion: deeper is sparser"
    assert claims.shown("net", "cam", "nothing", "edges") == "The maps follow the edges"
    assert claims.shown("net", "cam", "nothing") == "Shown are two"


def test_of_a_network_that_learned_nothing_an_interpretation_is_void(claims, results):
    write(results, "interpretation/net/cam/summary.json", {"sentences": ["The maps follow the edges."]})
    write(results, "evaluation/net/seed0/metrics.json", {"flags": [{"flag": "collapsed", "sentence": "So."}]})
    void = "void: the network is collapsed; its maps mean nothing"
    assert claims.shown("net", "cam", "edges") == void
    with pytest.raises(AtlasError, match=r"interpretation\.yaml: an answer needs `cam` in this chapter"):
        claims.of_each("cam", lambda summary: "edges")
    claims.networks = {"net": "Net", "other": "Other", "third": "Third"}
    assert claims.of_each("cam", lambda summary: "edges") == {"“Net” §": void}
    write(results, "interpretation/other/cam/summary.json", {"sentences": []})
    assert claims.of_each("cam", lambda summary: "edges") == {"“Net” §": void, "“Other”": "edges"}


@pytest.mark.parametrize(
    ("ask", "missing"),
    [
        (lambda claims: claims.score("s", "gone"), "s.yaml: an answer needs the variant `gone`"),
        (lambda claims: claims.change("s", "t_2", "base"), r"s.yaml: an answer needs \[t_2, base\] under `compare`"),
        (lambda claims: claims.shown("gone", "cam"), "gone/cam/summary.json: no such file, which an answer needs"),
    ],
)
def test_what_an_answer_needs_and_the_run_has_not_is_named(claims, ask, missing):
    with pytest.raises(AtlasError, match=missing):
        ask(claims)
