"""What all trainings of a run cost: their multiply-adds, and hours on this kind of processor or on assumed GPUs.

    python benchmarks/study_cost.py [OVERLAY] [--measured results/cpu] [--tflops 312] [--share 0.05]
                                    [--step-ms 3] [--start 15] [--gpus 1 8 64] [--together 4]

Counted, from the resolved specs: a step's forward pass takes the network's multiply-adds (its convolutions and dense
layers) for every image, its backward pass twice that; validation, and the scores of all splits at the end, one forward
pass. A frozen base that sees every image unchanged is passed once. Images of growing size (`progressive`) and backward
passes that end at a frozen block count in full, so the count is an upper bound.

Measured, with --measured: multiply-adds per second of processor time of the trainings of a finished run that took five
minutes or more (Snakemake samples processor time every 30 s, which is too coarse for shorter ones); each variant is
charged at its own rate, all others at the median. Also what all other jobs took, those of one seed times the seeds.

Assumed, for GPUs: a training takes --start seconds to begin (interpreter, imports, CUDA, data), and then the larger of
its arithmetic, at --share of a peak of --tflops, and its steps, --step-ms each, for no small network keeps a GPU busy.
Jobs are placed one by one, the longest first, on the GPU that is free first, one at a time on each; a job is one
training, or --together of a variant's seeds one after another, as profiles/slurm puts them. Hours are those of training
alone, without queues.
"""

import argparse
import csv
import heapq
import statistics
import sys
from dataclasses import dataclass
from math import ceil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from cnnatlas.architectures.describe import describe  # noqa: E402
from cnnatlas.architectures.registry import build  # noqa: E402
from cnnatlas.configuration import run as configuration  # noqa: E402
from cnnatlas.configuration import strict_yaml, studies  # noqa: E402
from cnnatlas.errors import AtlasError  # noqa: E402
from cnnatlas.files import read_json  # noqa: E402

# Images of the training, validation and test splits of the real data (docs/results.md)
SPLITS = {
    "caltech101": (7818, 859, 0),
    "cats_dogs": (2000, 1000, 1000),
    "cifar10": (45000, 5000, 10000),
    "stl10": (8000, 2000, 3000),
}
LONG = 300  # seconds of a training whose sampled processor time is good to a tenth
PASSES = 3  # of a training step, in forward passes: one forward, and the gradients of inputs and of weights


@dataclass(frozen=True)
class Training:
    """What one training of a variant takes."""

    variant: str
    multiply_adds: int
    steps: int


def training(variant: str, spec: dict, per_image: int) -> Training:
    """The work of one training of a spec whose network takes `per_image` multiply-adds."""
    train, validation, test = SPLITS[spec["dataset"]]
    train = min(train, spec["train_images"] or train)
    scored = sum(SPLITS[spec["dataset"]]) * (1 + spec["test_time_mirror"])
    if spec["trainable"] == "head" and not spec["augmentation"]:
        passes = sum(SPLITS[spec["dataset"]])
    else:
        each_epoch = PASSES * train + validation + test * spec["test_each_epoch"]
        passes = spec["epochs"] * each_epoch + scored
    return Training(variant, per_image * passes, spec["epochs"] * ceil(train / spec["batch_size"]))


def trainings(overlay: str | None) -> tuple[studies.Atlas, dict[str, Training]]:
    """A run's content and the work of one training of each variant."""
    given = [(strict_yaml.load(overlay).content, overlay)] if overlay else []
    config, files = configuration.completed(ROOT, given[0][0] if given else {}, [file for _, file in given])
    atlas = studies.load(ROOT, config, files)
    found = {}
    for variant, spec in atlas.specs.items():
        dataset = atlas.datasets[spec["dataset"]]
        size = spec["resolution"] or dataset["size"]
        network = build(spec["architecture"], dataset["classes"], size)
        found[variant] = training(variant, spec, describe(network, size)["multiply_adds"])
    return atlas, found


def benchmark(path: Path) -> tuple[float, float]:
    """Seconds and processor seconds of a job, as Snakemake measured them."""
    with path.open(newline="") as file:
        (row,) = csv.DictReader(file, delimiter="\t")
    return float(row["s"]), float(row["cpu_time"])


def measured_rates(folder: Path) -> dict[str, float]:
    """Multiply-adds per second of processor time, by variant, of the long trainings of a finished run."""
    rates = {}
    for path in sorted(folder.glob("benchmarks/train/*/seed*.tsv")):
        variant, seed = path.parts[-2], path.stem
        seconds, processor = benchmark(path)
        if seconds >= LONG:
            model = folder / "models" / variant / seed
            spec = read_json(model / "training.json")["spec"]
            done = training(variant, spec, read_json(model / "architecture.json")["multiply_adds"])
            rates[variant] = done.multiply_adds / processor
    return rates


def makespan(durations: list[float], machines: int) -> float:
    """When the last of these jobs ends, the longest placed first, each on the machine that is free first."""
    free = [0.0] * machines
    for duration in sorted(durations, reverse=True):
        heapq.heapreplace(free, free[0] + duration)
    return max(free)


def print_studies(atlas: studies.Atlas, found: dict[str, Training]) -> None:
    """Print a row for each study that trains something."""
    print("| study | variants | trainings | 10¹² multiply-adds | longest training |\n|---|---|---|---|---|")
    rows = [(study.name, [v for v in study.trains if v in found]) for study in atlas.studies.values()]
    for name, variants in [*((name, variants) for name, variants in rows if variants), ("all", list(found))]:
        count = sum(len(atlas.seeds(v)) for v in variants)
        work = sum(found[v].multiply_adds * len(atlas.seeds(v)) for v in variants) / 1e12
        longest = max((found[v] for v in variants), key=lambda t: t.multiply_adds)
        last = f"`{longest.variant}` {longest.multiply_adds / 1e12:,.0f}"
        print(f"| {name} | {len(variants)} | {count} | {work:,.0f} | {last} |")


def print_processors(atlas: studies.Atlas, found: dict[str, Training], folder: Path, cores: int) -> None:
    """Print what all trainings take at the rates of a finished run, and what its other jobs took."""
    rates = measured_rates(folder)
    common = statistics.median(rates.values())
    seconds = [t.multiply_adds / rates.get(v, common) for v, t in found.items() for _ in atlas.seeds(v)]
    low, *_, high = sorted(rate / 1e9 for rate in rates.values())
    print(f"\nmeasured: {len(rates)} long trainings, {low:.0f} to {high:.0f}, median {common / 1e9:.0f} x 10⁹ "
          f"multiply-adds per second of one core\ntrainings: {sum(seconds) / 3600:,.0f} core hours; on {cores} cores "
          f"{makespan(seconds, cores) / 3600:,.0f} h; the longest training {max(seconds) / 3600:,.1f} h")  # fmt: skip
    seeds = max(len(atlas.seeds(v)) for v in found)
    others = [path for path in folder.glob("benchmarks/*/**/*.tsv") if path.parts[len(folder.parts) + 1] != "train"]
    spent = [benchmark(path)[0] * (seeds if "seed" in path.stem else 1) for path in others]
    print(
        f"other jobs with a benchmark: {len(others)} in that run; {sum(spent) / 3600:.2f} core hours with {seeds} seeds"
    )


def print_gpus(atlas: studies.Atlas, found: dict[str, Training], assumed: argparse.Namespace) -> None:
    """Print what all trainings take on the assumed GPUs."""
    rate = assumed.tflops * 1e12 * assumed.share / 2  # a multiply-add is two operations
    arithmetic = {v: t.multiply_adds / rate for v, t in found.items()}
    stepping = {v: t.steps * assumed.step_ms / 1e3 for v, t in found.items()}
    each = {v: assumed.start + max(arithmetic[v], stepping[v]) for v in found}
    count = {v: len(atlas.seeds(v)) for v in found}
    durations = [each[v] for v in found for _ in range(count[v])]
    bound = sum(count[v] for v in found if stepping[v] > arithmetic[v])
    print(f"\nassumed: {assumed.share:.0%} of {assumed.tflops:g} TFLOP/s, {assumed.step_ms:g} ms a step, "
          f"{assumed.start:g} s to begin\n{sum(durations) / 3600:,.1f} GPU hours, of which beginning takes "
          f"{len(durations) * assumed.start / 3600:.1f}; {bound} of {len(durations)} trainings wait for their steps; "
          f"the longest takes {max(durations) / 60:.1f} min"
          f"\n| GPUs | hours, each training a job | {assumed.together} seeds a job |\n|---|---|---|")  # fmt: skip
    jobs = [each[v] * n for v in found for n in _parts(count[v], assumed.together)]
    for gpus in assumed.gpus:
        print(f"| {gpus} | {makespan(durations, gpus) / 3600:.2f} | {makespan(jobs, gpus) / 3600:.2f} |")


def _parts(count: int, together: int) -> list[int]:
    return [min(together, count - first) for first in range(0, count, together)]


def main() -> None:
    """Print what a run's trainings cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overlay", nargs="?", help="config/cpu.yaml, say; none: the full study")
    parser.add_argument("--measured", type=Path, help="the folder of a finished run on the real data")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--tflops", type=float, default=312.0, help="peak: an A100's, bfloat16")
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--step-ms", type=float, default=3.0)
    parser.add_argument("--start", type=float, default=15.0)
    parser.add_argument("--together", type=int, default=4)
    parser.add_argument("--gpus", type=int, nargs="+", default=[1, 8, 64])
    arguments = parser.parse_args()
    try:
        atlas, found = trainings(arguments.overlay)
    except AtlasError as error:
        sys.exit(f"error: {error}")
    print_studies(atlas, found)
    if arguments.measured:
        print_processors(atlas, found, arguments.measured, arguments.cores)
    print_gpus(atlas, found, arguments)


if __name__ == "__main__":
    main()
