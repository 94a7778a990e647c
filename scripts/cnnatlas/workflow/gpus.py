"""How many GPUs this machine has, without torch: Snakemake needs the number when it plans."""

import os
import shutil
import subprocess
from collections.abc import Mapping, MutableMapping

from cnnatlas.errors import AtlasError

PATIENCE = 30  # seconds: the driver may have to wake


def visible(environment: Mapping[str, str] = os.environ) -> int:
    """The GPUs that a job started here would see: those nvidia-smi lists, of which CUDA_VISIBLE_DEVICES may hide some.

    Raises AtlasError where nvidia-smi is there and does not answer.
    """
    command = shutil.which("nvidia-smi", path=environment.get("PATH"))
    if command is None:
        return 0
    try:
        listed = subprocess.run([command, "-L"], capture_output=True, text=True, timeout=PATIENCE, check=False).stdout
    except subprocess.TimeoutExpired:
        way_out = "give their number with `--config gpus=NUMBER`, before `--cores`"
        raise AtlasError(f"gpus: nvidia-smi has not answered for {PATIENCE} s; {way_out}") from None
    count = sum(line.startswith("GPU ") for line in listed.splitlines())
    chosen = environment.get("CUDA_VISIBLE_DEVICES")
    return count if chosen is None else min(count, len(_chosen(chosen)))


def hide(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let no job that is started from here see a GPU."""
    environment["CUDA_VISIBLE_DEVICES"] = ""


def _chosen(variable: str) -> list[str]:
    """The devices that CUDA_VISIBLE_DEVICES names: all before the first invalid one, as CUDA reads it."""
    names = [name.strip() for name in variable.split(",")]
    invalid = next((i for i, name in enumerate(names) if name in ("", "-1")), len(names))
    return names[:invalid]
