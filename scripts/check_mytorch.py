"""Test MyTorch (A1): its convolution against torch's, its messages on wrong arguments, a network trained on digits.

Input: sources. Outputs: agreement (csv), errors (json), digits (json), history (csv, a row per epoch).
Method: cnnatlas.mytorch.{agreement,refusals,digits}. One thread and no timings, so that each run yields the same bits.
"""

import torch
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

from cnnatlas import tables
from cnnatlas.errors import AtlasError
from cnnatlas.files import write_json
from cnnatlas.mytorch import agreement, digits, refusals
from cnnatlas.workflow.jobs import job

with job(snakemake), threadpool_limits(1):
    torch.set_num_threads(1)
    spec, output = snakemake.params.spec, snakemake.output
    tables.write(output.agreement, agreement.COLUMNS, agreement.examine())
    write_json(output.errors, refusals.collect())
    images, labels = load_digits(return_X_y=True)
    history, outcome = digits.run(images.reshape(-1, 8, 8), labels, spec["seed"])
    if not outcome["test"]["accuracy"] >= spec["least_accuracy"]:
        raise AtlasError(f"MyTorch on digits: {outcome['test']}, but at least {spec['least_accuracy']} is required")
    tables.write(output.history, digits.COLUMNS, history)
    write_json(output.digits, {**outcome, "seed": spec["seed"], "least_accuracy": spec["least_accuracy"]})
