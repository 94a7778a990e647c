"""Apply one method of interpretation to one trained network.

Inputs: weights; images, table, split of the data set that is shown; extremes, second (weights of a second network)
where they are needed; sources.
Params: spec = {method, options, images, targets, network, second, natural, permuted, resolution, device, threads,
record}; a network is {name, architecture, resolution}, the architecture null for one of torchvision's; natural, whether
the method compares with all validation images; permuted, whether with the network with its weights permuted; record
goes into the output as it is.
Outputs: arrays (npz), the method's arrays and `images` uint8 (N, H, W, 3) row by row; record (json), what each row is.
Method: cnnatlas.interpretation.methods.<method>, in float32; with a second network, `transfer` of that
module too, and where natural images are compared with, `natural`; `permuted` has the attributions by networks with
permuted weights.
"""

from importlib import import_module

import numpy as np

from cnnatlas import tables
from cnnatlas.files import replacing, write_json
from cnnatlas.interpretation import networks, permuted, selection
from cnnatlas.training import device
from cnnatlas.training.data import resized
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec, given = snakemake.params.spec, dict(snakemake.input.items())
    table, split = tables.read(given["table"]), np.load(given["split"])
    extremes = tables.read(given["extremes"]) if "extremes" in given else []
    index = selection.chosen(spec["images"], table, split["validation"], extremes)
    images = resized(np.load(given["images"], mmap_mode="r")[index], spec["resolution"])
    module = import_module(f"cnnatlas.interpretation.methods.{spec['method']}")
    with device.reproducible(spec["threads"]):
        chosen = device.choose(spec["device"])
        network, classes = networks.load(spec["network"], given["weights"])
        scores = selection.softmax_scores(network.to(chosen), images)
        rows, targets = selection.requested(spec["targets"], scores)
        method = getattr(module, spec["method"])
        arrays = method(network, images[rows], targets, **spec["options"])
        if "second" in given:
            second, _ = networks.load(spec["second"], given["second"])
            arrays |= module.transfer(second.to(chosen), arrays[spec["method"]], targets, originals=images[rows])
        if spec["permuted"]:
            arrays["permuted"] = permuted.attributions(method, network, images[rows], targets, spec["options"])
        if spec["natural"]:
            shown = resized(np.load(given["images"], mmap_mode="r")[split["validation"]], spec["resolution"])
            arrays |= module.natural(network, arrays, shown)
    with replacing(snakemake.output.arrays) as temporary:
        np.savez_compressed(temporary, images=images[rows], **arrays)
    entries = selection.described(list(zip(rows, targets, strict=True)), index, table, split, scores, classes)
    write_json(snakemake.output.record, {**spec["record"], "classes": classes, "images": entries})
