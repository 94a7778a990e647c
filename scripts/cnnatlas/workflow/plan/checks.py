"""What the checks before the first training are given: networks, methods of interpretation, and texts of the report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnatlas.architectures import registry
from cnnatlas.configuration import run as configuration
from cnnatlas.configuration.interpretations import Task
from cnnatlas.configuration.photographs import KEY, legible
from cnnatlas.configuration.strict_yaml import Document, KeyPath, dotted
from cnnatlas.data import image_files
from cnnatlas.training.augmentations import registry as augmentation_registry
from cnnatlas.workflow.plan.interpretation import ROOM, InterpretationPlan
from cnnatlas.workflow.plan.paths import Paths
from cnnatlas.workflow.plan.photographs import PhotographPlan

# The keys of a spec that its network, its weights, its memory and its batches depend on
CHECKED = ("architecture", "augmentation", "base", "batch_size", "device", "progressive", "resolution", "start",
           "threads", "trainable")  # fmt: skip


@dataclass(frozen=True)
class CheckPlan:
    """The checks of a run."""

    paths: Paths
    interpretation: InterpretationPlan
    photographs: PhotographPlan

    @property
    def networks_file(self) -> str:
        """What the check of networks writes."""
        return self.paths.result("checks/networks.json")

    def files(self) -> list[str]:
        """What the checks write."""
        return [self.networks_file, self.paths.result("checks/texts.json")]

    def sources(self) -> list[str]:
        """The files of all networks, augmentations and methods that are checked."""
        specs = self.paths.atlas.specs.values()
        networks = [registry.files(spec["architecture"]) for spec in specs]
        augmentations = [augmentation_registry.files(spec["augmentation"]) for spec in specs]
        methods = [f"{ROOM}/methods/{trial['method']}.py" for trial in self._trials().values()]
        return sorted({file for files in (methods, *networks, *augmentations) for file in files})

    def networks(self) -> dict:
        """What `cnnatlas.checks.networks` and `cnnatlas.checks.interpretation` are given."""
        variants = {name: self._variant(name) for name in self.paths.atlas.specs}
        return {"pairs": list(self._pairs()), "trials": list(self._trials().values()), "variants": variants}

    def places(self) -> dict:
        """`file:line` of each of these trials and, by key, of each variant."""
        levels = self.paths.atlas.levels
        variants = {name: levels.stated(name, CHECKED) for name in self.paths.atlas.specs}
        document = self.interpretation.configured.document
        return {"trials": [document.where(key) for key in self._trials()], "variants": variants}

    def texts(self, root: Path, items: Sequence[dict]) -> dict[str, str]:
        """The configuration's texts below `root` that have other characters than those of ASCII, with a place each."""
        atlas, found = self.paths.atlas, {}
        shown = [configuration.read(root, root / "config" / f"{n}.yaml") for n in ("report", "datasets", "pretrained")]
        for document in (*shown, *atlas.levels.files.values(), *atlas.levels.overlay.run.files):
            found |= _texts(document)
        found |= {f"config/items.yaml: `{item['id']}`": item["text"] for item in items}
        for dataset in atlas.datasets.values():
            classes = image_files.classes(Path(dataset["folder"])) if "folder" in dataset else []
            found |= {f"{dataset['folder']}/{name}": name for name in classes}
        found |= {f"{KEY}: {name}": name for name in map(legible, self.photographs.names.values())}
        return {text: where for where, text in found.items() if not text.isascii()}

    def _variant(self, name: str) -> dict:
        atlas = self.paths.atlas
        spec = {key: atlas.specs[name][key] for key in CHECKED}
        dataset = atlas.datasets[atlas.specs[name]["dataset"]]
        sizes = {"classes": dataset["classes"], "size": spec["resolution"] or dataset["size"]}
        return spec | sizes

    def _pairs(self) -> Iterator[list[str]]:
        """The variants that studies compare; not best(...), which only results know."""
        for study in self.paths.atlas.studies.values():
            yield from (list(pair) for pair in study.compare if set(pair) <= self.paths.atlas.specs.keys())

    def _trials(self) -> dict[KeyPath, dict]:
        """By its place in FILE, each method on each network, as it is tried."""
        configured, trials = self.interpretation.configured, {}
        for task in configured.tasks.values():
            side = self.interpretation.resolution(task) or self.paths.atlas.datasets[task.dataset]["size"]
            trials[task.key] = self._trial(task.network, task.method, task.options, side) | {"wanted": _wanted(task)}
        for name, entry in configured.reliability.items():
            side = self._variant(name)["size"]
            for method, options in entry["methods"].items():
                trials["reliability", name, "methods", method] = self._trial(name, method, options, side)
        for name, shown in self.interpretation.configured.photographs.items() if self.photographs.folder else ():
            for method, options in shown.methods.items():
                trials[*shown.key, method] = self._trial(name, method, options, self.photographs.side(name))
        return {key: trials[key] for key in sorted(trials)}

    def _trial(self, network: str, method: str, options: dict, side: int) -> dict:
        spec = {"architecture": None}
        if network in self.paths.atlas.specs:
            spec = {key: self._variant(network)[key] for key in ("architecture", "classes", "size")}
        chosen = configuration.ordered(options)
        return {"method": method, "name": network, "network": spec, "options": chosen, "side": side, "wanted": 1}


def _wanted(task: Task) -> int:
    """How many classes a task needs of its network."""
    if isinstance(task.targets, str):
        return 1
    return task.targets.get("top") or 1 + task.targets["others"]


def _texts(document: Document) -> dict[str, str]:
    """A document's texts by `file:line` and key."""
    values = {key: configuration.reached(document.content, key) for key in document.lines}
    named = {f"{document.where(key)}: `{dotted(key)}`": value for key, value in values.items()}
    return {where: value for where, value in named.items() if isinstance(value, str)}
