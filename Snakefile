# CNN Atlas: five published assignments on convolutional networks as one reproducible study.
#
# Results are in results/{run}/, data in resources/{collection}/ (config/config.yaml):
#   resources/upstream/archives/{file}                    archives and published weights, from a mirror or downloaded
#   resources/embedded/archives/{file}                    archives that the workflow draws itself
#   resources/{collection}/{dataset}/                     images, labels, items, split, masks as arrays and tables
#   results/{run}/models/{variant}/seed{seed}/            weights, history, scores, record, timing of one training
#   results/{run}/checkpoints/{variant}/seed{seed}/       what a killed training resumes from; removed at success
#   results/{run}/evaluation/{variant}/[seed{seed}/]      curves; metrics, confusion, galleries
#   results/{run}/results.csv                             all accuracies: a row for each variant, seed and split
#   results/{run}/studies/{study}/                        a study's comparisons
#   results/{run}/interpretation/{network}/{method}/      arrays, sentences and figures of what a network learned
#   results/{run}/interpretation/{network}/reliability/   how reliable its attribution methods are
#   results/{run}/photographs/{photograph}/               what networks answer to the user's own photographs
#   results/{run}/foundations/                            MyTorch, theory
#   results/{run}/audit/{dataset}/                        a data set's audit: duplicates, suspected label errors
#   results/{run}/checks/                                 what is checked before anything trains
#   results/{run}/previous_report/                        the last whole report, after a run that failed to make a new one
#   results/{run}/report/                                 report.pdf, index.html, executed notebooks
# Every rule that runs a job has one name for all that is its own: rule X runs scripts/X.py, logs to logs/X/ and is
# measured in benchmarks/X/, both below results/{run}/ or, where it makes data, below resources/{collection}/.

import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/check.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/foundations.smk"
include: "workflow/rules/theory.smk"
include: "workflow/rules/interpret.smk"
include: "workflow/rules/photographs.smk"
include: "workflow/rules/audit.smk"
include: "workflow/rules/report.smk"


onstart:
    tools.check_cores(workflow.executor_plugin.name, workflow.resource_settings.cores)
    tools.check_cluster(workflow.executor_plugin.name)
    last_report.put_aside(Path(placed(f"results/{RUN}")))


onsuccess:
    unfinished.note(workflow.dag)
    checkpoints.remove_finished(Path(placed(f"results/{RUN}")))
    results = Path(placed(f"results/{RUN}"))
    made = (file for job in workflow.dag.jobs for file in job.output)
    last_report.settle(results, remade=last_report.planned(made, results))
    timings.write(Path(placed(f"results/{RUN}")), Path(placed(f"resources/{COLLECTION}")))


onerror:
    unfinished.note(workflow.dag)
    if kept := last_report.settle(Path(placed(f"results/{RUN}")), remade=False):
        print(kept, file=sys.stderr)


rule all:
    default_target: True
    input:
        PLAN.checks.files(),
        REPORT_PLAN.targets(),
    localrule: True


rule data:
    """Archives fetched or drawn, decoded, split."""
    input:
        [path for name in sorted(DATASETS) for path in PLAN.paths.prepared(name).values()],
    localrule: True


rule check:
    """Nothing trained: whether all networks can be, and whether the report can show its texts."""
    input:
        PLAN.checks.files(),
    localrule: True


rule models:
    """Every training of the run."""
    input:
        PLAN.checks.files(),
        PLAN.paths.trained(SPECS, "models/{variant}/seed{seed}/training.json"),
    localrule: True


if workflow.is_main_process and not IS_MODULE:  # a module's user may leave rules out, or replace them

    try:
        made = completeness.check(workflow.rules, [*rules.all.input, *rules.data.input, *rules.models.input])
        completeness.check_typed(workflow.rules, made, sys.argv)
    except AtlasError as error:
        sys.exit(f"error: {error}")
