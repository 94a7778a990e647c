# Configuration, checked; and the few helpers that the rules share.

import os
import re
import sys
from functools import cache
from pathlib import Path

if not isinstance(workflow.current_basedir, os.PathLike):
    sys.exit("error: single files of a remote repository are not enough; name its workflow/Snakefile, or a local clone")
ROOT = Path(workflow.current_basedir).resolve().parents[1]  # workflow.basedir of a module is that of its user
sys.path.insert(0, str(ROOT / "scripts"))
from cnnatlas.configuration import run as configuration, interpretations, studies
from cnnatlas.workflow import gpus, sources as source_files
from cnnatlas.workflow.plan.data import DataPlan
from cnnatlas.workflow.plan.paths import Paths
from cnnatlas.architectures import registry
from cnnatlas.errors import AtlasError
from cnnatlas.files import remove_folder

IS_MODULE = Path(workflow.basedir).resolve() != ROOT
CONFIGURED = configuration.home(Path.cwd(), ROOT)
try:
    # The files that a module's user has read are about more than this workflow
    config, files = configuration.completed(CONFIGURED, config, [] if IS_MODULE else workflow.configfiles)
    ATLAS = studies.load(CONFIGURED, config, files)
    LOOKS = interpretations.load(CONFIGURED, config, ATLAS)
    REPORT = configuration.report_settings(CONFIGURED)
    GPUS = gpus.visible() if config["gpus"] == "auto" else config["gpus"]
except AtlasError as error:
    sys.exit(f"error: {error}")  # one line, no traceback

PLACES = workflow.modifier.path_modifier  # a module's prefix
DEPLOYED = {str(method) for method in workflow.deployment_settings.deployment_method}
if "apptainer" in DEPLOYED and "conda" not in DEPLOYED:
    sys.exit("error: --sdm apptainer: jobs take their packages from conda inside the image; say --sdm conda apptainer")

# Read with `--sdm conda apptainer` only: the system below conda, or an image of ./Dockerfile with all environments in it
if config["image"]:

    containerized: config["image"]

else:

    container: "docker://condaforge/miniforge3:25.3.1-0"


RUN = config["run"]
COLLECTION = config["collection"]
SPECS = ATLAS.specs
STUDIES = ATLAS.studies
DATASETS = ATLAS.datasets
PRETRAINED = ATLAS.pretrained
WEIGHTS = {PRETRAINED[name]["file"]: name for name in sorted(PRETRAINED)}
DATA = DataPlan(Paths(RUN, COLLECTION, ATLAS))
ATTRIBUTIONS = [
    "cam",
    "grad_cam",
    "gradient",
    "guided_backpropagation",
    "integrated_gradients",
    "occlusion",
    "smooth_grad",
]
SYNTHESES = {name: name for name in ("activation_maximisation", "fooling", "response")}
SUMMARIES = {
    "feature_maps": "feature_maps",
    "filters": "filters",
    **SYNTHESES,
    **dict.fromkeys(ATTRIBUTIONS, "attribution"),
}
# Not the names themselves: Snakemake searches a pattern each time it fills it in, so that ten thousand names in it would
# cost ten thousand jobs a hundred million searches. SPECS refuses a name that does not exist
VARIANT = r"[^/]+"


wildcard_constraints:
    run=RUN,
    collection=COLLECTION,
    dataset="|".join(sorted(DATASETS)),
    file="|".join(re.escape(file) for file in DATA.archives) or "none",
    weights="|".join(re.escape(file) for file in WEIGHTS),
    variant=VARIANT,
    study="|".join(STUDIES),
    network="|".join(sorted({re.escape(look.network) for look in LOOKS.looks.values()} | set(LOOKS.audit))) or "none",
    method="|".join(interpretations.methods()),
    attribution="|".join(ATTRIBUTIONS),
    layer=r"[123]",
    layered="feature_maps|filters",
    shown="all|right|wrong",
    synthesis="|".join(SYNTHESES),
    seed=r"\d+",
    group="|".join(re.escape(name) for study in STUDIES.values() for name in study.groups) or "none",


@cache
def sources(*files, env):
    """A rule's scripts, all they import, and the pins of its environment, as inputs: content decides what runs again."""
    return [own(file) for file in source_files.closure(f"workflow/envs/{env}.yaml", *files)]


def own(path):
    """A file of the workflow as an input: seen from the working directory, and never below a module's prefix."""
    seen = os.path.relpath((CONFIGURED if path.startswith("config/") else ROOT) / path)
    return seen if Path.cwd() == ROOT else local(seen)


def placed(path):
    """Where a result or resource lies, for a job to be told: Snakemake puts a module's prefix before files only."""
    return str(PLACES.replace_prefix(path))


prepared = DATA.paths.prepared


def prepare_inputs(w):
    """What a data set is prepared from; a folder of images is never below a module's prefix."""
    files = DATA.prepare_inputs(w.dataset)
    return {key: [local(file) for file in found] if key == "pictures" else found for key, found in files.items()}


def prepared_for(wildcards):
    """The files of the data set that a variant is trained on."""
    return prepared(SPECS[wildcards.variant]["dataset"])


def trained(variants, file):
    """A file of every training of the given variants: variants in order, each with its seeds in order."""
    return [f"results/{RUN}/{file.format(variant=v, seed=s)}" for v in variants for s in ATLAS.seeds(v)]


def gpu_share(w):
    """What a job takes of this machine's GPU, in percent: nothing without one, nor where SLURM hands them out."""
    spec = SPECS.get(w.get("variant") or w.network, {"device": "auto", "gpu_share": 50})
    return spec["gpu_share"] if GPUS and workflow.local_exec and spec["device"] != "cpu" else 0


def remove_checkpoints():
    """Remove the checkpoints of trainings that have ended: on SLURM, jobs leave them until the run has ended well."""
    for folder in Path(f"results/{RUN}/checkpoints").glob("*/seed*"):
        if Path(f"results/{RUN}/models", *folder.parts[-2:], "training.json").exists():
            remove_folder(folder)


def architecture_files(variant):
    """The family files that define a variant's network: the only ones that its trainings depend on."""
    return registry.files(SPECS[variant]["architecture"])


def beginning(w):
    """The weights that a training begins with: of its base, or of a whole network; often none."""
    spec = SPECS[w.variant]
    return {key: weights_of(spec[key], w.seed) for key in ("base", "start") if spec[key]}


def weights_of(name, seed):
    """The weights of a variant's training, or those that torchvision publishes of a network."""
    if name in PRETRAINED:
        return f"resources/pretrained/{PRETRAINED[name]['file']}"
    return f"results/{RUN}/models/{name}/seed{seed}/weights.safetensors"


def compare_inputs(w):
    """What a comparison reads of a study's variants."""
    variants = STUDIES[w.study].variants
    data = [prepared(SPECS[v]["dataset"]) for v in variants]
    return {
        "metrics": trained(variants, "evaluation/{variant}/seed{seed}/metrics.json"),
        "training": trained(variants, "models/{variant}/seed{seed}/training.json"),
        "history": trained(variants, "models/{variant}/seed{seed}/history.csv"),
        "scores": trained(variants, "models/{variant}/seed{seed}/scores.npz"),
        "architecture": [f"results/{RUN}/models/{v}/seed{ATLAS.seeds(v)[0]}/architecture.json" for v in variants],
        **{kind: [files[kind] for files in data] for kind in ("split", "labels", "dataset")},
    }


def gains_input(w):
    """The gains of a study that compares this pair."""
    if (w.baseline, w.variant) not in STUDIES[w.study].compare:
        raise AtlasError(f"{w.study} does not compare {w.variant} with {w.baseline}; add the pair to its `compare`")
    return f"results/{w.run}/studies/{w.study}/gains.csv"


def shown_variants(study):
    """Name, title and seeds of a study's variants, as scripts need them."""
    return [{"name": v, "seeds": ATLAS.seeds(v), "title": ATLAS.titles[v]} for v in STUDIES[study].variants]


def alone(study):
    """A study's variants that belong to no sweep or search; all, where there are no others."""
    grouped = {v for members in STUDIES[study].groups.values() for v in members}
    return [v for v in STUDIES[study].variants if v not in grouped] or list(STUDIES[study].variants)


def group_members(wildcards):
    """Label and seeds of the members of a sweep or search, as scripts need them."""
    names = STUDIES[wildcards.study].groups[wildcards.group]
    return [{"label": ATLAS.members[v].label, "seeds": ATLAS.seeds(v)} for v in names]


def audited(dataset):
    """A data set's audit: whose features and scores it takes; the first seed's, None for none."""
    variant = DATASETS[dataset]["features"]
    return {"dataset": dataset, "seed": ATLAS.seeds(variant)[0] if variant else None, "variant": variant}


def audit_inputs(w):
    """What an audit reads: the prepared data and, where a network is named, its features and scores."""
    network = audited(w.dataset)
    files = prepared(w.dataset)
    if network["variant"]:
        files["features"] = "results/{}/audit/features/{variant}/seed{seed}.npy".format(RUN, **network)
        files["scores"] = "results/{}/models/{variant}/seed{seed}/scores.npz".format(RUN, **network)
    return files
