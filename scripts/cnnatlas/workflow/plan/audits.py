"""What the audits of the data sets read and are given."""

from dataclasses import dataclass

from cnnatlas.workflow.plan.paths import Paths

SIDE = 96  # pixels at which a published network sees the images: at 224 it would take five times as long


@dataclass(frozen=True)
class AuditPlan:
    """The audits of a run's data sets; config/datasets.yaml names the networks that each one uses.

    `network` is one on this data set, whose scores are read; `features` one that has not learned its labels.
    """

    paths: Paths

    def spec(self, dataset: str) -> dict:
        """The data set, the variant and seed whose scores its audit reads, and the network whose features: or None."""
        atlas = self.paths.atlas
        variant, features = (atlas.datasets[dataset][key] for key in ("network", "features"))
        seed = atlas.seeds(variant)[0] if variant else None
        return {"dataset": dataset, "features": features, "seed": seed, "variant": variant}

    def inputs(self, dataset: str) -> dict[str, str]:
        """The prepared data and, where networks are named, features and scores."""
        files, spec = self.paths.prepared(dataset), self.spec(dataset)
        if spec["features"]:
            files["features"] = self.paths.result(f"audit/{dataset}/features.npy")
        if spec["variant"]:
            files["scores"] = self.paths.result("models/{variant}/seed{seed}/scores.npz".format(**spec))
        return files

    def features_inputs(self, dataset: str) -> dict[str, str]:
        """The images, the network's weights, and the record of the data set that it was trained on."""
        network = self._judge(dataset)
        specs, prepared = self.paths.atlas.specs, self.paths.prepared
        trained_on = specs[network]["dataset"] if network in specs else dataset  # published weights bring their classes
        return {
            "images": prepared(dataset)["images"],
            "weights": self.paths.weights(network),
            "classes": prepared(trained_on)["dataset"],
        }

    def features_sources(self, dataset: str) -> list[str]:
        """The source files that define the network."""
        return self.paths.definition(self._judge(dataset))

    def features_spec(self, dataset: str) -> dict:
        """What the job that computes features is given; the architecture is None for a published network."""
        network = self._judge(dataset)
        own = self.paths.atlas.specs.get(network, {"architecture": None, "device": "auto", "threads": 1})
        return {
            "device": own["device"],
            "network": {
                "architecture": own["architecture"],
                "name": network,
                "resolution": own.get("resolution", SIDE),
            },
            "threads": own["threads"],
        }

    def _judge(self, dataset: str) -> str:
        return self.paths.atlas.datasets[dataset]["features"]
