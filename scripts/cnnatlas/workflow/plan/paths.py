"""Where results, data and sources of networks are: every path that more than one part of the plan needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from cnnatlas.architectures import registry
from cnnatlas.configuration.studies import Atlas


@dataclass(frozen=True)
class Paths:
    """The paths of one run, relative to the working directory."""

    run: str
    collection: str
    atlas: Atlas

    def result(self, path: str) -> str:
        """A result of this run."""
        return f"results/{self.run}/{path}"

    def archive(self, dataset: str) -> str:
        """The archive of a data set; its provenance lies beside it."""
        return f"resources/{self.collection}/archives/{self.atlas.datasets[dataset]['file']}"

    def prepared(self, dataset: str) -> dict[str, str]:
        """The files of a prepared data set, by the name under which rules read them."""
        names = {"images": "images.npy", "labels": "labels.npy", "table": "items.csv", "dataset": "dataset.json"}
        return {key: self.resource(dataset, name) for key, name in {**names, "split": "split.npz"}.items()}

    def resource(self, dataset: str, name: str) -> str:
        """One file of a prepared data set."""
        return f"resources/{self.collection}/{dataset}/{name}"

    def trained(self, variants: Iterable[str], file: str) -> list[str]:
        """A file of every training of the given variants: variants in order, each with its seeds in order."""
        return [self.result(file.format(variant=v, seed=s)) for v in variants for s in self.atlas.seeds(v)]

    def weights(self, name: str, seed: int | None = None) -> str:
        """The weights of a variant's training (by default of its first seed), or those torchvision publishes."""
        if name in self.atlas.pretrained:
            return f"resources/upstream/archives/{self.atlas.pretrained[name]['file']}"
        seed = self.atlas.seeds(name)[0] if seed is None else seed
        return self.result(f"models/{name}/seed{seed}/weights.safetensors")

    def definition(self, name: str) -> list[str]:
        """The source files that define a variant's network, or those that torchvision publishes."""
        if name in self.atlas.pretrained:
            return ["scripts/cnnatlas/architectures/published.py"]
        return registry.files(self.atlas.specs[name]["architecture"])
