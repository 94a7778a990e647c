from collections import defaultdict

import pytest

from cnnatlas.workflow.durations import Expected, TimeLeft, lasting, measured, roughly


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s"), (7800, "2 h 10 min")],
)
def test_a_duration_in_words(seconds, said):
    assert lasting(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(29, "less than a minute"), (59, "some 1 min"), (3540, "some 59 min"), (3600, "some 1 h 0 min")],
)
def test_an_estimate_in_words(seconds, said):
    assert roughly(seconds) == said


def test_a_benchmark_says_how_long_a_job_took(tmp_path):
    (tmp_path / "a.tsv").write_text("s\th:m:s\n2.5\t0:00:02\n")
    (tmp_path / "damaged.tsv").write_text("s\th:m:s\nnone\t0:00:02\n")
    (tmp_path / "empty.tsv").write_text("")
    assert [measured(tmp_path / f"{name}.tsv") for name in ("a", "damaged", "empty", "none")] == [2.5, None, None, None]


class Clock:
    time = 0.0

    def __call__(self) -> float:
        return self.time


def left(jobs, cores=1, typical=None, unlike=()):
    clock = Clock()
    return TimeLeft(dict(enumerate(jobs)), cores, defaultdict(lambda: 1.0, typical or {}), unlike, clock), clock


def test_jobs_take_what_they_took_last_time_on_all_cores():
    found, _ = left([Expected("train", 2, 10.0), Expected("draw", 1, 20.0)], cores=2)
    assert found.seconds() == 20


def test_no_run_ends_before_its_longest_job():
    found, clock = left([Expected("train", 1, 40.0), Expected("draw", 1, 1.0)], cores=8)
    assert found.seconds() == 40
    found.start(0)
    clock.time = 10
    assert found.seconds() == 30


def test_a_new_job_takes_what_others_of_its_rule_take_and_else_what_is_typical():
    found, _ = left(
        [Expected("train", 1, 10.0), Expected("train", 1, None), Expected("draw", 1, None)], 1, {"draw": 5.0}
    )
    assert found.seconds() == 25


def test_a_new_job_takes_its_work_and_as_many_times_as_long_as_others_of_its_rule_took():
    jobs = [Expected("train", 1, 20.0, 10.0), Expected("train", 1, None, 4.0), Expected("draw", 1, None, 3.0)]
    found, clock = left(jobs, typical={"train": 1000.0})
    assert found.seconds() == 20 + 8 + 3
    found.start(1)
    clock.time = 8
    found.finish(1)
    assert found.seconds() == 20 + 3


def test_what_a_job_under_way_has_done_is_not_left():
    found, clock = left([Expected("train", 1, 10.0)])
    found.start(0)
    clock.time = 4
    assert found.seconds() == 6
    clock.time = 40  # longer than expected: about to end
    assert found.seconds() == 0


def test_a_finished_job_takes_no_more_and_a_slower_machine_counts():
    found, clock = left([Expected("train", 1, 10.0), Expected("train", 1, 10.0)])
    found.start(0)
    clock.time = 30
    assert found.finish(0) == 30
    assert found.seconds() == 30


def test_without_earlier_runs_it_learns_from_this_one():
    found, clock = left([Expected("train", 1, None)] * 3, typical={"train": 1.0})
    found.start(0)
    clock.time = 4
    found.finish(0)
    assert found.seconds() == 8


@pytest.mark.parametrize("factor", [0.5, 2, 5])
def test_what_this_run_teaches_corrects_the_rest_once(factor):
    found, clock = left([Expected("train", 1, None, 100.0)] * 20, cores=2)
    for job in (0, 1):
        found.start(job)
    clock.time = 100 * factor
    for job in (0, 1):
        found.finish(job)
    assert found.seconds() == 18 * 100 * factor / 2


@pytest.mark.parametrize("seconds", [10.0, None])
def test_a_job_that_is_tried_again_is_expected_once_and_its_failures_teach_nothing(seconds):
    found, clock = left([Expected("train", 1, seconds), Expected("draw", 1, 20.0)], typical={"train": 10.0})
    for _ in range(3):
        found.start(0)
        clock.time += 1
        found.finish(0, whole=False)
    assert found.seconds() == 20
    found.start(0)
    assert found.seconds() == 30


def test_threads_of_a_job_that_never_ran_occupy_as_many_cores():
    found, clock = left([Expected("train", 2, None, 50.0)] * 20, cores=2)
    found.start(0)
    clock.time = 50
    found.finish(0)
    assert found.seconds() == 19 * 50


def test_there_is_no_telling_of_jobs_unlike_each_other_before_their_work_is_known():
    found, clock = left(
        [Expected("train", 1, None), Expected("train", 1, None), Expected("draw", 1, 5.0)], unlike={"train"}
    )
    assert found.seconds() is None
    found.weigh({0: 30.0})
    assert found.seconds() is None
    found.weigh({1: 10.0})
    assert found.seconds() == 45
    found.start(0)
    clock.time = 60
    found.finish(0)
    assert found.seconds() == 20 + 5


def test_what_was_measured_is_seen_anew_once_its_work_is_known():
    found, _ = left([Expected("train", 1, 40.0), Expected("train", 1, None)], typical={"train": 1.0})
    found.weigh({0: 20.0, 1: 10.0})
    assert found.seconds() == 40 + 20
