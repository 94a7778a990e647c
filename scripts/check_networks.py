"""Check, before anything trains, that every network of the run can be built, trained and interpreted.

Outputs: passed, the number of different networks and of trials, and by variant the multiply-adds of one image.
Params: spec, {variants, pairs of them that are compared, trials}, and places, where these stand, as
cnnatlas.checks.networks and .interpretation take them; trains_here, whether this machine is the one that trains.
Method: networks on torch's meta device, which computes shapes only; each method of interpretation on an image of noise.
"""

import torch

from cnnatlas.checks import interpretation, networks
from cnnatlas.files import write_json
from cnnatlas.workflow.jobs import job

with job(snakemake) as log:
    spec, places = snakemake.params.spec, snakemake.params.places
    torch.set_num_threads(1)  # of networks this small more would wait for each other
    built = networks.check(spec["variants"], places["variants"], snakemake.params.trains_here)
    for line in networks.unequal_images(spec["pairs"], spec["variants"]):
        log.info(line)
    interpretation.check(spec["trials"], places["trials"])
    sizes = networks.multiply_adds(spec["variants"], places["variants"])
    write_json(snakemake.output.passed, {"networks": built, "trials": len(spec["trials"]), "multiply_adds": sizes})
