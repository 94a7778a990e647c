"""Comparing two runs: when a difference has a verdict, and what else is said to differ."""

import json

import pytest
from scipy import stats

import compare_runs
from cnnatlas import tables
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import between_runs, results

IMAGES = 1000


def run(folder, variants, images=IMAGES, flags="", **spec):
    """A run whose variants have, seed by seed, so many correct answers on validation."""
    rows = []
    for name, correct in variants.items():
        for seed, hits in correct.items():
            row = dict.fromkeys(results.COLUMNS, "") | {"variant": name, "seed": seed, "flags": flags}
            rows.append(row | {"split": "validation", "images": images, "correct": hits, "accuracy": hits / images})
            record = {"spec": {"epochs": 3, **spec}, "environment": {"torch": "2.15.0"}, "precision": {}}
            training = folder / "models" / name / f"seed{seed}" / "training.json"
            training.parent.mkdir(parents=True)
            training.write_text(json.dumps(record))
    tables.write(folder / "results.csv", results.COLUMNS, rows)
    return between_runs.read(folder)


def seeds(*correct):
    return dict(enumerate(correct))


def only(a, b):
    (found,) = between_runs.differences(a, b)
    return found


def test_six_paired_seeds_that_agree_have_a_verdict(tmp_path):
    a = run(tmp_path / "a", {"d": seeds(500, 505, 495, 502, 498, 500)})
    b = run(tmp_path / "b", {"d": seeds(600, 604, 596, 601, 600, 599)})
    found = only(a, b)
    assert (found.verdict, found.paired) == ("higher", 6)
    assert found.difference == pytest.approx(0.1) and found.low > 0
    assert only(b, a).verdict == "lower"


def test_five_have_none_however_large_the_difference_is(tmp_path):
    a, b = (run(tmp_path / name, {"d": seeds(*[hits] * 5)}) for name, hits in (("a", 100), ("b", 900)))
    assert (only(a, b).verdict, only(a, b).reason) == (None, "5 of 6 paired seeds")


def test_seeds_that_only_one_run_has_are_no_pairs(tmp_path):
    a = run(tmp_path / "a", {"d": seeds(*[100] * 8)})
    b = run(tmp_path / "b", {"d": dict.fromkeys(range(5, 13), 900)})
    assert (only(a, b).verdict, only(a, b).reason, only(a, b).seeds) == (None, "3 of 6 paired seeds", (8, 8))


def test_seeds_that_disagree_establish_nothing(tmp_path):
    a = run(tmp_path / "a", {"d": seeds(500, 500, 500, 500, 500, 500)})
    b = run(tmp_path / "b", {"d": seeds(600, 420, 600, 420, 600, 600)})
    assert (only(a, b).verdict, only(a, b).reason) == (None, "none established")


def test_a_difference_within_the_sampling_of_images_is_none(tmp_path):
    a = run(tmp_path / "a", {"d": seeds(500, 501, 502, 500, 501, 502)})
    b = run(tmp_path / "b", {"d": seeds(505, 506, 507, 505, 506, 507)})
    found = only(a, b)
    assert found.verdict is None and found.low < 0 < found.high


@pytest.mark.parametrize(("other", "reason"), [({"images": 999}, "other images"), ({"flags": "at chance"}, "chance")])
def test_other_images_and_networks_at_chance_have_no_verdict(tmp_path, other, reason):
    a = run(tmp_path / "a", {"d": seeds(*[500] * 6)})
    b = run(tmp_path / "b", {"d": seeds(*[900] * 6)}, **other)
    assert only(a, b).verdict is None and reason in only(a, b).reason


def test_verdicts_are_corrected_over_all_rows(tmp_path):
    many = {"images": 100_000}
    before, after = {"d": seeds(*[50_000] * 6)}, {"d": seeds(*[54_000] * 6)}
    still = {"noise": seeds(*[50_000] * 6)}
    noisy = {"noise": seeds(70_000, 70_000, 70_000, 30_000, 30_000, 70_000)}
    alone = only(run(tmp_path / "a", before, **many), run(tmp_path / "b", after, **many))
    runs = run(tmp_path / "c", before | still, **many), run(tmp_path / "d", after | noisy, **many)
    together = between_runs.differences(*runs)[0]
    assert alone.difference == together.difference
    assert (alone.verdict, together.verdict) == ("higher", None)


def test_accuracies_have_wilsons_or_students_interval(tmp_path):
    one, several = run(tmp_path / "a", {"d": seeds(500)}), run(tmp_path / "b", {"d": seeds(500, 520)})
    found = only(one, several)
    expected = stats.binomtest(500, IMAGES).proportion_ci(method="wilson")
    assert found.a[1:] == pytest.approx((expected.low, expected.high))
    assert found.b[1:] == pytest.approx(stats.t.interval(0.95, 1, 0.51, 0.01))


def test_what_differs_and_what_only_one_run_has_is_said(tmp_path):
    a = run(tmp_path / "a", {"d": seeds(500), "old": seeds(400)})
    b = run(tmp_path / "b", {"d": seeds(500), "new": seeds(400)}, epochs=30)
    b.records["d"]["environment"]["torch"] = "2.11.0"
    lines = list(compare_runs.compared(a, b))
    for line in ("only in A: old", "only in B: new", "epochs: 3 in A, 30 in B, of every shared variant"):
        assert line in lines
    assert any(line.startswith("torch version: 2.15.0 in A, 2.11.0 and 2.15.0 in B") for line in lines)
    row = "d        validation  1      50.0 [46.9, 53.1]  50.0 [46.9, 53.1]  0.0 [−4.4, 4.4]  1 of 6 paired seeds"
    assert row in lines


def test_a_run_without_its_table_names_it(tmp_path):
    (tmp_path / "a").mkdir()
    for folder, words in (("a", "results.csv: no such file"), ("none", "no such folder")):
        with pytest.raises(AtlasError, match=words):
            between_runs.read(tmp_path / folder)


def test_runs_of_other_variants_are_refused(tmp_path):
    a, b = run(tmp_path / "a", {"d": seeds(500)}), run(tmp_path / "b", {"e": seeds(500)})
    with pytest.raises(AtlasError, match="share no variant"):
        list(compare_runs.compared(a, b))
