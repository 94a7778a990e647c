"""Audit one attribution method on one trained network: localisation, faithfulness, dependence on the weights.

Inputs: weights; images, labels, split of its data set; masks (npz), the objects' pixels, none where nobody knows them;
classes (dataset.json); random (npz), of audit_random; sources. Params: spec = {method, options, images, network,
device, threads}. Output: audit (json). Method: cnnatlas.attribution_audit.whole.
"""

import numpy as np

from cnnatlas.attribution_audit import subject
from cnnatlas.attribution_audit.whole import audit
from cnnatlas.files import write_json
from cnnatlas.jobs import job
from cnnatlas.training import device

with job(snakemake):
    spec, given = snakemake.params.spec, dict(snakemake.input.items())
    with device.reproducible(spec["threads"]):
        shown = subject.opened(given, spec)
        network = shown.network.to(device.choose(spec["device"]))
        arguments = network, spec["method"], shown.images, shown.targets, np.load(given["random"]), shown.masks
        write_json(snakemake.output.audit, audit(*arguments, arguments=spec["options"]))
