"""Say in words why a target would be made again; nothing runs.

make why TARGET=results/embedded/report/report.pdf
make why TARGET=results/cpu/report/report.pdf CONFIG=config/cpu.yaml
"""

import re
import subprocess
import sys
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.workflow import reruns

ROOT = Path(__file__).resolve().parents[1]


def overlay(target: str) -> str:
    """The configuration whose `run` a target belongs to."""
    run = (*Path(target).parts, "", "")[1]
    for file in sorted((ROOT / "config").glob("*.yaml")):
        if re.search(rf"^run: {re.escape(run)}(\s|$)", file.read_text(encoding="utf-8"), re.MULTILINE):
            return str(file.relative_to(ROOT))
    raise AtlasError(
        f"TARGET={target}: no file of config/ has `run: {run}`; add CONFIG=config/embedded.yaml or the like"
    )


def why(target: str, config: str) -> str:
    """What `make why` prints."""
    command = [sys.executable, "-m", "snakemake", "--configfile", config, "--cores", "1", "--dry-run", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise AtlasError(f"TARGET={target}: Snakemake has no plan for it: {' '.join(said[-2:])}")
    return reruns.explain(target, reruns.jobs(done.stdout), ROOT / reruns.RECORDS)


def main() -> None:
    """Print why, or one line of what is wrong."""
    try:
        target = sys.argv[1]
        print(why(target, sys.argv[2] if len(sys.argv) > 2 else overlay(target)))
    except AtlasError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
