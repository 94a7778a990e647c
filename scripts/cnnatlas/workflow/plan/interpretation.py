"""Interpretation of networks: inputs, source files and parameters of each job, and what chapters get. No torch."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cnnatlas.configuration.interpretations import FILE, Interpretations, Task
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.declarations import METHODS
from cnnatlas.wording import literal
from cnnatlas.workflow.plan.paths import Paths

ROOM = "scripts/cnnatlas/interpretation"
ATTRIBUTIONS = [name for name, method in METHODS.items() if method.kind == "attribution"]
LAYERS = 3  # that feature_maps and filters show without the option `layers`


@dataclass(frozen=True)
class Job:
    """One job: its input files by name, the source files beside its script, relative to the project, its parameters."""

    inputs: dict[str, str]
    sources: list[str]
    spec: dict


@dataclass(frozen=True)
class InterpretationPlan:
    """The jobs of the rules of interpretation, and what chapters read and are given of them."""

    paths: Paths
    configured: Interpretations

    def networks(self) -> list[str]:
        """All networks that are interpreted, sorted."""
        return sorted({network for network, _ in self.configured.tasks} | set(self.configured.reliability))

    def interpret(self, network: str, method: str) -> Job:
        """A method of interpretation on one network."""
        task = self._task(network, method)
        own = self.paths.atlas.specs.get(network, {"dataset": None, "device": "auto", "threads": 1})
        spec = {
            "device": own["device"],
            "images": task.images,
            "method": method,
            "natural": METHODS[method].natural,
            "network": self._network(network),
            "options": task.options,
            "permuted": METHODS[method].kind == "attribution",
            "record": {"dataset": task.dataset, "method": method, "network": network, "options": task.options},
            "resolution": self.resolution(task),
            "second": self._network(task.second) if task.second else None,
            "targets": task.targets,
            "threads": own["threads"],
        }
        definitions = [file for name in (network, task.second) if name for file in self.paths.definition(name)]
        return Job(self._interpret_inputs(task), [f"{ROOM}/methods/{method}.py", *dict.fromkeys(definitions)], spec)

    def resolution(self, task: Task) -> int | None:
        """At how many pixels a task's images are shown; None for as many as they have."""
        own = self.paths.atlas.specs.get(task.network, {"dataset": None})
        return own["resolution"] if own["dataset"] == task.dataset else self._resolution(task.network)

    def summarise(self, network: str, method: str) -> Job:
        """The sentences on one method and network."""
        task, declared = self._task(network, method), METHODS[method]
        files = self._results(network, method)
        if declared.masks:
            files["masks"] = self.paths.resource(task.dataset, "masks.npz")
        facts = {"sign": declared.sign} if declared.sign else {}
        facts |= (
            {"second": task.second and self._title(task.second), "second_name": task.second} if declared.second else {}
        )
        return Job(files, [f"{ROOM}/sentences/{declared.kind}.py"], {"facts": facts, "kind": declared.kind})

    def figure(self, network: str, method: str, figure: str) -> Job:
        """One figure of a method and network; `figure` is its file name."""
        task, declared = self._task(network, method), METHODS[method]
        if figure not in self.figures(task):
            raise AtlasError(f"{network}/{method}: no figure {figure}; there is {', '.join(self.figures(task))}")
        files, facts = self._results(network, method), {}
        if figure == "gabor.svg":
            files["summary"] = self._result(network, method, "summary.json")
        if declared.kind == "attribution":
            facts = {key: getattr(declared, key) for key in ("display", "legend", "rectified")}
        elif declared.kind in ("feature_maps", "filters"):
            facts = {"title": self._title(network)}
        return Job(files, [f"{ROOM}/figures/{declared.kind}.py"], {"facts": facts, "kind": declared.kind})

    def figures(self, task: Task) -> list[str]:
        """The file names of a task's figures."""
        kind = METHODS[task.method].kind
        if kind == "attribution":
            return ["right.png", "wrong.png"] if "extremes" in task.images else ["all.png"]
        if kind in ("feature_maps", "filters"):
            layers = [f"layer{i + 1}.png" for i in range(len(task.options.get("layers", range(LAYERS))))]
            return layers + (["gabor.svg"] if kind == "filters" else [])
        return [f"{task.method}.png"]

    def reliability(self, network: str) -> Job:
        """The tests of a network's attribution methods."""
        entry, own = self._reliability(network), self.paths.atlas.specs[network]
        files = {key: self.paths.prepared(own["dataset"])[key] for key in ("images", "labels", "split")}
        files["masks"] = self.paths.resource(own["dataset"], "masks.npz")
        chosen = {method: entry["methods"][method] for method in sorted(entry["methods"])}
        spec = {
            "device": own["device"],
            "images": entry["images"],
            "methods": {
                method: {"options": {key: options[key] for key in sorted(options)}, "sign": METHODS[method].sign}
                for method, options in chosen.items()
            },
            "network": self._network(network),
            "threads": own["threads"],
        }
        methods = [f"{ROOM}/methods/{method}.py" for method in chosen]
        return Job(files | {"weights": self.paths.weights(network)}, methods + self.paths.definition(network), spec)

    def figure_reliability(self, network: str) -> Job:
        """The figure, table and sentences of these tests; a method has one colour in all of a run's figures."""
        methods = [
            {"colour": ATTRIBUTIONS.index(method), "method": method, "title": METHODS[method].title}
            for method in self._reliability(network)["methods"]
        ]
        files = {"assessments": self._result(network, "reliability", "assessments.json")}
        return Job(files, [], {"methods": methods})

    def files(self, chapter: str) -> list[str]:
        """The results of interpretation that a chapter shows, and the evaluation of the networks of this run."""
        shown = [
            self._result(task.network, task.method, name)
            for task in self._of(chapter)
            for name in ("summary.json", *self.figures(task))
        ]
        return shown + self._evaluated(_shown(self._of(chapter)))

    def summaries(self) -> list[str]:
        """The sentences on all methods and networks, and the evaluation of the networks of this run."""
        tasks, tested = self.configured.tasks.values(), self.configured.reliability
        found = [self._result(task.network, task.method, "summary.json") for task in tasks]
        found += [self._result(network, "reliability", "summary.json") for network in tested]
        return found + self._evaluated(dict.fromkeys([*_shown(tasks), *tested]))

    def titles(self) -> dict[str, str]:
        """The titles of all networks that are interpreted or whose attribution methods are tested, each another."""
        names = sorted({*(task.network for task in self.configured.tasks.values()), *self.configured.reliability})
        titles = Counter(map(self._title, names))
        return {name: self._title(name) + (f", `{name}`" if titles[self._title(name)] > 1 else "") for name in names}

    def facts(self, chapter: str) -> dict:
        """What a chapter is given of each network: its title, its seed, and by method its title, kind and figures.

        The seed is that of the weights that are interpreted, None for published weights, whose images' data set is
        named too.
        """
        found: dict[str, dict] = {}
        for task in self._of(chapter):
            declared = METHODS[task.method]
            seed = self.paths.atlas.seeds(task.network)[0] if task.network in self.paths.atlas.specs else None
            own = {"methods": {}, "seed": seed, "title": self._title(task.network)}
            if seed is None:
                own["dataset"] = literal(self.paths.atlas.datasets[task.dataset]["title"])
            network = found.setdefault(task.network, own)
            network["methods"][task.method] = {
                "figures": self.figures(task),
                "kind": declared.kind,
                "title": declared.title,
            }
        return found

    def reliability_files(self) -> list[str]:
        """The results that the chapter on the reliability of attribution shows."""
        networks, names = self.configured.reliability, ("summary.json", "reliability.svg")
        shown = [self._result(network, "reliability", name) for network in networks for name in names]
        return shown + self._evaluated(networks)

    def reliability_facts(self) -> dict:
        """What the chapter on the reliability of attribution is given of each network."""
        atlas = self.paths.atlas
        return {
            name: {
                "dataset": literal(atlas.datasets[atlas.specs[name]["dataset"]]["title"]),
                "images": entry["images"],
                "methods": [METHODS[method].title for method in entry["methods"]],
                "seed": atlas.seeds(name)[0],
                "title": self._title(name),
            }
            for name, entry in self.configured.reliability.items()
        }

    def _task(self, network: str, method: str) -> Task:
        if (network, method) not in self.configured.tasks:
            raise AtlasError(f"{FILE}: `{method}` of `{network}` is not listed; add it to a chapter")
        return self.configured.tasks[network, method]

    def _reliability(self, network: str) -> dict:
        if network not in self.configured.reliability:
            raise AtlasError(f"{FILE}: `{network}` is not listed under `reliability`; add it, with methods and images")
        return self.configured.reliability[network]

    def _evaluated(self, networks: Iterable[str]) -> list[str]:
        """The metrics of the interpreted seed of those networks that this run trains."""
        atlas = self.paths.atlas
        return [
            self.paths.result(f"evaluation/{network}/seed{atlas.seeds(network)[0]}/metrics.json")
            for network in networks
            if network in atlas.specs
        ]

    def _of(self, chapter: str) -> list[Task]:
        return [task for task in self.configured.tasks.values() if task.chapter == chapter]

    def _result(self, network: str, method: str, name: str) -> str:
        return self.paths.result(f"interpretation/{network}/{method}/{name}")

    def _results(self, network: str, method: str) -> dict[str, str]:
        names = {"arrays": "arrays.npz", "record": "record.json"}
        return {key: self._result(network, method, name) for key, name in names.items()}

    def _interpret_inputs(self, task: Task) -> dict[str, str]:
        files = {key: self.paths.prepared(task.dataset)[key] for key in ("images", "split", "table")}
        files["weights"] = self.paths.weights(task.network)
        if "extremes" in task.images:
            seed = self.paths.atlas.seeds(task.network)[0]
            files["extremes"] = self.paths.result(f"evaluation/{task.network}/seed{seed}/extremes.csv")
        return files | ({"second": self.paths.weights(task.second)} if task.second else {})

    def _network(self, name: str) -> dict:
        """What a job needs to open a network; the architecture is None for one of torchvision's."""
        spec = self.paths.atlas.specs.get(name, {"architecture": None, "resolution": self._resolution(name)})
        return {"architecture": spec["architecture"], "name": name, "resolution": spec["resolution"]}

    def _resolution(self, name: str) -> int | None:
        """At how many pixels images of another data set are shown to a network; None for their own."""
        return self.configured.pretrained["resolution"] if name in self.paths.atlas.pretrained else None

    def title(self, name: str) -> str:
        """A network's title, as it was written."""
        atlas = self.paths.atlas
        return atlas.titles.get(name) or atlas.pretrained[name]["title"]

    def _title(self, name: str) -> str:
        """A network's title as Markdown."""
        return literal(self.title(name))


def _shown(tasks: Iterable[Task]) -> list[str]:
    """The networks of tasks, and those that some show their images to as well, each once."""
    return list(dict.fromkeys(name for task in tasks for name in (task.network, task.second) if name))
