# CNN Atlas: five published assignments on convolutional networks as one reproducible study.
#
# Results lie under results/{run}/, data under resources/{collection}/ (config/config.yaml):
#   resources/{collection}/archives/{file}                upstream archives: downloaded, from a mirror, or drawn
#   resources/{collection}/{dataset}/                     images, labels, items, split, masks as arrays and tables
#   results/{run}/models/{variant}/seed{seed}/            weights, history, scores, record, timing of one training
#   results/{run}/checkpoints/{variant}/seed{seed}/       what a training that was killed goes on from; gone at success
#   results/{run}/evaluation/{variant}/[seed{seed}/]      curves; metrics, confusion, galleries
#   results/{run}/studies/{study}/                        a study's comparisons
#   results/{run}/interpretation/{network}/{method}/      arrays, sentences and figures of what a network learned
#   results/{run}/foundations/                            what stands beside the studies: MyTorch, theory
#   results/{run}/audit/{dataset}/                        a data set's audit: duplicates, suspected label errors
#   results/{run}/report/                                 report.pdf, index.html, executed notebooks
# Rule = scripts/<rule>.py = results/{run}/logs/<rule>/ = results/{run}/benchmarks/<rule>/.

from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")


if Path("config/config.yaml").is_file():  # else common.smk takes the workflow's own

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/looks.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/foundations.smk"
include: "workflow/rules/theory.smk"
include: "workflow/rules/interpret.smk"
include: "workflow/rules/audit.smk"
include: "workflow/rules/chapters.smk"
include: "workflow/rules/report.smk"


onsuccess:
    remove_checkpoints()


rule all:
    default_target: True
    input:
        report_files(),
    localrule: True


rule data:
    """Archives fetched or drawn, decoded, split."""
    input:
        [path for name in sorted(DATASETS) for path in prepared(name).values()],
    localrule: True


rule models:
    """Every training of the run."""
    input:
        [f"results/{RUN}/models/{v}/seed{s}/training.json" for v in SPECS for s in ATLAS.seeds(v)],
    localrule: True
