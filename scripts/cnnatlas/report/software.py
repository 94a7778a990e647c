"""Which software a run is made with, as far as no record of a training holds it."""

import re
from pathlib import Path

from cnnatlas.report.authoring import PROJECT
from cnnatlas.wording import listing

LOCK = "requirements.lock"
BUILT_ON = {
    "snakemake": "Snakemake",
    "torch": "PyTorch",
    "torchvision": "torchvision",
    "numpy": "NumPy",
    "pandas": "pandas",
    "matplotlib": "matplotlib",
    "seaborn": "seaborn",
    "papermill": "papermill",
    "scikit-learn": "scikit-learn",
}
PIN = re.compile(r"^([\w-]+)==([^\s;]+)", re.M)


def pinned(lock: Path = PROJECT / LOCK) -> str:
    """The versions of BUILT_ON that a requirements.lock pins: "Snakemake 9.27.1, PyTorch 2.15.0 and ..."."""
    versions = dict(PIN.findall(lock.read_text(encoding="utf-8")))
    return listing([f"{title} {versions[name]}" for name, title in BUILT_ON.items() if name in versions])
