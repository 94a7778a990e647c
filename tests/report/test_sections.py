"""What chapters show of sweeps, searches and factorials, from a study's saved results."""

import json

import pytest

from cnnatlas.report import authoring
from cnnatlas.report.authoring import Results
from cnnatlas.report.sections import Study

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"></svg>'


def entry(name, mean, diverged=0):
    value = {"mean": mean, "low": mean - 0.01, "high": mean + 0.01, "mirrored": None}
    return {"variant": name, "title": name.title(), "parameters": 10, "multiply_adds": 20, "seeds": 1, "epochs": 3.0,
            "diverged": diverged, "accuracy": {"validation": value}}  # fmt: skip


def effect(name, difference):
    split = {"difference": difference, "low": difference - 0.02, "high": difference + 0.02}
    return {"effect": name, "heading": name.upper(), "splits": {"validation": split}, "sentence": f"About {name}."}


COMPARISON = {
    "variants": [entry("base", 0.5), entry("t_1", 0.6, diverged=1), entry("t_2", 0.8)],
    "ranking": [],
    "pairs": [{"a": "base", "b": "best(t)", "sentence": "Better.", "cost_sentence": "Dearer."}],
    "best": {"t": {"variant": "t_2", "sentence": "Of 2 the second.",
                   "ranking": [{"rank": 1, "variant": "t_2"}, {"rank": 2, "variant": "t_1"}]}},
    "factorial": {"factors": ["norm", "dropout"],
                  "effects": [effect(n, -0.1) for n in ("first_main", "second_main", "interaction")]},
    "fitted": {"base": {"sentence": "It fits."}},
}  # fmt: skip
MEMBERS = {
    "t_1": {"label": "trial 1: dropout 0.3", "values": {"architecture.dropout": 0.3}},
    "t_2": {"label": "trial 2: dropout 0.5", "values": {"architecture.dropout": 0.5}},
}
FACTS = {
    "title": "A study", "question": "Why?", "variants": {"base": "Base", "t_1": "T_1", "t_2": "T_2"},
    "seeds": {"base": [0], "t_1": [0], "t_2": [0]}, "groups": {"t": {"title": "Tuned", "members": MEMBERS}},
}  # fmt: skip


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """The study, and the list of markdown, tables and figures that it displays."""
    folder = tmp_path / "studies" / "s"
    (folder / "groups").mkdir(parents=True)
    (folder / "comparison.json").write_text(json.dumps(COMPARISON))
    (folder / "comparison.csv").write_text("variant\n")
    for name in ("accuracy", "factorial", "groups/t"):
        (folder / f"{name}.svg").write_text(SVG)
    texts = []
    monkeypatch.setattr(
        authoring, "display", lambda bundle, **_: texts.append(bundle.get("text/markdown", bundle.get("text/plain")))
    )
    return Study(Results(str(tmp_path), "make"), "s", FACTS), texts


def test_the_main_table_leaves_out_members_of_groups(shown):
    study, texts = shown
    study.accuracies()
    assert "| Base |" in texts[0]
    assert "T_1" not in texts[0]


def test_a_study_of_groups_alone_shows_their_members(shown):
    study, _ = shown
    everything = {"t": {"title": "Tuned", "members": {**MEMBERS, "base": {"label": "x", "values": {}}}}}
    assert list(Study(study.results, "s", {**FACTS, "groups": everything}).shown) == ["base", "t_1", "t_2"]


def test_a_search_shows_its_trials_by_rank_with_what_was_drawn(shown):
    study, texts = shown
    study.search("t")
    table = next(text for text in texts if text.startswith("| rank"))
    assert [line.split("|")[1:4] for line in table.splitlines()[2:]] == [
        [" 1 ", " 0.5 ", " 80.0 [79.0, 81.0] "],
        [" 2 ", " 0.3 ", " 60.0 [59.0, 61.0] "],
    ]
    assert "diverged" in table.splitlines()[-1]
    assert texts[-1] == "Of 2 the second."


def test_a_sweep_shows_its_values_in_order_and_the_best(shown):
    study, texts = shown
    study.group("t")
    table = next(text for text in texts if text.startswith("| value"))
    assert "| trial 1: dropout 0.3 (diverged) | 60.0 [59.0, 61.0] |" in table
    assert texts[-1] == "Of 2 the second."


def test_a_factorial_shows_effects_and_sentences(shown):
    study, texts = shown
    study.factorial()
    assert "| INTERACTION | −10.0 [−12.0, −8.0] |" in next(text for text in texts if text.startswith("| effect"))
    assert texts[-1] == "About first_main.\n\nAbout second_main.\n\nAbout interaction."


def test_pairs_with_the_best_and_what_fits_are_said(shown):
    study, texts = shown
    study.pair("base", "best(t)")
    study.fitted("base")
    assert texts == ["Better. Dearer.", "It fits."]
