"""Test the attribution methods of one trained network: localisation, faithfulness, dependence on the weights.

Inputs: weights; images, labels, split of its data set; masks (npz), the objects' pixels, none where they are unknown;
sources.
Params: spec = {methods: {options, sign} by method, images, network, device, threads}.
Output: assessments (json), by method. Method: cnnatlas.interpretation.reliability, on validation images evenly chosen
(among those with masks, where there are some), for their true classes. One job for all methods: the random orders that
they are compared with are computed once.
"""

import numpy as np

from cnnatlas.data.prepared_masks import prepared_masks, resized_masks
from cnnatlas.files import write_json
from cnnatlas.interpretation import networks, selection
from cnnatlas.interpretation.reliability.assessment import assess
from cnnatlas.interpretation.reliability.faithfulness import random_curves
from cnnatlas.training import device
from cnnatlas.training.data import resized
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec, given = snakemake.params.spec, snakemake.input
    known, masks = prepared_masks(given.masks)
    validation = np.load(given.split)["validation"]
    candidates = np.intersect1d(validation, known) if len(known) else validation
    index = selection.chosen({"sample": spec["images"]}, [], candidates, [])
    resolution = spec["network"]["resolution"]
    objects = resized_masks(masks[np.searchsorted(known, index)], resolution) if len(known) else None
    images = resized(np.load(given.images, mmap_mode="r")[index], resolution)
    with device.reproducible(spec["threads"]):
        network, _ = networks.load(spec["network"], given.weights)
        network, targets = network.to(device.choose(spec["device"])), np.load(given.labels)[index]
        random = random_curves(network, images, targets)
        found = {
            method: assess(network, method, images, targets, random, objects, **chosen)
            for method, chosen in spec["methods"].items()
        }
    write_json(snakemake.output.assessments, found)
