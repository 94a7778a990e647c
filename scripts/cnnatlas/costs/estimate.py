"""What a run costs: its jobs by rule, processor and GPU hours, and disk, before anything runs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnatlas.configuration.studies import Atlas
from cnnatlas.costs import machines, rates
from cnnatlas.costs.work import Training, images
from cnnatlas.wording import counted
from cnnatlas.workflow import benchmark_files
from cnnatlas.workflow.dry_run import Job
from cnnatlas.workflow.durations import lasting

MEGA = 1e6
TRAIN = "train"


@dataclass(frozen=True)
class Estimate:
    """Processor seconds of every job by rule, how many of them this run measured itself, and what trainings take."""

    seconds: Mapping[str, Sequence[float]]
    measured: int
    gpu_seconds: Sequence[float]

    @property
    def jobs(self) -> int:
        """All jobs of the run."""
        return sum(map(len, self.seconds.values()))

    @property
    def processor(self) -> float:
        """Processor seconds of all jobs."""
        return sum(map(sum, self.seconds.values()))


def estimate(jobs: Iterable[Job], work: Mapping[str, Training], collection: str, speed: float = 1.0) -> Estimate:
    """The cost of these jobs: as their benchmarks say, else by the rates of rates.yaml.

    A job without a benchmark takes what others of its rule took in this run. A training takes what its work takes of a
    core that is `speed` times as fast as that of these rates or, where this run has measured some, as many times as
    long as those took.
    """
    jobs = list(jobs)
    own = [processor(job.benchmark) for job in jobs]
    expected = [_seconds(job, work, collection, speed) for job in jobs]
    known = [(took, thought) for took, thought in zip(own, expected, strict=True) if took and thought]
    pace = sum(took for took, _ in known) / sum(thought for _, thought in known) if known else 1.0
    took = defaultdict(list)
    for job, seconds in zip(jobs, own, strict=True):
        if seconds is not None:
            took[job.rule].append(seconds)
    typical = rates.seconds_by_rule(collection)
    typical |= {rule: sum(each) / len(each) for rule, each in took.items()}
    found, gpu, on_gpu = defaultdict(list), machines.assumed_gpu(), []
    for job, seconds, thought in zip(jobs, own, expected, strict=True):
        if thought:
            on_gpu.append(gpu.seconds(work[variant(job)]))
            seconds = thought * pace if seconds is None else seconds
        found[job.rule].append(typical[job.rule] if seconds is None else seconds)
    return Estimate(found, sum(seconds is not None for seconds in own), on_gpu)


def _seconds(job: Job, work: Mapping[str, Training], collection: str, speed: float) -> float | None:
    """What the work of a training takes; None of other jobs."""
    training = work.get(variant(job)) if job.rule == TRAIN else None
    return machines.processor_seconds(training, collection, speed) if training else None


def variant(job: Job) -> str | None:
    """The variant that a job is of."""
    return dict(part.partition("=")[::2] for part in job.name.split()[1:]).get("variant")


def processor(benchmark: str | Path | None) -> float | None:
    """Processor seconds of a job by its benchmark; None without one. One too short for its processor time to be sampled
    counts with all its seconds."""
    rows = benchmark_files.read(benchmark)
    return sum(row["cpu_time"] or row["s"] for row in rows) if rows else None


def disk(atlas: Atlas, work: Mapping[str, Training], collection: str) -> dict[str, float]:
    """Bytes of what a run leaves, by kind: archives, prepared images, models (weights and scores), the report."""
    counts, known = images(atlas, collection), rates.measured()
    models = 0
    for name, training in work.items():
        dataset = atlas.specs[name]["dataset"]
        scores = sum(counts[dataset]) * atlas.datasets[dataset]["classes"]
        models += len(atlas.seeds(name)) * 4 * (training.parameters + scores)
    return {
        "archives": MEGA * sum(known["archives"][collection].get(name, 0) for name in counts),  # a folder has none
        "prepared images": sum(sum(count) * 3 * atlas.datasets[name]["size"] ** 2 for name, count in counts.items()),
        "weights and scores": models,
        "figures, chapters, pages": MEGA * known["report"],
    }


def report(found: Estimate, cores: int, bytes_by_kind: Mapping[str, float], collection: str, speed: float) -> str:
    """What `make plan` prints of it."""
    rows = sorted(found.seconds.items(), key=lambda row: -sum(row[1]))
    table = [f"{rule:24}{len(each):8,}{lasting(sum(each)):>16}{lasting(max(each)):>16}" for rule, each in rows]
    counts = Counter({rule: len(each) for rule, each in rows})
    spans = [seconds for each in found.seconds.values() for seconds in each]
    lines = [
        f"{'rule':24}{'jobs':>8}{'of a processor':>16}{'the longest':>16}",
        *table,
        "",
        f"{found.jobs:,} jobs, {counts[TRAIN]:,} of them trainings: {lasting(found.processor)} of one core, "
        f"{lasting(machines.makespan(spans, cores))} on {counted(cores, 'core')} kept busy",
    ]
    if found.gpu_seconds:
        gpu = machines.assumed_gpu()
        lines.append(f"trainings on one GPU: {lasting(sum(found.gpu_seconds))}; the longest "
                     f"{lasting(max(found.gpu_seconds))} ({gpu.in_words})")  # fmt: skip
    parts = ", ".join(f"{kind} {size / 1e9:.2f}" for kind, size in bytes_by_kind.items())
    lines.append(f"disk: {sum(bytes_by_kind.values()) / 1e9:.1f} GB: {parts}")
    known = rates.measured()
    lines.append(f"by the run's own benchmarks for {found.measured:,} jobs, else by rates measured on "
                 f"{known['machine'][collection]}; matrix products are {speed:.2g} times as fast here")  # fmt: skip
    return "\n".join(lines)
