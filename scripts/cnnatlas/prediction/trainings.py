"""Finding a trained network in the results of a run. No torch: what is missing is said at once."""

from dataclasses import dataclass
from pathlib import Path

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration.schemas import suggestion
from cnnatlas.errors import AtlasError

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Training:
    """A finished training: `run` is the folder of its run's results, such as results/embedded."""

    run: Path
    variant: str
    seed: int

    @property
    def name(self) -> str:
        """The place of its files in each folder of the run."""
        return f"{self.variant}/seed{self.seed}"

    @property
    def weights(self) -> Path:
        """Its network."""
        return self.place("models", "weights.safetensors")

    def place(self, folder: str, file: str) -> Path:
        """One of its files in a folder of the run."""
        return self.run / folder / self.name / file


def find(run: Path, variant: str, seed: str) -> Training:
    """The training of a variant in a run. Raises AtlasError where it is not there, and says what makes it."""
    if not seed.isdecimal():
        raise AtlasError(f"SEED={seed}: no number of a training; leave it out for seed 0")
    found = Training(run, variant, int(seed))
    if found.weights.is_file():
        return found
    trained: dict[str, list[int]] = {}
    for path in run.glob("models/*/seed*/weights.safetensors"):
        trained.setdefault(path.parts[-3], []).append(int(path.parts[-2].removeprefix("seed")))
    makes = f"`{_command(run)} {found.weights}` makes it"
    if not trained:
        raise AtlasError(f"RUN={run}: no trained network lies there; {makes}")
    if variant not in trained:
        raise AtlasError(f"VARIANT={variant}: not trained in {run}{suggestion(variant, sorted(trained))}; if it is a "
                         f"variant of the run, {makes}")  # fmt: skip
    seeds = ", ".join(map(str, sorted(trained[variant])))
    raise AtlasError(f"SEED={seed}: {variant} of {run} is trained with {seeds}; if the run has more seeds, {makes}")


def _command(run: Path) -> str:
    return f"snakemake --configfile {configuration.file_of(ROOT, run.name) or 'config/<file>.yaml'} --cores 2"
