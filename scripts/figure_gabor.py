"""Draw how near one layer's filters are to Gabor functions, beside random ones.

Inputs: summary (json of the method filters), sources. Output: figure (svg), of the first layer that was fitted.
"""

from cnnatlas.figures import style
from cnnatlas.files import read_json
from cnnatlas.interpretation.figures import gabor
from cnnatlas.workflow.jobs import job

with job(snakemake):
    fits = read_json(snakemake.input.summary)
    style.save(gabor.draw(fits, fits["order"][0]), snakemake.output.figure)
