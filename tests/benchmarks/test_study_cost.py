"""What the study costs by a finished run, most of whose jobs were too short to be measured."""

from project import ROOT


def test_jobs_too_short_to_be_measured_count_with_their_seconds(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import study_cost

    for job, seconds in (("train/a/seed0", "0.1"), ("train/a/seed1", "400.0")):
        file = tmp_path / "benchmarks" / f"{job}.tsv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"s\th:m:s\tmax_rss\tcpu_time\n{seconds}\t0:00:00\tNA\tNA\n")
    work = study_cost.Training("a", 8 * 10**11, 1)
    monkeypatch.setattr(study_cost.work, "training", lambda *given: work)
    read = {"spec": {"dataset": "stl10"}, "multiply_adds": 1}
    monkeypatch.setattr(study_cost, "read_json", lambda path: read)
    assert study_cost.measured_rates(tmp_path, {"stl10": [1, 1, 1]}) == {"a": 2e9}
