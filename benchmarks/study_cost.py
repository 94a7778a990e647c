"""What all trainings of a run cost: their multiply-adds, and hours on this kind of processor or on assumed GPUs.

    python benchmarks/study_cost.py [OVERLAY] [--measured results/cpu] [--tflops 312] [--share 0.05]
                                    [--step-ms 3] [--start 15] [--gpus 1 8 64] [--together 4]

Counted, from the resolved specs, as cnnatlas.costs.work explains.

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
import statistics
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from cnnatlas.configuration import run as configuration  # noqa: E402
from cnnatlas.configuration import strict_yaml, studies  # noqa: E402
from cnnatlas.costs import machines, work  # noqa: E402
from cnnatlas.costs.estimate import processor  # noqa: E402
from cnnatlas.costs.machines import Gpu, makespan  # noqa: E402
from cnnatlas.costs.work import Training  # noqa: E402
from cnnatlas.errors import AtlasError  # noqa: E402
from cnnatlas.files import read_json  # noqa: E402
from cnnatlas.workflow.durations import measured  # noqa: E402

LONG = 300  # seconds of a training whose sampled processor time is good to a tenth


def trainings(overlay: str | None) -> tuple[studies.Atlas, dict[str, Training], str]:
    """A run's content, the work of one training of each variant, and the collection of its data."""
    given = [(strict_yaml.load(overlay).content, overlay)] if overlay else []
    config, files = configuration.completed(ROOT, given[0][0] if given else {}, [file for _, file in given])
    atlas = studies.load(ROOT, config, files)
    return atlas, work.trainings(atlas, config["collection"]), config["collection"]


def measured_rates(folder: Path, images: dict[str, list[int]]) -> dict[str, float]:
    """Multiply-adds per second of processor time, by variant, of the long trainings of a finished run."""
    rates = {}
    for path in sorted(folder.glob("benchmarks/train/*/seed*.tsv")):
        variant, seed = path.parts[-2], path.stem
        if (measured(path) or 0.0) >= LONG:
            model = folder / "models" / variant / seed
            spec = read_json(model / "training.json")["spec"]
            per_image = read_json(model / "architecture.json")["multiply_adds"]
            done = work.training(variant, spec, images[spec["dataset"]], per_image)
            rates[variant] = done.multiply_adds / processor(path)
    return rates


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


def print_processors(atlas: studies.Atlas, found: dict[str, Training], folder: Path, cores: int,
                     images: dict[str, list[int]]) -> None:  # fmt: skip
    """Print what all trainings take at the rates of a finished run, and what its other jobs took."""
    rates = measured_rates(folder, images)
    if not rates:
        print(f"\n{folder}: no training of five minutes or more, so no rate is known; name another run")
        return
    common = statistics.median(rates.values())
    seconds = [t.multiply_adds / rates.get(v, common) for v, t in found.items() for _ in atlas.seeds(v)]
    low, *_, high = sorted(rate / 1e9 for rate in rates.values())
    print(f"\nmeasured: {len(rates)} long trainings, {low:.0f} to {high:.0f}, median {common / 1e9:.0f} x 10⁹ "
          f"multiply-adds per second of one core\ntrainings: {sum(seconds) / 3600:,.0f} core hours; on {cores} cores "
          f"{makespan(seconds, cores) / 3600:,.0f} h; the longest training {max(seconds) / 3600:,.1f} h")  # fmt: skip
    seeds = max(len(atlas.seeds(v)) for v in found)
    others = [path for path in folder.glob("benchmarks/*/**/*.tsv") if path.parts[len(folder.parts) + 1] != "train"]
    spent = [(measured(path) or 0.0) * (seeds if "seed" in path.stem else 1) for path in others]
    print(
        f"other jobs with a benchmark: {len(others)} in that run; {sum(spent) / 3600:.2f} core hours with {seeds} seeds"
    )


def print_gpus(atlas: studies.Atlas, found: dict[str, Training], gpu: Gpu, counts: list[int], together: int) -> None:
    """Print what all trainings take on so many GPUs as are assumed."""
    each = {v: gpu.seconds(t) for v, t in found.items()}
    count = {v: len(atlas.seeds(v)) for v in found}
    durations = [each[v] for v in found for _ in range(count[v])]
    bound = sum(count[v] for v, t in found.items() if gpu.stepping(t) > gpu.arithmetic(t))
    print(f"\n{gpu.in_words}\n{sum(durations) / 3600:,.1f} GPU hours, of which beginning takes "
          f"{len(durations) * gpu.start / 3600:.1f}; {bound} of {len(durations)} trainings wait for their steps; "
          f"the longest takes {max(durations) / 60:.1f} min"
          f"\n| GPUs | hours, each training a job | {together} seeds a job |\n|---|---|---|")  # fmt: skip
    jobs = [each[v] * n for v in found for n in _parts(count[v], together)]
    for gpus in counts:
        print(f"| {gpus} | {makespan(durations, gpus) / 3600:.2f} | {makespan(jobs, gpus) / 3600:.2f} |")


def _parts(count: int, together: int) -> list[int]:
    return [min(together, count - first) for first in range(0, count, together)]


def main() -> None:
    """Print what a run's trainings cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overlay", nargs="?", help="config/cpu.yaml, say; none: the full study")
    parser.add_argument("--measured", type=Path, help="the folder of a finished run on the real data")
    parser.add_argument("--cores", type=int, default=2)
    assumed = machines.assumed_gpu()
    parser.add_argument("--tflops", type=float, default=assumed.tflops, help="peak, in the training's precision")
    parser.add_argument("--share", type=float, default=assumed.share)
    parser.add_argument("--step-ms", type=float, default=1e3 * assumed.step)
    parser.add_argument("--start", type=float, default=assumed.start)
    parser.add_argument("--together", type=int, default=4)
    parser.add_argument("--gpus", type=int, nargs="+", default=[1, 8, 64])
    arguments = parser.parse_args()
    try:
        atlas, found, collection = trainings(arguments.overlay)
    except AtlasError as error:
        sys.exit(f"error: {error}")
    print_studies(atlas, found)
    if arguments.measured:
        print_processors(atlas, found, arguments.measured, arguments.cores, work.images(atlas, collection))
    given = {
        "name": assumed.name if arguments.tflops == assumed.tflops else "another GPU",
        "tflops": arguments.tflops,
        "share": arguments.share,
        "step": arguments.step_ms / 1e3,
    }
    gpu = replace(assumed, **given, start=arguments.start)
    print_gpus(atlas, found, gpu, arguments.gpus, arguments.together)


if __name__ == "__main__":
    main()
