"""Time MyTorch's convolution against torch's (A1), one thread each.

Input: sources. Output: speed (json). Method: cnnatlas.mytorch.speed.
"""

from cnnatlas.files import write_json
from cnnatlas.jobs import job
from cnnatlas.mytorch import speed

with job(snakemake):
    write_json(snakemake.output.speed, speed.compare())
