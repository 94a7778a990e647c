"""Print what a run costs, before anything runs: jobs by rule, processor and GPU hours, disk.

make plan
make plan CONFIG=config/cpu.yaml CORES=8
"""

import sys
from dataclasses import replace

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import strict_yaml, studies
from cnnatlas.costs import estimate, machines, work
from cnnatlas.costs.speed import product
from cnnatlas.errors import AtlasError
from cnnatlas.workflow import dry_run, sources
from why import ROOT


def plan(config: str, cores: int) -> str:
    """What `make plan` prints."""
    sources.check()
    whole, files = configuration.completed(ROOT, strict_yaml.load(config).content, [config])
    atlas, collection = studies.load(ROOT, whole, files), whole["collection"]
    needed = dry_run.jobs(ROOT, "all", config)
    begun = (ROOT / "results" / whole["run"]).is_dir()
    everything = dry_run.jobs(ROOT, "all", config, "--forceall") if begun else needed
    changed = {job.outputs for job in needed if job.of("params") is not None}  # their benchmarks are of other specs
    everything = [replace(job, benchmark=None) if job.outputs in changed else job for job in everything]
    trainings = work.trainings(atlas, collection)
    speed = machines.speed(collection, product(cores))
    found = estimate.estimate(everything, trainings, collection, speed)
    left = f"{config}: the whole run; {len(needed):,} of its {len(everything):,} jobs would run now"
    return "\n".join(
        [left, estimate.report(found, cores, estimate.disk(atlas, trainings, collection), collection, speed)]
    )


def main() -> None:
    """Print the plan, or one line of what is wrong."""
    try:
        if not sys.argv[2].isdecimal() or int(sys.argv[2]) < 1:
            raise AtlasError(f"CORES={sys.argv[2]}: give a number of cores, 1 or more")
        print(plan(sys.argv[1], int(sys.argv[2])))
    except AtlasError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
