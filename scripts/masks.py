"""Bring the masks of a data set's objects into the geometry of its prepared images.

Inputs: table (items.csv); drawn (the masks of a drawn archive) or outlined (caltech-101.zip), where there is one.
Outputs: masks (npz: index into images.npy, size, packed bits); without masks where nobody outlined the objects.
Method: outlines are filled at the pictures' own sizes; every mask is then scaled as its image was.
"""

from pathlib import Path

from cnnatlas.data.object_masks import drawn, outlined, place, read_items
from cnnatlas.data.prepared_masks import write_prepared_masks
from cnnatlas.workflow.jobs import job

with job(snakemake):
    given, spec = snakemake.input, snakemake.params.spec
    items, masks, skipped = read_items(given.table), [], []
    if given.get("drawn"):
        masks = drawn(items, given.drawn)
    elif given.get("outlined"):
        masks, skipped = outlined(items, Path(given.outlined), spec["limits"])
    index, placed = place(masks, spec["dataset"], spec["size"])
    write_prepared_masks(snakemake.output.masks, index, placed)
    print(f"{len(index)} of {len(items)} images have masks, {len(skipped)} outlines skipped")
    for entry in skipped:
        print(f"skipped {entry['id']}: {entry['reason']}")
