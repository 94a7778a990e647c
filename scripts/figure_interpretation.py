"""Draw one figure of what one method of interpretation shows of one network.

Inputs: arrays (npz), record (json), sources; summary (json), where the figure shows what was computed for sentences.
Params: spec = {kind, facts}: the module of cnnatlas.interpretation.figures, and its further arguments.
Wildcard: figure, such as right.png or layer1.png. Output: figure (png or svg).
"""

from importlib import import_module
from pathlib import Path

import numpy as np

from cnnatlas.figures import style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    spec, given = snakemake.params.spec, dict(snakemake.input.items())
    module = import_module(f"cnnatlas.interpretation.figures.{spec['kind']}")
    summary = {"summary": read_json(given["summary"])} if "summary" in given else {}
    name, record = Path(snakemake.wildcards.figure).stem, read_json(given["record"])
    style.save(module.draw(dict(arrays), record, name, **spec["facts"], **summary), snakemake.output.figure)
