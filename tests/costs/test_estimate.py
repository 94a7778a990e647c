from threading import Barrier
from types import SimpleNamespace

import pytest

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import studies
from cnnatlas.costs import estimate, machines, rates, speed
from cnnatlas.costs.work import Training
from cnnatlas.workflow.dry_run import Job
from project import ROOT

HEADER = "s\th:m:s\tmax_rss\tcpu_time\n"


def job(name: str, benchmark=None) -> Job:
    return Job(name, (), ("out",), "", benchmark and str(benchmark))


def benchmark(folder, name: str, seconds: float, processor: str):
    path = folder / f"{name}.tsv"
    path.write_text(f"{HEADER}{seconds}\t0:00:00\t1\t{processor}\n")
    return path


def test_what_was_measured_counts_for_its_job_and_is_typical_of_its_rule(tmp_path):
    measured = benchmark(tmp_path, "a", 9.0, "4.0"), benchmark(tmp_path, "b", 2.0, "NA")
    jobs = [*(job("draw", path) for path in measured), job("draw")]
    found = estimate.estimate(jobs, {}, "embedded")
    assert found.seconds == {"draw": [4.0, 2.0, 3.0]}
    assert (found.measured, found.jobs, found.processor) == (2, 3, 9.0)


def test_a_training_without_a_benchmark_takes_what_its_work_takes(tmp_path):
    work = {"d1": Training("d1", 10**12, 100), "d2": Training("d2", 4 * 10**12, 100)}
    first, second = (machines.processor_seconds(training, "upstream") for training in work.values())
    jobs = [job("train variant=d1 seed=0"), job("train variant=d2 seed=0")]
    assert estimate.estimate(jobs, work, "upstream").seconds["train"] == [first, second]
    jobs[0] = job("train variant=d1 seed=0", benchmark(tmp_path, "d1", 9.0, "8.0"))
    found = estimate.estimate(jobs, work, "upstream")
    assert found.seconds["train"] == [8.0, second * 8.0 / first]  # as this run's trainings are slower or faster
    assert found.gpu_seconds == [machines.assumed_gpu().seconds(training) for training in work.values()]


def test_the_arithmetic_of_trainings_alone_is_faster_where_products_are(monkeypatch):
    rate = {"start": 3.0, "step": 0.1, "multiply_adds": 1e9, "product": 2e9}
    monkeypatch.setattr(rates, "measured", lambda: {"training": {"upstream": rate}})
    training = Training("d1", 10**10, 20)
    assert machines.speed("upstream", product=8e9) == 4
    assert machines.processor_seconds(training, "upstream") == 3 + 2 + 10
    assert machines.processor_seconds(training, "upstream", speed=4) == 3 + 2 + 2.5


def test_a_core_multiplies_as_fast_as_its_median_product(monkeypatch):
    seconds = iter([0.0, 2.0, 10.0, 13.0, 20.0, 30.0])
    monkeypatch.setattr(speed, "PRODUCTS", 3)
    monkeypatch.setattr(speed, "time", SimpleNamespace(thread_time=lambda: next(seconds)))
    assert speed.product(1) == speed.SIDE**3 / 3


def test_all_cores_of_a_plan_multiply_at_once(monkeypatch):
    both = Barrier(2)
    monkeypatch.setattr(speed.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(speed, "_seconds", lambda matrix: 1.0 + 0 * both.wait(timeout=20))
    assert speed.product(8) == speed.SIDE**3


def test_of_a_rule_that_this_run_has_not_measured_the_rates_know(monkeypatch):
    known = {"embedded": {"pdf": 7.0, "draw": 3.0}, "upstream": {"pdf": 8.0}, "other": 1.0}
    monkeypatch.setattr(rates, "measured", lambda: {"seconds": known})
    upstream = rates.seconds_by_rule("upstream")
    assert [upstream[rule] for rule in ("pdf", "draw", "labels")] == [8.0, 3.0, 1.0]
    assert rates.seconds_by_rule("embedded")["pdf"] == 7.0


@pytest.fixture(scope="module")
def full():
    """The full study, and work for each of its variants."""
    config, files = configuration.completed(ROOT, {}, [])
    atlas = studies.load(ROOT, config, files)
    return atlas, {name: Training(name, 1, 1, 1000) for name in atlas.specs}


def test_disk_grows_with_seeds_and_archives_with_the_collection(full):
    atlas, work = full
    upstream = estimate.disk(atlas, work, "upstream")
    assert upstream["archives"] == 1e6 * sum(rates.measured()["archives"]["upstream"].values())
    one = next(iter(work))
    less = estimate.disk(atlas, {one: work[one]}, "upstream")["weights and scores"]
    images = sum(rates.measured()["images"]["upstream"][atlas.specs[one]["dataset"]])
    classes = atlas.datasets[atlas.specs[one]["dataset"]]["classes"]
    assert less == len(atlas.seeds(one)) * 4 * (1000 + images * classes)
    assert estimate.disk(atlas, work, "embedded")["prepared images"] < upstream["prepared images"] / 5


def test_the_plan_names_rules_by_their_cost_and_its_source(full):
    _, work = full
    jobs = [job("pdf"), *(job(f"train variant={name} seed=0") for name in list(work)[:3])]
    said = estimate.report(estimate.estimate(jobs, work, "upstream"), 2, {"archives": 3e9}, "upstream", 1).splitlines()
    assert said[1].split()[:2] == ["train", "3"] and said[2].split()[:2] == ["pdf", "1"]
    assert said[4].startswith("4 jobs, 3 of them trainings: ") and "on 2 cores kept busy" in said[4]
    assert said[5].startswith("trainings on one GPU: ") and "A100" in said[5]
    assert said[6] == "disk: 3.0 GB: archives 3.00"
    assert rates.measured()["machine"]["upstream"] in said[7] and max(map(len, said)) <= 200
    faster = estimate.report(estimate.estimate(jobs, work, "upstream", 2.5), 2, {}, "upstream", 2.5)
    assert faster.endswith("; matrix products are 2.5 times as fast here")
