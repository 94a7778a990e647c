"""Decode a data set once.

Inputs: archive (in upstream's format), provenance (JSON).
Outputs: images (N, H, W, 3) uint8 and labels (N,) int64 as .npy, table (items.csv, a row per image), dataset (JSON).
Method: the archive's files stream by and are never unpacked on disk; cnnatlas.data.<dataset> reads them.
"""

from pathlib import Path

from cnnatlas.data.prepare import read, write
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec, output = snakemake.params.spec, snakemake.output
    prepared = read(spec, Path(snakemake.input.archive))
    paths = [Path(path) for path in (output.images, output.labels, output.table, output.dataset)]
    write(prepared, spec["dataset"], read_json(snakemake.input.provenance), *paths)
    print(f"{len(prepared.images)} images of {len(prepared.classes)} classes, {len(prepared.skipped)} files skipped")
