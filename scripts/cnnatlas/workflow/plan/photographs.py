"""The jobs on the user's photographs: inputs, source files, parameters, and what their chapter gets. No torch."""

import hashlib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cnnatlas.configuration import photographs
from cnnatlas.configuration.photographs import KEY, Album, legible
from cnnatlas.configuration.schemas import COMMAND_LINE
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.declarations import EVIDENCE, METHODS
from cnnatlas.wording import literal
from cnnatlas.workflow.plan.interpretation import ROOM, InterpretationPlan

FILES = ("record.json", "photograph.png")  # of a photograph, that the chapter reads


@dataclass(frozen=True)
class PhotographPlan:
    """The jobs on the photographs in a run's `folder`, or none where that is None; `where` is its place in the
    configuration."""

    interpretation: InterpretationPlan
    folder: Path | None
    where: str

    @cached_property
    def album(self) -> Album:
        """The photographs, read when first asked for: most jobs plan without them. Raises AtlasError."""
        return photographs.read(self.folder, self.where) if self.folder else Album(Path(), {})

    @property
    def names(self) -> Mapping[str, str]:
        """By identifier, the name of each photograph; empty in a run without photographs."""
        return self.album.names

    def file(self, photograph: str) -> str:
        """The path of a photograph; raises AtlasError where it is no longer in its folder."""
        if photograph not in self.names:
            raise AtlasError(f"{KEY}: `{photograph}` is no longer in the folder; run the same command again")
        return self.album.file(photograph)

    def weights(self) -> list[str]:
        """The weights of all networks that are shown photographs."""
        return [self.interpretation.paths.weights(name) for name in self._shown]

    def sources(self) -> list[str]:
        """The files of these networks, and of the methods that are applied to them."""
        found = {f"{ROOM}/methods/{method}.py" for entry in self._shown.values() for method in entry.methods}
        for name in self._shown:
            found.update(self.interpretation.paths.definition(name))
        return sorted(found)

    def spec(self, photograph: str) -> dict:
        """What the job on a photograph is given: its name, and the networks in the order of `weights`.

        Also its content, which decides whether it runs again: Snakemake looks into files only that are newer than their
        results, and a photograph may bear the time of the camera.
        """
        networks = [
            {"methods": entry.methods, "name": name, "published": self._published(name)}
            for name, entry in self._shown.items()
        ]
        content = hashlib.sha256(Path(self.file(photograph)).read_bytes()).hexdigest()
        return {"file": legible(self.names[photograph]), "networks": networks, "sha256": content}

    def figure_spec(self) -> dict:
        """What the figure of a photograph is given of networks, and of methods in the order of their columns.

        A scale that starts at zero is the upper half of that of evidence, and `response` has evidence too.
        """
        used = {method for each in self._shown.values() for method in each.methods}
        methods = [
            {
                "legend": list(EVIDENCE if declared.rectified or not declared.legend else declared.legend),
                "method": method,
                "title": declared.title if declared.legend else method,
            }
            for method, declared in METHODS.items()
            if method in used
        ]
        titles = {name: self._heading(name) for name in sorted(self._shown)}
        return {"methods": methods, "titles": titles}

    def files(self) -> list[str]:
        """The results that the chapter on photographs shows, and the evaluation of the networks of this run."""
        paths = self.interpretation.paths
        found = [paths.result(f"photographs/{name}/{file}") for name in self.names for file in FILES]
        specs = [name for name in self._shown if name in paths.atlas.specs]
        found += [paths.result(f"evaluation/{name}/seed{paths.atlas.seeds(name)[0]}/metrics.json") for name in specs]
        return found + [paths.prepared(paths.atlas.specs[name]["dataset"])["dataset"] for name in specs]

    def facts(self) -> dict:
        """What that chapter is given: photographs, other files, networks, and the folder if commands must name it."""
        return {
            "folder": shlex.quote(str(self.folder)) if self.where == COMMAND_LINE else None,
            "networks": {name: self._facts(name) for name in self._shown},
            "photographs": {name: legible(file) for name, file in self.names.items()},
            "skipped": list(self.album.skipped),
        }

    def check(self) -> None:
        """Raises AtlasError where the folder has no photographs, or the run no network that is shown them."""
        if self.names and not self._shown:
            raise AtlasError(f"{self.where}: `{KEY}`: this run trains none of the networks that `{KEY}` lists in "
                             "config/interpretation.yaml; list one of this run's, or leave the key out")  # fmt: skip

    def side(self, name: str) -> int:
        """At how many pixels a network sees photographs."""
        atlas, role = self.interpretation.paths.atlas, self.interpretation.configured.pretrained
        spec = atlas.specs.get(name, role)
        return spec["resolution"] or atlas.datasets[spec["dataset"]]["size"]

    @property
    def _shown(self) -> Mapping:
        return self.interpretation.configured.photographs

    def _published(self, name: str) -> int | None:
        """At how many pixels a network that torchvision publishes sees photographs; None for others."""
        return None if name in self.interpretation.paths.atlas.specs else self.side(name)

    def _heading(self, name: str) -> str:
        """A network's data set and title, since those of two data sets may have one title; or only the title."""
        atlas, title = self.interpretation.paths.atlas, self.interpretation.title(name)
        return f"{atlas.datasets[atlas.specs[name]['dataset']]['title']}, {title}" if name in atlas.specs else title

    def _column(self, name: str) -> str:
        """What tables call a network: its data set where no other network has the same, else its heading."""
        atlas = self.interpretation.paths.atlas
        of = [atlas.specs[each]["dataset"] for each in self._shown if each in atlas.specs]
        alone = name in atlas.specs and of.count(atlas.specs[name]["dataset"]) == 1
        return atlas.datasets[atlas.specs[name]["dataset"]]["title"] if alone else self._heading(name)

    def _facts(self, name: str) -> dict:
        atlas = self.interpretation.paths.atlas
        found = {"column": literal(self._column(name)), "heading": literal(self._heading(name))}
        if name not in atlas.specs:
            return found | {"dataset": None, "seed": None}
        return found | {"dataset": atlas.specs[name]["dataset"], "seed": atlas.seeds(name)[0]}
