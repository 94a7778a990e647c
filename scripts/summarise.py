"""Describe in computed sentences what one method of interpretation shows of one network.

Inputs: arrays (npz), record (json), sources; masks (npz), the objects' pixels, where the method's sentences use them.
Params: spec = {kind, facts}: the module of cnnatlas.interpretation.sentences, and its further arguments.
Output: summary (json) with `sentences`.
"""

from importlib import import_module

import numpy as np

from cnnatlas.data.prepared_masks import prepared_masks
from cnnatlas.files import read_json, write_json
from cnnatlas.workflow.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    spec, given = snakemake.params.spec, dict(snakemake.input.items())
    module = import_module(f"cnnatlas.interpretation.sentences.{spec['kind']}")
    masks = {"masks": dict(zip(*prepared_masks(given["masks"]), strict=True))} if "masks" in given else {}
    summary = module.summarise(dict(arrays), read_json(given["record"]), **spec["facts"], **masks)
    write_json(snakemake.output.summary, summary)
