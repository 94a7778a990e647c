"""Train one variant with one seed.

Inputs: images, labels, split and dataset of a prepared data set; perhaps base or start, initial weights; params.spec,
the resolved variant.
Outputs: weights, history (a row per epoch), scores of all splits, training (spec, precision, environment),
timing (seconds and speed: all that differs between equal trainings), architecture (layers with shapes, parameters and
multiply-adds). The checkpoints in params.checkpoints are removed at the end; on SLURM they are kept until the whole run
has succeeded, since Snakemake removes the results of all trainings of a group if one of them fails.
Method: cnnatlas.training.loop; validation accuracy chooses the epoch unless the spec keeps the last; the test split is
scored at the end.
"""

import os

import numpy as np

from cnnatlas.architectures.describe import describe
from cnnatlas.files import read_json, write_json
from cnnatlas.training.checkpoints import Checkpoints
from cnnatlas.training.loop import train
from cnnatlas.training.save import save
from cnnatlas.workflow.jobs import job

with job(snakemake) as log:
    given, output, spec = snakemake.input, snakemake.output, snakemake.params.spec
    images = np.load(given.images, mmap_mode="c")  # copy on write: torch wants writable memory; nothing is written
    labels, split = np.load(given.labels), dict(np.load(given.split))
    dataset = read_json(given.dataset)
    initial_weights = {key: path for key, path in given.items() if key in ("base", "start")}
    checkpoints = Checkpoints(snakemake.params.checkpoints, given.sources)
    seed = int(snakemake.wildcards.seed)
    result = train(spec, seed, images, labels, split, len(dataset["classes"]), log, initial_weights, checkpoints)
    save(result, dataset, output.weights, output.history, output.scores, output.training, output.timing)
    write_json(output.architecture, describe(result.classifier.network, spec["resolution"] or images.shape[1]))
    if "SLURM_JOB_ID" not in os.environ:
        checkpoints.remove()
