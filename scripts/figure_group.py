"""Draw training and validation losses of a sweep's values or a search's trials in shared axes.

Inputs: history (csv), training (json; both: members in order, each with its seeds in order), sources.
Params: spec = {members: [{label, seeds}]}. Output: figure (svg).
"""

from cnnatlas.figures import curves, style
from cnnatlas.workflow.jobs import job

with job(snakemake):
    members = [(member["label"], member["seeds"]) for member in snakemake.params.spec["members"]]
    labelled = curves.read_all(members, snakemake.input.history, snakemake.input.training)
    style.save(curves.group(labelled), snakemake.output.figure)
