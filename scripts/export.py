"""Write a trained network as files for other programs: weights, ONNX, class names, configuration and a model card.

make export VARIANT=d2_own
make export VARIANT=d2_own RUN=results/cpu SEED=0
"""

import sys
from pathlib import Path

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import strict_yaml, studies
from cnnatlas.errors import AtlasError
from cnnatlas.prediction import trainings

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print the folder, or one line of what is wrong."""
    try:
        run, variant, seed = sys.argv[1:]
        training = trainings.find(Path(run), variant, seed)
        from cnnatlas.export.folder import export  # imports torch, which takes seconds: once there is a network

        print(export(training, source(training)))
    except AtlasError as error:
        sys.exit(f"error: {error}")


def source(training: trainings.Training):
    """What the configuration of the training's run says of it. Raises AtlasError where there is none."""
    from cnnatlas.export.model_card import Source

    file = configuration.file_of(ROOT, training.run.name)
    if not file:
        raise AtlasError(f"RUN={training.run}: no file of config/ has `run: {training.run.name}`; put it back: the "
                         "model card says what it says of the data")  # fmt: skip
    config, files = configuration.completed(ROOT, strict_yaml.load(file).content, [file])
    atlas = studies.load(ROOT, config, files)
    if training.variant not in atlas.specs:
        raise AtlasError(
            f"VARIANT={training.variant}: {file} has it no more; put it back: the model card gives its title"
        )
    entry = atlas.datasets[atlas.specs[training.variant]["dataset"]]
    drawn = config["collection"] == "embedded" and "folder" not in entry
    return Source(atlas.titles[training.variant], entry, drawn)


if __name__ == "__main__":
    main()
