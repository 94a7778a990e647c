"""Draw one data set instead of downloading it.

Inputs: none; params.spec gives dataset and seed.
Outputs: archive (in upstream's format), provenance (JSON: size, sums, origin), masks (npz: the drawn objects' pixels).
Method: objects over cluttered backgrounds, every image from its own seed (cnnatlas.drawn).
"""

from pathlib import Path

from cnnatlas.drawn.generate import draw_archive, provenance
from cnnatlas.files import write_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec, archive = snakemake.params.spec, Path(snakemake.output.archive)
    draw_archive(spec["dataset"], spec["seed"], archive, snakemake.output.masks)
    record = provenance(archive, archive.name)
    write_json(snakemake.output.provenance, record)
    print(f"{record['file']}: drawn, {record['bytes'] / 1e6:.1f} MB")
