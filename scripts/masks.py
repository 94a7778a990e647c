"""Bring the masks of a data set's objects into the geometry of its prepared images.

Inputs: table (items.csv); drawn (the masks of a drawn archive) or outlined (an archive with outlines), if any.
Outputs: masks (npz: index into images.npy, size, packed bits); no masks where nothing outlines the objects.
Method: outlines are filled at the pictures' own sizes; every mask is then scaled as its image was.
"""

from pathlib import Path

from cnnatlas.data.object_masks import drawn, outlined, read_items, scale
from cnnatlas.data.prepared_masks import write_prepared_masks
from cnnatlas.workflow.jobs import job

with job(snakemake):
    given, spec = snakemake.input, snakemake.params.spec
    items, masks, skipped = read_items(given.table), [], []
    if given.get("drawn"):
        masks = drawn(items, given.drawn)
    elif given.get("outlined"):
        masks, skipped = outlined(items, spec["dataset"], Path(given.outlined), spec["limits"])
    index, scaled = scale(masks, spec["reader"], spec["size"])
    write_prepared_masks(snakemake.output.masks, index, scaled)
    print(f"{len(index)} of {len(items)} images have masks, {len(skipped)} outlines skipped")
    for entry in skipped:
        print(f"skipped {entry['id']}: {entry['reason']}")
