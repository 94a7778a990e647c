"""What a training reads and is given."""

from dataclasses import dataclass

from cnnatlas.training.augmentations import registry as augmentations
from cnnatlas.workflow.plan.paths import Paths

PUBLISHED = {"device": "auto", "gpu_share": 50}  # of a network that torchvision publishes, which has no spec


@dataclass(frozen=True)
class TrainingPlan:
    """The trainings of a run on a machine with `gpus` GPUs."""

    paths: Paths
    gpus: int

    def data(self, variant: str) -> dict[str, str]:
        """The files of the prepared data set that a variant is trained on."""
        return self.paths.prepared(self.paths.atlas.specs[variant]["dataset"])

    def initial_weights(self, variant: str, seed: int | str) -> dict[str, str]:
        """The weights of a training's `base`, or of the whole network that it starts from; often neither."""
        spec = self.paths.atlas.specs[variant]
        return {key: self.paths.weights(spec[key], seed) for key in ("base", "start") if spec[key]}

    def architecture(self, variant: str) -> list[str]:
        """The source files that define a variant's network."""
        return self.paths.definition(variant)

    def sources(self, variant: str) -> list[str]:
        """The files of a variant's network and augmentations: the only ones that its trainings depend on."""
        return self.architecture(variant) + augmentations.files(self.paths.atlas.specs[variant]["augmentation"])

    def spec(self, variant: str) -> dict:
        """The resolved variant, as far as it changes the result of a training."""
        return self.paths.atlas.training_spec(variant)

    def gpu_share(self, network: str) -> int:
        """What a job on this network takes of a GPU, in percent; 0 without a GPU."""
        spec = self.paths.atlas.specs.get(network, PUBLISHED)
        return spec["gpu_share"] if self.gpus and spec["device"] != "cpu" else 0
