"""After an edit of a source file, exactly the jobs that are made of it run again: none missing, none extra (X1, U6)."""

from collections import Counter

import pytest
from reruns_expected import (
    ATTRIBUTIONS,
    CHAPTERS,
    DATASETS,
    FILES,
    INSPECTED,
    PICTURES,
    SPECS,
    STUDIES,
    TESTED,
    VARIANTS,
    after,
    everything,
    figures_of,
    jobs,
    reliability_of,
    tasks,
    variants,
)

pytestmark = pytest.mark.slow

MASKED = ("cifar10", "stl10", "caltech101")  # whose masks are read
RUNS_NETWORKS = jobs(interpret=tasks(), reliability=TESTED, features=DATASETS)
ATTRIBUTED = [name for method in ATTRIBUTIONS for name in tasks(method)]
SHOWING_SOURCE = ("a", "b", "c", "d", "e")  # the chapters that end with the source of their networks
VGG = variants(architecture="vgg")
ON_BASE = variants(architecture="on_base")  # in this run, on a VGG
COMPUTING_RULES = ("draw", "prepare", "split", "masks", "train", "features", "interpret", "reliability")
COMPUTING_RULES += ("check_mytorch", "check_theory")
REPORT = after(jobs(execute=CHAPTERS))  # the report's jobs: all that follows from its chapters, and nothing else

# Source file -> the jobs that are made of it themselves
DIRECTLY = {
    "scripts/train.py": jobs(train=VARIANTS),
    "scripts/evaluate.py": jobs(evaluate=VARIANTS),
    "scripts/list_results.py": jobs(list_results=""),
    "scripts/predictions.py": jobs(),  # on request only
    "scripts/figure_gallery.py": jobs(figure_gallery=INSPECTED),
    "scripts/split.py": jobs(split=DATASETS),
    "scripts/publish.py": jobs(publish=""),
    "scripts/fetch.py": jobs(),  # this run draws its data
    "scripts/cnnatlas/workflow/jobs.py": everything(),
    "scripts/cnnatlas/architectures/vgg.py": jobs(train=VGG + ON_BASE, features="stl10", execute=("a", "c")),
    "scripts/cnnatlas/architectures/whitened.py": (
        jobs(train=variants(architecture="whitened"), execute="a")
        + jobs(interpret=tasks(network="a2a_final") + tasks(network="a2b_final"))
    ),
    "scripts/cnnatlas/architectures/resnet18.py": jobs(train=variants(architecture="resnet18"), execute="e"),
    "scripts/cnnatlas/architectures/on_base.py": jobs(train=ON_BASE, execute="c"),
    "scripts/cnnatlas/architectures/layers.py": jobs(train=VARIANTS, execute=SHOWING_SOURCE) + RUNS_NETWORKS,
    "scripts/cnnatlas/training/loop.py": jobs(train=VARIANTS, execute=SHOWING_SOURCE),
    "scripts/cnnatlas/architectures/describe.py": jobs(train=VARIANTS, check_theory=""),
    "scripts/cnnatlas/training/schedules.py": jobs(
        train=VARIANTS, execute=(*SHOWING_SOURCE, "findings")
    ),  # they say when a rate drops
    "scripts/cnnatlas/training/augmentations/pipeline.py": jobs(train=VARIANTS),
    "scripts/cnnatlas/training/augmentations/cutout.py": (
        jobs(train=[name for name in VARIANTS if SPECS[name]["augmentation"].get("cutout")])
    ),
    "scripts/cnnatlas/training/data.py": jobs(train=VARIANTS) + RUNS_NETWORKS,
    "scripts/cnnatlas/data/cifar10.py": jobs(prepare="cifar10", masks="cifar10"),
    "scripts/cnnatlas/data/caltech101_outlines.py": jobs(),  # nor does it need upstream's outlines
    "scripts/cnnatlas/data/object_masks.py": jobs(masks=MASKED),
    "scripts/cnnatlas/data/decoding.py": jobs(prepare=("caltech101", "cats_dogs"), masks="caltech101"),
    "scripts/cnnatlas/drawn/datasets/cifar10.py": jobs(draw="cifar-10-python.tar.gz"),
    "scripts/cnnatlas/drawn/subjects/mammals.py": jobs(draw=FILES),
    "scripts/cnnatlas/data/fetching.py": jobs(),
    "scripts/cnnatlas/audit/duplicates.py": jobs(audit=DATASETS),
    "scripts/cnnatlas/audit/features.py": jobs(features=DATASETS),
    "scripts/cnnatlas/interpretation/heat.py": jobs(reliability=TESTED, summarise=ATTRIBUTED),
    "scripts/cnnatlas/interpretation/declarations.py": jobs(),  # its parts are compared
    "scripts/cnnatlas/interpretation/reliability/faithfulness.py": jobs(reliability=TESTED),
    "scripts/cnnatlas/interpretation/methods/fooling.py": jobs(interpret=tasks("fooling")),
    "scripts/cnnatlas/interpretation/incremental.py": (
        jobs(interpret=tasks("occlusion"), reliability=reliability_of("occlusion"))
    ),
    "scripts/cnnatlas/interpretation/methods/cam.py": (
        jobs(interpret=tasks("cam") + tasks("response"), reliability=reliability_of("cam"))
    ),
    "scripts/cnnatlas/evaluation/metrics.py": (
        jobs(evaluate=VARIANTS, compare=STUDIES, audit=DATASETS, figure_interpretation=figures_of("filters"))
        + jobs(execute=("findings", "introduction", "data", "mytorch", "a", "b", "c", "d"))
        + jobs(summarise=tasks("response") + tasks("filters"))
    ),
    "scripts/cnnatlas/evaluation/flags.py": jobs(evaluate=VARIANTS, compare=STUDIES, execute="introduction"),
    "scripts/cnnatlas/evaluation/markers.py": (
        jobs(evaluate=VARIANTS, compare=STUDIES, figure_accuracy=STUDIES, list_results="") + jobs(execute=CHAPTERS)
    ),
    "scripts/cnnatlas/evaluation/ranking.py": jobs(compare=STUDIES),
    "scripts/cnnatlas/interpretation/sentences/attribution.py": jobs(summarise=ATTRIBUTED),
    "scripts/cnnatlas/interpretation/gabor.py": (
        jobs(summarise=tasks("filters"), figure_interpretation=figures_of("filters"))
    ),
    "scripts/cnnatlas/figures/curves.py": (
        jobs(figure_curves=INSPECTED, figure_digits="", figure_overlay=STUDIES)
        + jobs(figure_group=[f"{name}/{group}" for name, study in STUDIES.items() for group in study.groups])
    ),
    "scripts/cnnatlas/interpretation/figures/feature_maps.py": jobs(figure_interpretation=figures_of("feature_maps")),
    "scripts/cnnatlas/interpretation/figures/response.py": jobs(figure_interpretation=figures_of("response")),
    "scripts/cnnatlas/figures/style.py": (Counter({job: 1 for job in everything() if job[0].startswith("figure_")})),
    "scripts/cnnatlas/mytorch/losses.py": jobs(check_mytorch=""),
    "scripts/cnnatlas/training/checkpoints.py": jobs(train=VARIANTS),
    "scripts/cnnatlas/workflow/verification.py": jobs(),
    "scripts/cnnatlas/workflow/reruns.py": jobs(),
    "scripts/cnnatlas/workflow/timings.py": jobs(),
    "scripts/cnnatlas/workflow/plan/training.py": jobs(),
    "scripts/cnnatlas/theory/jacobians.py": jobs(check_theory=""),
    "scripts/cnnatlas/theory/costs.py": jobs(check_theory="", figure_theory=PICTURES),
    "scripts/cnnatlas/report/study.py": jobs(execute=("a", "b", "c", "d", "e")),
    "scripts/cnnatlas/report/answers/registry.py": jobs(execute=CHAPTERS),
    "scripts/cnnatlas/report/answers/d.py": jobs(execute=("d", "findings")),
    "scripts/cnnatlas/report/answers/every.py": jobs(execute="findings"),
    "scripts/cnnatlas/report/this_run.py": jobs(execute=("findings", "introduction")),
    "scripts/cnnatlas/report/software.py": jobs(execute="introduction"),
    "requirements.lock": jobs(execute="introduction"),  # which names the versions
    "scripts/cnnatlas/report/columns.py": jobs(pdf=""),
    "scripts/cnnatlas/report/parts.py": jobs(
        execute=CHAPTERS, chapter=CHAPTERS, labels="", pdf="", publish="", website=""
    ),
    "scripts/cnnatlas/report/clean.py": jobs(publish=""),
    "scripts/cnnatlas/report/jupyter.py": jobs(publish=""),
    "scripts/cnnatlas/report/markdown.py": jobs(chapter=CHAPTERS, publish=""),
    "scripts/cnnatlas/report/pandoc.py": jobs(chapter=CHAPTERS, pdf="", publish="", website=""),
    "report/notebooks/d.ipynb": jobs(execute="d"),
    "report/style/chapter.lua": jobs(chapter=CHAPTERS, publish=""),
    "report/style/jupyter.lua": jobs(publish=""),
    "report/style/report.lua": jobs(pdf=""),
    "report/style/report.typ": jobs(pdf=""),
    "report/site/html.lua": jobs(website=""),
    "report/site/page.html": jobs(website=""),
    "report/site/style.css": jobs(website=""),
    "report/site/site.js": jobs(website=""),
    "report/site/rules.json": jobs(website=""),
    "scripts/cnnatlas/report/explorer.py": jobs(explorer=""),
    "scripts/cnnatlas/report/search.py": jobs(website=""),
    "report/style/references.bib": jobs(labels="", pdf="", publish="", website=""),
    "workflow/envs/compute.yaml": Counter({job: 1 for job in everything() if job[0] in COMPUTING_RULES}),
    "workflow/envs/analysis.yaml": (
        Counter({job: 1 for job in everything() if job[0] not in COMPUTING_RULES and job not in REPORT})
    ),
    "workflow/envs/report.yaml": REPORT,
}

# What no job is made of: words for Snakemake's own report, the environment of Snakemake itself, the programs that read
# the configuration, since what they make of it is compared instead, and rules, whose parts are compared
UNREAD = (
    *("report/captions/curves.rst", "workflow/envs/launcher.yaml", "workflow/rules/train.smk", "Snakefile"),
    *(
        "scripts/export.py",
        "scripts/predict.py",
        "scripts/show.py",
        "scripts/why.py",
        "scripts/cnnatlas/export/folder.py",
        "scripts/cnnatlas/prediction/network.py",
        "scripts/cnnatlas/configuration/studies.py",
        "scripts/cnnatlas/workflow/sources.py",
        "config/config.yaml",
    ),
    *("README.md", "Makefile", "tests/project.py", "config/pretrained.yaml", "config/items.yaml"),
    *("environment.yml", "workflow/envs/pin.py"),
)


def change(project, *files: str) -> None:
    """Give files another content that means the same: an empty line at the end."""
    for file in files:
        path = project.folder / file
        path.write_text(path.read_text() + "\n")


@pytest.fixture(scope="module")
def readers(finished):
    """By file, the jobs that have it among their inputs."""
    return finished.readers()


@pytest.mark.parametrize("file", DIRECTLY)
def test_a_file_is_an_input_of_the_jobs_that_are_made_of_it(readers, file):
    assert readers.get(file, Counter()) == DIRECTLY[file]


# One of each kind, edited
@pytest.mark.parametrize(
    "file",
    [
        "scripts/train.py",
        "scripts/figure_gallery.py",
        "scripts/cnnatlas/workflow/jobs.py",
        "scripts/cnnatlas/architectures/layers.py",
        "scripts/cnnatlas/architectures/vgg.py",
        "scripts/cnnatlas/training/augmentations/cutout.py",
        "scripts/cnnatlas/data/object_masks.py",
        "scripts/cnnatlas/interpretation/methods/cam.py",
        "scripts/cnnatlas/interpretation/sentences/attribution.py",
        "scripts/cnnatlas/figures/curves.py",
        "scripts/cnnatlas/theory/jacobians.py",
        "report/notebooks/d.ipynb",
        "report/style/chapter.lua",
        "report/style/report.typ",
        "report/style/references.bib",
        "workflow/envs/compute.yaml",
        "workflow/envs/report.yaml",
    ],
)
def test_an_edit_reruns_the_jobs_that_are_made_of_it_and_what_follows(restored, file):
    change(restored, file)
    assert restored.planned() == after(DIRECTLY[file])


def test_what_no_job_is_made_of_reruns_nothing(restored):
    change(restored, *UNREAD)
    assert restored.planned() == Counter()


def test_a_new_architecture_retrains_nothing(restored):
    family = restored.folder / "scripts" / "cnnatlas" / "architectures" / "lenet.py"
    family.with_name("another.py").write_text(family.read_text().replace('"lenet5"', '"another"'))
    assert restored.planned() == Counter()


def test_a_new_import_reruns_what_imports(restored):
    file = "scripts/cnnatlas/evaluation/ranking.py"
    restored.edit(file, "from collections", "import cnnatlas.audit.similarity\nfrom collections")
    assert restored.planned() == after(jobs(compare=STUDIES))


def test_a_single_target_runs_its_own_jobs_only(restored):
    change(restored, "scripts/cnnatlas/architectures/whitened.py")
    target = "results/tiny/evaluation/a2a_final/seed0/confusion.svg"
    assert restored.planned(target) == jobs(train="a2a_final", evaluate="a2a_final", figure_confusion="a2a_final")
