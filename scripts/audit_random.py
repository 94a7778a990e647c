"""How a network's scores change as pixels vanish and return in random order: what attribution methods must better.

Inputs: weights; images, labels, split of its data set; masks (npz); classes (dataset.json); sources.
Params: spec = {images, network, device, threads}. Output: random (npz), by game the scores of each image.
Method: cnnatlas.attribution_audit.faithfulness, on the images that all methods are audited on.
"""

import numpy as np

from cnnatlas.attribution_audit import faithfulness, subject
from cnnatlas.files import replacing
from cnnatlas.jobs import job
from cnnatlas.training import device

with job(snakemake):
    spec = snakemake.params.spec
    with device.reproducible(spec["threads"]), replacing(snakemake.output.random) as temporary:
        shown = subject.opened(dict(snakemake.input.items()), spec)
        network = shown.network.to(device.choose(spec["device"]))
        np.savez(temporary, **faithfulness.random_curves(network, shown.images, shown.targets))
