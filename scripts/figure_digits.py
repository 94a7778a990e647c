"""Draw the learning curves of the MyTorch network on the digits (A1).

Inputs: history (csv), digits (json), sources. Output: figure (svg).
"""

from cnnatlas.figures import curves, style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    history = curves.read(snakemake.input.history)
    style.save(curves.draw([history], [read_json(snakemake.input.digits)["best_epoch"]]), snakemake.output.figure)
