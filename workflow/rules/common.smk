# Configuration, checked; and the few helpers that the rules share.

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))
from cnnatlas import sources as source_files, studies
from cnnatlas.errors import AtlasError

try:
    ATLAS = studies.load(workflow.basedir, config, [str(f) for f in workflow.configfiles])
except AtlasError as error:
    # A jobs' process would only repeat what the first process has said already
    print(f"error: {error}", file=sys.stderr)
    os._exit(1)

RUN = config["run"]
COLLECTION = config["collection"]
SPECS = ATLAS.specs
STUDIES = ATLAS.studies
DATASETS = ATLAS.datasets
ARCHIVES = {DATASETS[name]["file"]: name for name in sorted(DATASETS)}


wildcard_constraints:
    run=RUN,
    collection=COLLECTION,
    dataset="|".join(sorted(DATASETS)),
    file="|".join(re.escape(file) for file in ARCHIVES),
    variant="|".join(re.escape(name) for name in SPECS),
    study="|".join(STUDIES),
    seed=r"\d+",


def sources(*files):
    """A rule's scripts and all they import, as inputs: content, not time, decides what runs again."""
    return [os.path.relpath(Path(workflow.basedir) / f) for f in source_files.closure(*files)]


def prepared(dataset):
    """The files of a prepared data set."""
    folder = f"resources/{COLLECTION}/{dataset}"
    names = {"images": "images.npy", "labels": "labels.npy", "items": "items.csv", "dataset": "dataset.json"}
    return {key: f"{folder}/{name}" for key, name in {**names, "split": "split.npz"}.items()}


def used_datasets():
    """The data sets that the run's variants use."""
    return sorted({spec["dataset"] for spec in SPECS.values()})


def architecture_file(variant):
    """The family file that defines a variant's network: the only one its jobs depend on."""
    return registry.file(SPECS[variant]["architecture"]["name"])
