"""Write the pins of requirements.lock into environment.yml and env yamls, or check that they agree.

    python workflow/envs/pin.py            write
    python workflow/envs/pin.py --check    exit 1, naming the file, where one differs

Conda gives Python and pip only; everything else comes from PyPI with the lock's versions. The pins are written out,
without `-r`, because Snakemake copies an env yaml elsewhere before it is used.
"""

import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
ENVIRONMENTS = {
    "environment.yml": ["launcher", "compute", "analysis", "report"],
    "workflow/envs/compute.yaml": ["compute"],
    "workflow/envs/analysis.yaml": ["analysis"],
    "workflow/envs/report.yaml": ["report"],
    "workflow/envs/launcher.yaml": ["launcher"],  # of no rule: what a login node needs to start the others
}
# Those that a person makes and activates; jobs' environments are called after their content
NAMES = {"environment.yml": "cnn-atlas", "workflow/envs/launcher.yaml": "cnn-atlas-launcher"}
HEADER = "# Written by `make lock` from pyproject.toml ({groups}) and requirements.lock; do not edit.\n"


def locked() -> dict[str, set[str]]:
    """Package name -> its pins in the lock, name==version, without markers: one for each version of it."""
    found = defaultdict(set)
    for name, version in re.findall(r"^([\w.-]+)==([^\s\\]+)", LOCK.read_text(), re.M):
        found[name].add(f"{name}=={version}")
    return found


def pins(groups: list[str]) -> list[str]:
    """Everything the groups need, directly or not, in the lock's versions.

    Markers are the groups' own: those of the lock follow from all groups, so that a package for tests would change them
    and rerun the jobs.
    """
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-header"]
    command += ["--no-annotate", "--constraints", str(LOCK), str(ROOT / "pyproject.toml")]
    command += [part for group in groups for part in ("--group", f"{ROOT / 'pyproject.toml'}:{group}")]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return re.findall(r"^[\w.-]+==.+$", printed, re.M)


def environment(file: str) -> str:
    """The content of an env yaml."""
    groups, name = ENVIRONMENTS[file], {"name": NAMES[file]} if file in NAMES else {}
    content = name | {
        # Without `nodefaults`: conda since 26.7 takes it for a channel's name, and conda-forge has both packages
        "channels": ["conda-forge"],
        "dependencies": ["python =3.11", "pip", {"pip": pins(groups)}],
    }
    return HEADER.format(groups=", ".join(groups)) + yaml.safe_dump(content, sort_keys=False, width=200)


def written_pins(path: Path) -> dict[str, set[str]]:
    """Package name -> its pins in an env yaml, without markers."""
    found = defaultdict(set)
    for line in yaml.safe_load(path.read_text())["dependencies"][-1]["pip"] if path.exists() else ():
        found[line.partition("==")[0]].add(line.partition(" ;")[0])
    return found


def disagreements() -> list[str]:
    """One line per env yaml that the lock contradicts, offline: a wrong version or a missing direct dependency."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    lines, known = [], locked()
    for file, wanted in ENVIRONMENTS.items():
        found = written_pins(ROOT / file)
        direct = {re.split(r"[=<>~!\[ ]", d)[0] for g in wanted for d in groups[g]}
        wrong = [name for name in found if found[name] - known[name]] + sorted(direct - set(found))
        if wrong:
            lines.append(f"{file}: disagrees with requirements.lock on {', '.join(wrong[:5])}; run `make lock`")
    return lines


def main() -> None:
    """Write all env yamls, or check them."""
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(disagreements()) or 0)
    for file in ENVIRONMENTS:
        (ROOT / file).write_text(environment(file))


if __name__ == "__main__":
    main()
