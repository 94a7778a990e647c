"""Features of each image of a data set from one network: the input of its last layer, for the audit.

Inputs: images (npy); weights; classes (dataset.json of the data set that the network was trained on); sources.
Params: spec = {network: {architecture, name, resolution}, device, threads}.
Output: features (npy), (N, d) float16 of unit length, the same for an image and its mirror image.
Method: cnnatlas.audit.features.
"""

import numpy as np

from cnnatlas.audit.features import features
from cnnatlas.files import read_json, replacing
from cnnatlas.interpretation import networks
from cnnatlas.training import device, precision
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec, given = snakemake.params.spec, snakemake.input
    chosen, trained_on = device.choose(spec["device"]), read_json(given.classes)
    with device.reproducible(spec["threads"]):
        network, _ = networks.load(spec["network"], given.weights)
        side = spec["network"]["resolution"] or trained_on["size"][0]
        images = np.load(given.images, mmap_mode="r")
        found = features(network.to(chosen), images, precision.choose(chosen), side=side, device=chosen)
    with replacing(snakemake.output.features) as temporary:
        np.save(temporary, found)
