"""What the audits of the data sets read and are given."""

from dataclasses import dataclass

from cnnatlas.workflow.plan.paths import Paths

FEATURES = ("architecture", "device", "resolution", "threads")  # of a spec, what computing features depends on


@dataclass(frozen=True)
class AuditPlan:
    """The audits of a run's data sets; `features` in config/datasets.yaml names the network that each one uses."""

    paths: Paths

    def spec(self, dataset: str) -> dict:
        """The data set, and the variant and seed whose features and scores its audit uses: None, None without one."""
        atlas = self.paths.atlas
        variant = atlas.datasets[dataset]["features"]
        return {"dataset": dataset, "seed": atlas.seeds(variant)[0] if variant else None, "variant": variant}

    def inputs(self, dataset: str) -> dict[str, str]:
        """The prepared data and, where a network is named, its features and scores."""
        files, network = self.paths.prepared(dataset), self.spec(dataset)
        if network["variant"]:
            training = "{variant}/seed{seed}".format(**network)
            files["features"] = self.paths.result(f"audit/features/{training}.npy")
            files["scores"] = self.paths.result(f"models/{training}/scores.npz")
        return files

    def features_spec(self, variant: str) -> dict:
        """What the job that computes a network's features is given."""
        return {key: self.paths.atlas.specs[variant][key] for key in FEATURES}
