# The configuration, checked and planned; and the few helpers of rules that need Snakemake's own objects.

import gc
import os
import re
import sys
from functools import cache, partial
from pathlib import Path

if not isinstance(workflow.current_basedir, os.PathLike):
    sys.exit("error: single files of a remote repository are not enough; name its workflow/Snakefile, or a local clone")
# What planning makes stays, and with Python's own 700 a tenth of the time went into looking for garbage among it
gc.set_threshold(100_000)
ROOT = Path(workflow.current_basedir).resolve().parents[1]  # workflow.basedir of a module is that of its user
sys.path.insert(0, str(ROOT / "scripts"))
import cnnatlas

if Path(cnnatlas.__file__).resolve().parents[1] != ROOT / "scripts":
    sys.exit(f"error: {cnnatlas.__file__} is loaded, another clone's library; use one clone only in a workflow")
from cnnatlas.errors import AtlasError
from cnnatlas.workflow import library, sources as source_files

library.put_first(ROOT / "scripts")
IS_MODULE = Path(workflow.basedir).resolve() != ROOT
OWN_CONFIG = Path("config/config.yaml")
try:
    if workflow.is_main_process:  # takes half a second, which each job of a cluster would take too
        source_files.check()  # before any of them is imported
    from cnnatlas.configuration import strict_yaml

    if OWN_CONFIG.is_file() and not IS_MODULE:
        strict_yaml.load(OWN_CONFIG)  # of one that it cannot read, Snakemake does not name the file
except AtlasError as error:
    sys.exit(f"error: {error}")

if OWN_CONFIG.is_file():  # else the workflow's own is read below

    configfile: "config/config.yaml"


from cnnatlas.configuration import run as configuration, interpretations
from cnnatlas.costs import machines
from cnnatlas.workflow import (
    checkpoints,
    completeness,
    console,
    fast_start,
    gpus,
    isolation,
    last_report,
    older_edits,
    places,
    scheduler,
    timings,
    tools,
    unfinished,
)
from cnnatlas.workflow.plan import chapters, run as plan

scheduler.end_reschedules_with_the_run()
isolation.isolate()
DEPLOYED = {str(method) for method in workflow.deployment_settings.deployment_method}
CONFIGURED = configuration.home(Path.cwd(), ROOT)
TYPED_IN = os.environ.get("PWD", "") if workflow.overwrite_workdir else ""  # Snakemake has left it for --directory
try:
    places.check(ROOT)
    tools.check_conda(DEPLOYED)
    # The files that a module's user has read are about more than this workflow
    config, files = configuration.completed(CONFIGURED, config, [] if IS_MODULE else workflow.configfiles)
    PLAN = plan.load(CONFIGURED, config, files, TYPED_IN)
    if config["gpus"] == 0:
        gpus.hide()
    CHAPTER_ENTRIES, REPORT = chapters.load(CONFIGURED)
    if workflow.is_main_process:
        places.check_writable(Path.cwd())
        older_edits.renew(ROOT, Path(".snakemake/source_files.json"))
        unfinished.run_again()
        PLAN.photographs.check()
        chapters.check_photographs(CHAPTER_ENTRIES, config)
        chapters.check_answers(CHAPTER_ENTRIES, PLAN.items)
except AtlasError as error:
    sys.exit(f"error: {error}")  # one line, no traceback

PREFIX = workflow.modifier.path_modifier  # a module's; when jobs are planned, the modifier is that of its user
if "apptainer" in DEPLOYED and "conda" not in DEPLOYED:
    sys.exit("error: --sdm apptainer: jobs take their packages from conda inside the image; say --sdm conda apptainer")

# Read with `--sdm conda apptainer` only: the system below conda, or an image with all environments in it
if config["image"]:

    containerized: config["image"]

else:

    container: "docker://condaforge/miniforge3:25.3.1-0"


RUN = config["run"]
COLLECTION = config["collection"]
ATLAS = PLAN.atlas
SPECS = ATLAS.specs
STUDIES = ATLAS.studies
DATASETS = ATLAS.datasets
ITEMS = PLAN.items
# Not the names themselves: Snakemake searches a pattern each time it fills it in, so that ten thousand names in it would
# cost ten thousand jobs a hundred million searches. SPECS refuses a name that does not exist
VARIANT = r"[^/]+"


wildcard_constraints:
    run=RUN,
    collection=COLLECTION,
    dataset="|".join(sorted(DATASETS)),
    file="|".join(re.escape(file) for file in PLAN.downloads.specs) or "none",
    variant=VARIANT,
    study="|".join(STUDIES),
    network="|".join(re.escape(name) for name in PLAN.interpretation.networks()) or "none",
    method="|".join(interpretations.methods()),
    seed=r"\d+",
    photograph=r"[a-z0-9-]+",
    group="|".join(re.escape(name) for study in STUDIES.values() for name in study.groups) or "none",


@cache
def sources(*files, env):
    """A rule's scripts, all they import, and the pins of its environment, as inputs: content decides what runs again."""
    try:
        return [own(file) for file in source_files.closure(f"workflow/envs/{env}.yaml", *files)]
    except AtlasError as error:
        sys.exit(f"error: {error}")


def own(path):
    """A file of the workflow as an input: seen from the working directory, and never below a module's prefix."""
    seen = os.path.relpath(ROOT / path)
    return seen if Path.cwd() == ROOT else local(seen)


def reported(path, category, subcategory, caption, **labels):
    """A figure that Snakemake's own report shows too, with report/captions/{caption}.rst below it."""
    text = f"../../report/captions/{caption}.rst"
    return report(path, category=category, subcategory=subcategory, labels=labels, caption=text)


def placed(path):
    """A result or resource as a job is given it: Snakemake puts a module's prefix before files only."""
    return str(PREFIX.replace_prefix(path))


def gpu_share(w):
    """What a job takes of this machine's GPUs, in percent; SLURM hands out its own."""
    network = w.get("variant") or w.get("network") or PLAN.audits.spec(w.dataset)["features"]
    return PLAN.training.gpu_share(network) if workflow.local_exec else 0


def prepare_inputs(w):
    """What a data set is prepared from; a folder of images is never below a module's prefix."""
    files = PLAN.data.prepare_inputs(w.dataset)
    return {key: [local(file) for file in found] if key == "pictures" else found for key, found in files.items()}


def mirror():
    """The folder of the mirror, seen from where it was typed; or None."""
    return config["mirror"] and str(configuration.folder(config["mirror"], TYPED_IN))


if workflow.is_main_process:
    try:
        if COLLECTION == "upstream":  # the embedded one draws its archives
            roles = [config["pretrained"][role] for role in plan.ROLES]
            PLAN.downloads.check(mirror(), Path(placed("resources/upstream/archives")), roles)
    except AtlasError as error:
        sys.exit(f"error: {error}")
    fast_start.install(workflow, ROOT / "scripts")
    COUNTED = placed(PLAN.checks.networks_file)
    COSTS = partial(machines.expected, ATLAS, COLLECTION, COUNTED, PLAN.training.gpus)
    console.install(workflow, Path(placed(f"results/{RUN}")), COLLECTION, COSTS)
