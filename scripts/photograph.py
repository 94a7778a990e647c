"""Show one of the user's photographs to all networks: their likeliest classes, and which parts decide.

Inputs: photograph; weights, of each network; sources.
Params: spec = {file, networks: [{name, methods, published}], sha256}: the name of the photograph; in the order of the
weights each network, its methods with their options and, for one of torchvision's, at how many pixels it sees images;
and what makes another content another job.
Outputs: record (json), {file, height, width, skipped, networks}; arrays (npz), "photograph" uint8 (H, W, 3) and by
`{network}.{array}` those of cnnatlas.prediction.explanation. Of a file that cannot be decoded, `skipped` says why, and
there are no arrays. On one CPU thread, in float32.
"""

from pathlib import Path

import numpy as np

from cnnatlas.data.archives import LARGEST
from cnnatlas.data.decoding import UndecodableError, photograph
from cnnatlas.files import replacing, write_json
from cnnatlas.prediction.explanation import explain, kept
from cnnatlas.prediction.network import load, load_pretrained
from cnnatlas.training import device
from cnnatlas.workflow.jobs import job

with job(snakemake) as log:
    spec, arrays = snakemake.params.spec, {}
    record = {"file": spec["file"], "height": None, "width": None, "skipped": None, "networks": []}
    try:
        with Path(snakemake.input.photograph).open("rb") as stream:
            picture = photograph(stream.read(LARGEST + 1))
    except UndecodableError as error:
        record["skipped"] = str(error)
        log.info("%s cannot be shown: %s", spec["file"], error)
    else:
        record |= {"height": picture.height, "width": picture.width}
        arrays["photograph"] = kept(picture)
        with device.reproducible(threads=1):
            for entry, weights in zip(spec["networks"], snakemake.input.weights, strict=True):
                side, name = entry["published"], entry["name"]
                network = load_pretrained(name, weights, side) if side else load(weights)
                found, told = explain(network, picture, entry["methods"])
                arrays |= {f"{name}.{key}": values for key, values in found.items()}
                record["networks"].append({"network": name, **told})
    with replacing(snakemake.output.arrays) as temporary:
        np.savez_compressed(temporary, **arrays)
    write_json(snakemake.output.record, record)
