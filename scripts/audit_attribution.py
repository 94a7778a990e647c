"""Audit one attribution method on one trained network: localisation, faithfulness, dependence on the weights.

Inputs: weights; images, labels, split of its data set; masks (npz), the objects' pixels, none where nobody knows them;
classes (dataset.json); sources. Params: spec = {method, options, images, network, device, threads}.
Output: audit (json). Method: cnnatlas.attribution_audit.whole, on validation images evenly chosen (among those with
masks, where there are some), for their true classes.
"""

import numpy as np

from cnnatlas.attribution_audit.whole import audit
from cnnatlas.data.prepared_masks import prepared_masks
from cnnatlas.files import read_json, write_json
from cnnatlas.interpretation import networks, showing
from cnnatlas.jobs import job
from cnnatlas.training import device
from cnnatlas.training.data import resized

with job(snakemake):
    spec, given = snakemake.params.spec, snakemake.input
    known, masks = prepared_masks(given.masks)
    validation = np.load(given.split)["validation"]
    candidates = np.intersect1d(validation, known) if len(known) else validation
    index = showing.chosen({"sample": spec["images"]}, [], candidates, [])
    objects = masks[np.searchsorted(known, index)] if len(known) else None
    images = resized(np.load(given.images, mmap_mode="r")[index], spec["network"]["resolution"])
    with device.reproducible(spec["threads"]):
        network, _ = networks.load(spec["network"], given.weights, read_json(given.classes))
        place = device.choose(spec["device"])
        targets = np.load(given.labels)[index]
        found = audit(network.to(place), spec["method"], images, targets, objects, arguments=spec["options"])
    write_json(snakemake.output.audit, found)
