"""The plan of a run, put together from the plans of its parts."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from cnnatlas.configuration import interpretations, photographs, schemas, studies
from cnnatlas.configuration import run as configuration
from cnnatlas.configuration.studies import Atlas
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.contrasts import CONTRASTS
from cnnatlas.report.items import read_items
from cnnatlas.workflow import gpus
from cnnatlas.workflow.plan.audits import AuditPlan
from cnnatlas.workflow.plan.checks import CheckPlan
from cnnatlas.workflow.plan.data import DataPlan
from cnnatlas.workflow.plan.downloads import Downloads
from cnnatlas.workflow.plan.interpretation import InterpretationPlan
from cnnatlas.workflow.plan.paths import Paths
from cnnatlas.workflow.plan.photographs import PhotographPlan
from cnnatlas.workflow.plan.studies import StudyPlan
from cnnatlas.workflow.plan.training import TrainingPlan

ROLES = ("network", "second")  # of the run's `pretrained`, which items may want from ImageNet


@dataclass(frozen=True)
class RunPlan:
    """One run: what its configuration comes to, and the files and jobs of each part of the workflow."""

    atlas: Atlas
    paths: Paths
    downloads: Downloads
    data: DataPlan
    training: TrainingPlan
    studies: StudyPlan
    audits: AuditPlan
    interpretation: InterpretationPlan
    photographs: PhotographPlan
    checks: CheckPlan
    items: list[dict]


def load(root: Path | str, config: dict, files: Sequence[str], typed_in: str = "") -> RunPlan:
    """Read and check the configuration below `root`: `config`, merged from `files`, general to specific.

    `typed_in` is the folder that a relative `photographs` is seen from; "" for the current one. Raises AtlasError, one
    line with file, line, key, value and fix.
    """
    atlas = studies.load(root, config, list(files))
    items = read_items(os.path.relpath(Path(root) / "config" / "items.yaml"))
    _check_items(items, atlas)
    paths = Paths(config["run"], config["collection"], atlas)
    shared = gpus.visible() if config["gpus"] == "auto" else config["gpus"]
    training = TrainingPlan(paths, shared)
    interpretation = InterpretationPlan(paths, interpretations.load(root, config, atlas))
    shown = PhotographPlan(interpretation, *_photographs(config, atlas, typed_in))
    return RunPlan(
        *(atlas, paths, Downloads(atlas), DataPlan(paths), training),
        *(StudyPlan(paths), AuditPlan(paths), interpretation, shown),
        *(CheckPlan(paths, interpretation, shown), items),
    )


def _photographs(config: dict, atlas: Atlas, typed_in: str) -> tuple[Path | None, str]:
    """The folder of photographs that the run names, or None; and the place in the configuration that names it."""
    named = config[photographs.KEY]
    return named and configuration.folder(named, typed_in), atlas.levels.overlay.run.where((photographs.KEY,))


def _check_items(items: Sequence[dict], atlas: Atlas) -> None:
    """Every item that a study answers must be one; several studies may answer one together."""
    known = [item["id"] for item in items]
    for item in items:
        _check_item(item, atlas)
        _check_wanted(item, atlas)
    for name, study in atlas.studies.items():
        for position, item in enumerate(study.items):
            if item not in known:
                where = atlas.levels.files[name].where(("items", position))
                hint = schemas.suggestion(item, known)
                raise AtlasError(f"{where}: `items` names `{item}`, which config/items.yaml does not have{hint}")


def _check_item(item: dict, atlas: Atlas) -> None:
    """What an item names must exist: unknown data would pass for published, and no comparison for a decided one."""
    own = [study for study in atlas.studies.values() if item["id"] in study.items]
    compared = [b for study in own for _, b in study.compare]
    compared += CONTRASTS if any(study.factorial for study in own) else []
    for name in item.get("data", []):
        if name not in atlas.datasets:
            hint = schemas.suggestion(name, atlas.datasets)
            raise AtlasError(f"config/items.yaml: `data` of item {item['id']} names `{name}`, no data set{hint}")
    answering = [name for name, file in atlas.levels.files.items() if item["id"] in file.content.get("items", [])]
    whole = set(answering) == {study.name for study in own}  # the run may be of other studies
    for pattern in item.get("compared", []):
        if whole and compared and not any(fnmatchcase(name, pattern) for name in compared):
            hint = schemas.suggestion(pattern, dict.fromkeys(compared))
            raise AtlasError(
                f"config/items.yaml: `compared` of item {item['id']} names `{pattern}`, which no study that answers it "
                f"compares with another{hint}"
            )


def _check_wanted(item: dict, atlas: Atlas) -> None:
    """The networks that an item wants from ImageNet have a role, and a verdict needs a study, whichever a run has."""
    for role in item.get("pretrained", []):
        if role not in ROLES:
            hint = schemas.suggestion(role, list(ROLES))
            raise AtlasError(f"config/items.yaml: `pretrained` of item {item['id']} names `{role}`, no network of "
                             f"the run's `pretrained`{hint}")  # fmt: skip
    if item.get("verdict") and not any(item["id"] in f.content.get("items", []) for f in atlas.levels.files.values()):
        raise AtlasError(f"config/items.yaml: item {item['id']} has `verdict`, and no file of config/studies lists it "
                         "under `items`; list it there, or remove `verdict`")  # fmt: skip
