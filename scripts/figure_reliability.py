"""Draw how reliable one network's attribution methods are, side by side, and describe it.

Inputs: assessments (json), by method; sources.
Params: spec = {methods}, in the order in which they are shown: {method, title, colour}, the colour a number.
Outputs: figure (svg); summary (json) with `columns` and `rows` of a table, `sentences`, and on how many images weights
were `randomised`.
"""

from cnnatlas.figures import style
from cnnatlas.files import read_json, write_json
from cnnatlas.interpretation.reliability import figure, sentences
from cnnatlas.workflow.jobs import job

with job(snakemake):
    found = read_json(snakemake.input.assessments)
    assessments = {entry["method"]: found[entry["method"]] | entry for entry in snakemake.params.spec["methods"]}
    style.save(figure.draw(assessments), snakemake.output.figure)
    rows = sentences.rows(assessments)
    randomised = next(iter(assessments.values()))["randomisation"]["images"]
    summary = {"columns": list(rows[0]), "randomised": randomised, "rows": rows}
    summary["sentences"] = sentences.sentences(assessments)
    write_json(snakemake.output.summary, summary)
