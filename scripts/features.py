"""Features of each image of a data set from one trained network: the input of its last layer, for the audit.

Inputs: weights (safetensors), images (npy), dataset (json), sources.
Params: spec = {architecture, device, resolution, threads}.
Output: features (npy), (N, d) float16 of unit length, the same for an image and its mirror image.
Method: cnnatlas.audit.features.
"""

import numpy as np
import torch

from cnnatlas.architectures.classifier import load_network
from cnnatlas.audit.features import features
from cnnatlas.files import read_json, replacing
from cnnatlas.training import device, precision
from cnnatlas.training.data import resized
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec, given = snakemake.params.spec, snakemake.input
    images = torch.from_numpy(resized(np.load(given.images, mmap_mode="c"), spec["resolution"]))
    classes = len(read_json(given.dataset)["classes"])
    chosen = device.choose(spec["device"])
    with device.reproducible(spec["threads"]):
        classifier = load_network(given.weights, spec["architecture"], classes, images.shape[1]).to(chosen)
        found = features(classifier, images.to(chosen), precision.choose(chosen))
    with replacing(snakemake.output.features) as temporary:
        np.save(temporary, found)
