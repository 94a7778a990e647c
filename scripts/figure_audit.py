"""Draw the audits of one network's attribution methods side by side, and say what they show.

Inputs: audits (json), by method; sources. Params: spec = {methods}, in the order in which they are shown.
Outputs: figure (svg); summary (json) with `columns` and `rows` of a table, and `sentences`.
"""

from cnnatlas.evaluation import attribution_audit as words
from cnnatlas.figures import attribution_audit, style
from cnnatlas.files import read_json, write_json
from cnnatlas.jobs import job

with job(snakemake):
    found = read_json(snakemake.input.audits)
    audits = {method: found[method] for method in snakemake.params.spec["methods"]}
    style.save(attribution_audit.draw(audits), snakemake.output.figure)
    rows = words.rows(audits)
    summary = {"columns": list(rows[0]), "rows": rows, "sentences": words.sentences(audits)}
    write_json(snakemake.output.summary, summary)
