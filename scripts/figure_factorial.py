"""Draw the interaction of a study's two factors.

Inputs: comparison (json), sources. Params: spec = {factors: [first, second],
places: {cell: its variant's place among those of the study}}. Output: figure (svg).
"""

from cnnatlas.figures import factorial, style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    comparison = read_json(snakemake.input.comparison)
    accuracies = {entry["variant"]: entry["accuracy"] for entry in comparison["variants"]}
    cells = {name: accuracies[cell["variant"]] for name, cell in comparison["factorial"]["cells"].items()}
    style.save(factorial.draw(spec["factors"], cells, spec["places"]), snakemake.output.figure)
