"""Draw the learning curves of one variant.

Inputs: history (one csv per seed), training (one json per seed), sources. Output: figure (svg).
"""

from cnnatlas.figures import curves, style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    histories = [curves.read(path) for path in snakemake.input.history]
    best = [read_json(path)["best_epoch"] for path in snakemake.input.training]
    style.save(curves.draw(histories, best), snakemake.output.figure)
