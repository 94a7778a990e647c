"""Decode a data set once.

Inputs: archive (in upstream's format) and provenance (JSON); or the images of the folder params.spec.folder.
Outputs: images (N, H, W, 3) uint8 and labels (N,) int64 as .npy, table (items.csv, a row per image), dataset (JSON).
Method: the archive's files stream by and are never unpacked on disk; cnnatlas.data.<reader> reads them.
"""

from pathlib import Path

from cnnatlas.data.prepare import broken_set_aside, origin, read, write
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec, given, output = snakemake.params.spec, snakemake.input, snakemake.output
    source = Path(given.get("archive") or spec["folder"])
    with broken_set_aside(source):
        prepared = read(spec, source)
    paths = [Path(path) for path in (output.images, output.labels, output.table, output.dataset)]
    write(prepared, spec["dataset"], origin(spec, source, given.get("provenance")), *paths)
    print(f"{len(prepared.images)} images of {len(prepared.classes)} classes, {len(prepared.skipped)} files skipped")
