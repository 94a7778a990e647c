"""Flags of variants, and their markers."""

from pathlib import Path

from cnnatlas.evaluation import markers


def flagged(*names):
    return [{"flag": name, "sentence": f"{name.capitalize()}: because."} for name in names]


def test_a_variants_flags_say_how_many_seeds_have_them():
    runs = {0: flagged("undertrained"), 3: flagged("undertrained", "collapsed"), 5: []}
    assert markers.of_seeds(runs) == [
        {"flag": "undertrained", "sentence": "Undertrained with 2 of 3 seeds; with seed 0, because.", "seeds": 2},
        {"flag": "collapsed", "sentence": "Collapsed with 1 of 3 seeds; with seed 3, because.", "seeds": 1},
    ]
    assert markers.of_seeds({0: flagged("at chance")}) == [
        {"flag": "at chance", "sentence": "At chance: because.", "seeds": 1}
    ]


def test_titles_are_marked_and_only_markers_that_occur_are_explained():
    assert markers.names(flagged("undertrained", "collapsed")) == "undertrained, collapsed"
    assert markers.marked("LeNet-5", "undertrained, collapsed") == "LeNet-5 †§"
    assert markers.marked("LeNet-5", markers.names([])) == "LeNet-5"
    assert markers.legend("collapsed, , undertrained") == "† undertrained, § collapsed"
    assert markers.legend("") == ""


def test_a_remark_says_with_how_many_seeds():
    runs = {0: flagged("undertrained"), 3: flagged("undertrained", "collapsed"), 5: []}
    several = {"flags": markers.of_seeds(runs), "seeds": 3}
    assert markers.remark(several) == "It is undertrained with 2 of 3 seeds and collapsed with 1 of 3 seeds."
    assert markers.remark({"flags": markers.of_seeds({0: flagged("at chance")}), "seeds": 1}) == "It is at chance."
    assert markers.remark({"flags": [], "seeds": 1}) == ""


def test_the_caption_of_accuracies_in_snakemakes_report_explains_every_marker():
    caption = " ".join(Path("report/captions/accuracy.rst").read_text().split())
    assert markers.legend(", ".join(markers.MARKERS)) in caption
