"""The resolved specs that benchmarks/gpu.py takes along: one variant of each architecture of the full study."""

from pathlib import Path

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import studies

ALWAYS = ("a2b_final", "a2a_vgg_bn", "e1a_lenet5", "e3_resnet18_small")


def one_of_each(root: Path) -> dict[str, dict]:
    """{variant: {spec, size, classes}} of the variants that checks name, then of the first of each other architecture.

    Those on a published base are left out: they need weights that are downloaded.
    """
    config, files = configuration.completed(root, {}, [])
    atlas = studies.load(root, config, files)
    chosen, seen = list(ALWAYS), {atlas.specs[v]["architecture"]["name"] for v in ALWAYS}
    for variant, spec in atlas.specs.items():
        if spec["architecture"]["name"] not in {*seen, "on_base"} and not spec["start"]:
            chosen.append(variant)
            seen.add(spec["architecture"]["name"])
    return {variant: _entry(atlas, variant) for variant in chosen}


def _entry(atlas: studies.Atlas, variant: str) -> dict:
    spec = atlas.specs[variant]
    dataset = atlas.datasets[spec["dataset"]]
    return {"spec": spec, "size": spec["resolution"] or dataset["size"], "classes": dataset["classes"]}
