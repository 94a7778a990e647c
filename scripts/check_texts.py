"""Check, before anything trains, that fonts of the PDF have all characters of the report's texts, and chapters an end.

Inputs: notebooks, those of the chapters.
Outputs: passed, the number of texts.
Params: spec, {texts: those of the configuration}; places, where each of them stands.
Method: cnnatlas.checks.texts, which sets them with Typst.
"""

from cnnatlas.checks import texts
from cnnatlas.files import write_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    configured = {text: snakemake.params.places[text] for text in snakemake.params.spec["texts"]}
    found = configured | texts.shown(snakemake.input.notebooks)
    texts.check(found)
    texts.check_finished(snakemake.input.notebooks)
    write_json(snakemake.output.passed, {"texts": len(found)})
