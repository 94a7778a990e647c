"""Say in computed sentences what one method of interpretation shows of one network.

Inputs: arrays (npz), record (json), sources; masks (npz), the objects' pixels, where they are known and asked for.
Params: spec = {summary}, the module of cnnatlas.evaluation that knows the method.
Output: summary (json) with `sentences`.
"""

from importlib import import_module

import numpy as np

from cnnatlas.data.prepared_masks import prepared_masks
from cnnatlas.files import read_json, write_json
from cnnatlas.workflow.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    module = import_module(f"cnnatlas.interpretation.sentences.{snakemake.params.spec['summary']}")
    given = dict(snakemake.input.items())
    masks = [dict(zip(*prepared_masks(given["masks"]), strict=True))] if "masks" in given else []
    summary = module.summarise(dict(arrays), read_json(given["record"]), *masks)
    write_json(snakemake.output.summary, summary)
