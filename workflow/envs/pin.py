"""Write the pins of requirements.lock into environment.yml and workflow/envs/*.yaml, or check that they agree.

    python workflow/envs/pin.py            write
    python workflow/envs/pin.py --check    exit 1, naming the file, where one differs

Conda gives Python and pip only; everything else comes from PyPI with the lock's versions. The pins are written out,
without `-r`, because Snakemake copies an env yaml elsewhere before it is used.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
ENVIRONMENTS = {
    "environment.yml": ["launcher", "compute", "analysis", "report"],
    "workflow/envs/compute.yaml": ["compute"],
    "workflow/envs/analysis.yaml": ["analysis"],
    "workflow/envs/report.yaml": ["report"],
}
HEADER = "# Written by `make lock` from pyproject.toml ({groups}) and requirements.lock; do not edit.\n"


def locked() -> dict[str, str]:
    """Package name -> its line in the lock without hashes, with its marker."""
    lines = re.findall(r"^([\w.-]+)(==[^\\\n]+?) *\\?$", LOCK.read_text(), re.M)
    return {name: f"{name}{rest.strip()}" for name, rest in lines}


def pins(groups: list[str]) -> list[str]:
    """The lock's lines for everything the groups need, directly or not."""
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-header"]
    command += ["--no-annotate", "--constraints", str(LOCK), str(ROOT / "pyproject.toml")]
    command += [part for group in groups for part in ("--group", f"{ROOT / 'pyproject.toml'}:{group}")]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    names = re.findall(r"^([\w.-]+)==", printed, re.M)
    return [locked()[name] for name in names]


def environment(groups: list[str]) -> str:
    """The env yaml of some groups."""
    content = {
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": ["python =3.11", "pip", {"pip": pins(groups)}],
    }
    return HEADER.format(groups=", ".join(groups)) + yaml.safe_dump(content, sort_keys=False, width=200)


def written_pins(path: Path) -> set[str]:
    """The pins that an env yaml holds."""
    return set(yaml.safe_load(path.read_text())["dependencies"][-1]["pip"])


def disagreements() -> list[str]:
    """One line per env yaml that the lock contradicts, offline: a wrong version or a missing direct dependency."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    lines, known = [], locked()
    for file, wanted in ENVIRONMENTS.items():
        found = written_pins(ROOT / file) if (ROOT / file).exists() else set()
        names = {pin.partition("==")[0]: pin for pin in found}
        direct = {re.split(r"[=<>~!\[ ]", d)[0] for g in wanted for d in groups[g]}
        wrong = [name for name, pin in names.items() if known.get(name) != pin] + sorted(direct - set(names))
        if wrong:
            lines.append(f"{file}: disagrees with requirements.lock on {', '.join(wrong[:5])}; run `make lock`")
    return lines


def main() -> None:
    """Write all env yamls, or check them."""
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(disagreements()) or 0)
    for file, groups in ENVIRONMENTS.items():
        (ROOT / file).write_text(environment(groups))


if __name__ == "__main__":
    main()
