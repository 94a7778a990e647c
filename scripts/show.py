"""Print a variant: its resolved spec, with the file and line that states each value; in what it differs from those that
it is compared with or like; the size of its network, and the targets that depend on it.

make show VARIANT=d1_shallow
make show VARIANT=d1_shallow CONFIG=config/cpu.yaml
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import schemas, strict_yaml, studies
from cnnatlas.configuration.strict_yaml import KeyPath
from cnnatlas.costs import work
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import settings
from cnnatlas.evaluation.ranking import OTHERS
from cnnatlas.training.augmentations import registry as augmentations
from cnnatlas.workflow import sources

ROOT = Path(__file__).resolve().parents[1]


def stated(spec: dict, places: dict[KeyPath, str], key: KeyPath = ()) -> Iterator[str]:
    """A line for each key of a spec, with its value and the place that states it."""
    for name, value in spec.items():
        inner, indent = (*key, name), "  " * len(key)
        if inner in places:
            text = yaml.safe_dump(value, default_flow_style=True, width=float("inf")).removesuffix("...\n").rstrip()
            yield f"{indent}{name}: {text}  # {places[inner]}"
        else:
            yield f"{indent}{name}:"
            yield from stated(value, places, inner)


def differences(variant: str, atlas: studies.Atlas) -> Iterator[str]:
    """In what a variant differs from the one that it is like, and from those that a study compares it with."""
    pairs = [pair for study in atlas.studies.values() for pair in study.compare if variant in pair]
    others = [name for pair in pairs for name in pair if name != variant]
    for other in dict.fromkeys(filter(None, (atlas.levels.liked(variant), *others))):
        if other in atlas.specs:  # not best(...), which only results know
            yield f"differences from {other}:"
            found = settings.differences(atlas.specs[other], atlas.specs[variant])
            yield from (f"  {each.key}: {each.b}  # there: {each.a}" for each in found)


def targets(variant: str, atlas: studies.Atlas, run: str) -> list[str]:
    """The files that depend on a variant, from its weights to the report."""
    seeds = atlas.seeds(variant)
    files = [f"results/{run}/models/{variant}/seed{seed}/weights.safetensors" for seed in seeds]
    files += [f"results/{run}/evaluation/{variant}/seed{seed}/metrics.json" for seed in seeds]
    showing = [name for name, study in atlas.studies.items() if variant in study.variants]
    files += [f"results/{run}/studies/{name}/comparison.csv" for name in showing]
    return [*files, f"results/{run}/report/report.pdf"]


def augmentations_off(spec: dict) -> list[str]:
    """A line for each augmentation that a spec does not name: the value that keeps it off, and its meaning."""
    declared = augmentations.declarations().items()
    return [f"  {name}: {each.off}  # {each.meaning}" for name, each in declared if name not in spec["augmentation"]]


def absent(name: str, atlas: studies.Atlas) -> str:
    """Why a name is no variant of the run: it is of several, or of one that only results know, or there is none."""
    groups = {group: members for study in atlas.studies.values() for group, members in study.groups.items()}
    group = name.removeprefix("best(").removesuffix(")")
    finals = [study.final for study in atlas.studies.values() if study.final]
    if name == studies.best(OTHERS) and finals:
        return f"the best of a study but its final one ({', '.join(finals)}), which only results know; name a variant"
    if group in groups:
        members = [atlas.members[member] for member in groups[group]]
        kind, names = members[0].kind, ", ".join(member.name for member in members)
        chosen = "" if group == name else ", of which only results know the best"
        return f"`{group}` is a {kind}{chosen}; name one of its variants: {names}"
    return f"no such variant{schemas.suggestion(name, sorted([*atlas.specs, *groups]))}"


def show(variant: str, file: str = "config/embedded.yaml") -> str:
    """The text that `make show` prints of a variant in the run of a file of configuration."""
    sources.check()
    config, files = configuration.completed(ROOT, strict_yaml.load(file).content, [file])
    atlas = studies.load(ROOT, config, files)
    if variant not in atlas.specs:
        raise AtlasError(f"VARIANT={variant}: {absent(variant, atlas)}")
    spec, size = atlas.specs[variant], work.sizes(atlas, [variant])[variant]
    return "\n".join([
        f"# {variant}: {atlas.titles[variant]}",
        *stated(spec, atlas.levels.places(variant, spec)),
        *differences(variant, atlas),
        "augmentations that are off:",
        *augmentations_off(spec),
        f"parameters: {size.parameters:,}",
        f"multiply-adds per image: {size.multiply_adds:,}",
        "targets:",
        *(f"  {target}" for target in targets(variant, atlas, config["run"])),
    ])  # fmt: skip


def main() -> None:
    """Print a variant, or one line of what is wrong."""
    try:
        print(show(*sys.argv[1:]))
    except AtlasError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
