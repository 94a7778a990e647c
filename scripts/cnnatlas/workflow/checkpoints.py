"""The checkpoints that a run leaves: on SLURM, jobs keep theirs until the whole run has ended well."""

from pathlib import Path

from cnnatlas.files import remove_folder


def remove_finished(results: Path) -> None:
    """Remove the checkpoints of a run's trainings that have ended."""
    for folder in (results / "checkpoints").glob("*/seed*"):
        if (results / "models" / Path(*folder.parts[-2:]) / "training.json").exists():
            remove_folder(folder)
