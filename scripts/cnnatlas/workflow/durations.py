"""Durations in words, and how long the rest of a run takes."""

import time
from collections import Counter
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cnnatlas.workflow import benchmark_files

TRUSTED = 10  # seconds of finished jobs after which this run's own speed corrects what is expected


def lasting(seconds: float) -> str:
    """A duration in words: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def roughly(seconds: float) -> str:
    """An estimate in words: `less than a minute`, `some 12 min`, `some 2 h 10 min`."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    return f"some {minutes} min" if minutes < 60 else f"some {lasting(60 * minutes)}"


def measured(benchmark: Path | str) -> float | None:
    """The seconds in a job's benchmark; None where there is none, or a damaged one."""
    return sum(row["s"] for row in benchmark_files.read(benchmark)) or None


@dataclass(frozen=True)
class Expected:
    """A job that is to run: its rule, how many cores it takes, its seconds when it ran last, if it has, and those that
    its work alone would take, where that is known."""

    rule: str
    threads: int
    seconds: float | None
    work: float | None = None


class TimeLeft:
    """How long the rest of a run takes on some cores, by what each job took last time.

    A job that has never run takes the seconds of its work or, where that is not known, `typical` ones of its rule; as
    many times as long as other jobs of its rule took, of earlier runs or this one. What the jobs of this run really
    take corrects all of it. Jobs of the rules `unlike` have nothing typical: with one that nothing is known of, neither
    its work nor another job that took some time, there is no telling.
    """

    def __init__(self, jobs: Mapping[int, Expected], cores: int, typical: Mapping[str, float],
                 unlike: Container[str] = (), now: Callable[[], float] = time.monotonic):  # fmt: skip
        self._jobs, self._cores, self._typical, self._unlike, self._now = dict(jobs), cores, typical, unlike, now
        self._known = sum(job.seconds * job.threads for job in jobs.values() if job.seconds)
        self._unknown = Counter[str]()  # seconds of work by rule
        self._took, self._work = Counter[str](), Counter[str]()  # by rule, of the jobs that are measured
        self._measured: set[int] = set()
        for number, job in jobs.items():
            if job.seconds:
                self._learn(number, job.seconds)
            else:
                self._count(job, 1)
        self._waiting, self._started, self._ended = set(jobs), dict[int, float](), set[int]()
        self._spent = self._thought = 0.0

    def start(self, job: int) -> None:
        """A job starts; one that has ended failed, and is tried again."""
        if job in self._jobs:
            if job in self._ended:
                self._ended.discard(job)
                self._count(self._jobs[job], 1)
            self._started[job] = self._now()
            self._waiting.discard(job)

    def finish(self, job: int, whole: bool = True) -> float:
        """A job has ended; the seconds that it took. Nothing is learned of one that is not `whole`: it failed, or went
        on from an earlier attempt."""
        if job not in self._started:
            return 0.0
        expected, seconds = self._jobs[job], self._now() - self._started.pop(job)
        if whole:
            if not expected.seconds:
                self._learn(job, seconds)
            self._spent += seconds
            self._thought += self._expected(expected)  # after what was learned, or it would be corrected twice
        self._ended.add(job)
        self._count(expected, -1)
        return seconds

    def weigh(self, work: Mapping[int, float]) -> None:
        """The seconds of work of some jobs are known by now."""
        for job in work.keys() & self._jobs.keys():
            before = self._jobs[job]
            self._jobs[job] = replace(before, work=work[job])
            if not before.seconds and job not in self._ended:
                self._count(before, -1)
                self._count(self._jobs[job], 1)
        self._work = Counter()
        for job in self._measured:
            self._work[self._jobs[job].rule] += self._alone(self._jobs[job])

    def seconds(self) -> float | None:
        """Until the last job ends, all cores kept busy; no sooner than the longest job that waits or runs."""
        begun = {job: self._now() - start for job, start in self._started.items()}
        if not all(self._told(self._jobs[job]) for job in (*self._waiting, *begun)):
            return None
        waiting = self._known + sum(work * self._pace(rule) for rule, work in self._unknown.items())
        done = sum(
            min(spent, self._expected(self._jobs[job])) * self._jobs[job].threads for job, spent in begun.items()
        )
        pace = self._spent / self._thought if self._thought and self._spent > TRUSTED else 1.0
        longest = [self._expected(self._jobs[job]) - begun.get(job, 0.0) for job in (*self._waiting, *begun)]
        return max(0.0, max(longest, default=0.0) * pace, (waiting - done) * pace / self._cores)

    def _count(self, job: Expected, sign: int) -> None:
        """Add a job to those that are not done, or take it off."""
        if job.seconds:
            self._known += sign * job.seconds * job.threads
        else:
            self._unknown[job.rule] += sign * self._alone(job) * job.threads

    def _learn(self, number: int, seconds: float) -> None:
        job = self._jobs[number]
        self._measured.add(number)
        self._took[job.rule] += seconds
        self._work[job.rule] += self._alone(job)

    def _told(self, job: Expected) -> bool:
        return bool(job.seconds or job.work or job.rule not in self._unlike or self._work[job.rule])

    def _expected(self, job: Expected) -> float:
        return job.seconds or self._alone(job) * self._pace(job.rule)

    def _alone(self, job: Expected) -> float:
        """The seconds of a job's work, or typical ones of its rule."""
        return job.work or self._typical[job.rule]

    def _pace(self, rule: str) -> float:
        return self._took[rule] / self._work[rule] if self._work[rule] else 1.0
