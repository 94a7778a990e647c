"""Draw the audits of one network's attribution methods side by side, and say what they show.

Inputs: audits (json), by method; sources. Params: spec = {methods}, in the order in which they are shown.
Outputs: figure (svg); summary (json) with `columns` and `rows` of a table, and `sentences`.
"""

from cnnatlas.figures import style
from cnnatlas.files import read_json, write_json
from cnnatlas.interpretation.reliability import figure as attribution_audit
from cnnatlas.interpretation.reliability import sentences as words
from cnnatlas.workflow.jobs import job

with job(snakemake):
    found = read_json(snakemake.input.audits)
    audits = {method: found[method] for method in snakemake.params.spec["methods"]}
    style.save(attribution_audit.draw(audits), snakemake.output.figure)
    rows = words.rows(audits)
    summary = {"columns": list(rows[0]), "rows": rows, "sentences": words.sentences(audits)}
    write_json(snakemake.output.summary, summary)
