"""Draw every channel of one layer: its feature maps, or its filters.

Inputs: arrays (npz), record (json), sources. Wildcards: layered, feature_maps or filters; layer, counted from 1.
Output: figure (png).
"""

from importlib import import_module

import numpy as np

from cnnatlas.figures import style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    drawing = import_module(f"cnnatlas.interpretation.figures.{snakemake.wildcards.layered}")
    layers = [name for name in arrays.files if name != "images"]
    layer = layers[int(snakemake.wildcards.layer) - 1]
    style.save(drawing.draw(arrays, read_json(snakemake.input.record), layer), snakemake.output.figure)
