"""Bring one upstream archive here, from a mirror or from its home.

Inputs: none but the network, or the folder params.mirror.
Outputs: archive (upstream's file as it is), provenance (JSON: source, size, sums, and which checksum it passed).
Method: pooch; checked before it takes its final name (cnnatlas.data.fetching).
"""

from pathlib import Path

from cnnatlas.data.fetching import fetch
from cnnatlas.files import write_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    mirror = snakemake.params.mirror
    provenance = fetch(snakemake.params.spec, Path(mirror) if mirror else None, Path(snakemake.output.archive))
    write_json(snakemake.output.provenance, provenance)
    print(f"{provenance['file']}: from {provenance['origin']}, checksum: {provenance['checksum']}")
