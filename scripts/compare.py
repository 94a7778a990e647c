"""Compare a study's variants: its table, the differences of its pairs, the classes and confusions that changed.

Inputs: metrics, training, history, scores (lists: variants in order, each with its seeds in order); architecture,
split, labels, dataset (lists: one per variant); sources.
Params: spec = {study, title, variants: [{name, title, seeds}], pairs: [[a, b]], groups: {name: members}, others,
factorial, must_fit}; others is another group, or none: all variants that the final one is compared with.
Outputs: table (comparison.csv), comparison (json), gains (csv), confusions (csv).
Method: cnnatlas.evaluation.comparison.
"""

from cnnatlas import tables
from cnnatlas.evaluation import comparison, confused_classes, fine_tuning, gains, learning_curves, study
from cnnatlas.files import write_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    kinds = ("metrics", "training", "history", "scores", "architecture", "split", "labels", "dataset")
    variants = study.read(spec["variants"], {kind: snakemake.input[kind] for kind in kinds})
    groups = spec["groups"] | spec["others"]
    result = comparison.compare(variants, spec["pairs"], groups, spec["factorial"], spec["must_fit"])

    tables.write(snakemake.output.gains, gains.CLASS_COLUMNS, result.pop("gains"))
    tables.write(snakemake.output.confusions, gains.CONFUSION_COLUMNS, result.pop("confusions"))
    tables.write(snakemake.output.table, comparison.COLUMNS, map(comparison.row, result["variants"]))
    described = {
        "training_curves": learning_curves.describe(variants, spec["groups"]),
        "confused": confused_classes.describe(variants),
        "fine_tuning": fine_tuning.describe(variants),
    }
    write_json(snakemake.output.comparison, {"study": spec["study"], "title": spec["title"]} | described | result)
