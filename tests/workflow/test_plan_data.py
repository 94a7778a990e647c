"""What the plan says of the data, for the real configuration and for a folder of images."""

from types import SimpleNamespace

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.workflow.plan.data import DataPlan
from cnnatlas.workflow.plan.downloads import Downloads
from cnnatlas.workflow.plan.paths import Paths

LIMITS = {"bytes": 1e9, "members": 100}
SPLIT = {"shares": {"train": 9, "validation": 1}, "seed": 0, "upstream_test": False}
ARCHIVE = {"file": "caltech-101.zip", "md5": None, "members_md5": {}, "urls": ["https://example.org"], "classes": 101}
DATASETS = {
    "caltech101": {**ARCHIVE, "limits": LIMITS, "size": 64, "split": SPLIT, "title": "Caltech-101"},
    "cats_dogs": {**ARCHIVE, "file": "pets.zip", "limits": LIMITS, "size": 64, "per_class": 9, "subset_seed": 3},
    "digits": {"folder": "data/digits", "size": 32, "classes": 2, "split": SPLIT, "title": "Digits", "licence": None},
}


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """A function that gives the plan of a collection; the folder lies in the working directory."""
    for name in ("a/10.png", "a/9.png", "b/1.png"):
        (tmp_path / "data" / "digits" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / "digits" / name).touch()
    monkeypatch.chdir(tmp_path)
    return lambda collection: DataPlan(Paths("tiny", collection, SimpleNamespace(datasets=DATASETS)))


def test_archives_go_by_their_file_and_folders_have_none(plan):
    data = plan("upstream")
    assert data.archives == {"caltech-101.zip": "caltech101", "pets.zip": "cats_dogs"}
    assert data.draw_spec("pets.zip") == {"dataset": "cats_dogs", "seed": 0}
    assert data.drawing("pets.zip") == "scripts/cnnatlas/drawn/datasets/cats_dogs.py"


def test_an_archive_is_prepared_by_its_own_reader(plan):
    data = plan("embedded")
    archive = "resources/embedded/archives/pets.zip"
    assert data.prepare_inputs("cats_dogs") == {"archive": archive, "provenance": f"{archive}.provenance.json"}
    assert data.reader("cats_dogs") == "scripts/cnnatlas/data/cats_dogs.py"
    assert data.prepare_spec("cats_dogs") == {
        "dataset": "cats_dogs", "reader": "cats_dogs",
        "classes": 101, "limits": LIMITS, "per_class": 9, "size": 64, "subset_seed": 3,
    }  # fmt: skip
    assert "per_class" not in data.prepare_spec("caltech101")


def test_a_folder_is_prepared_from_every_image(plan):
    data = plan("embedded")
    files = ["data/digits/a/9.png", "data/digits/a/10.png", "data/digits/b/1.png"]
    assert data.prepare_inputs("digits") == {"pictures": files}
    assert data.reader("digits") == "scripts/cnnatlas/data/image_folder.py"
    spec = {"dataset": "digits", "reader": "image_folder", "classes": 2, "folder": "data/digits", "size": 32}
    assert data.prepare_spec("digits") == spec
    assert data.split_spec("digits") == SPLIT


@pytest.mark.parametrize(
    ("collection", "dataset", "files"),
    [
        ("embedded", "caltech101", {"drawn": "resources/embedded/archives/caltech-101.zip.masks.npz"}),
        ("upstream", "caltech101", {"outlined": "resources/upstream/archives/caltech-101.zip"}),
        ("upstream", "cats_dogs", {}),
        ("embedded", "digits", {}),
    ],
)
def test_masks_are_drawn_or_outlined_or_there_are_none(plan, collection, dataset, files):
    data = plan(collection)
    table = {"table": f"resources/{collection}/{dataset}/items.csv"}
    assert data.mask_inputs(dataset) == {**table, **files}
    outlines = ["scripts/cnnatlas/data/caltech101_outlines.py"] if "outlined" in files else []
    assert data.mask_sources(dataset) == [data.reader(dataset), *outlines]
    assert data.mask_spec(dataset)["reader"] == data.reader(dataset).split("/")[-1].removesuffix(".py")


def test_a_mirror_that_is_not_there_is_refused_while_files_are_to_come(tmp_path):
    def where(key):
        return "config/cpu.yaml:4"

    levels = SimpleNamespace(overlay=SimpleNamespace(run=SimpleNamespace(where=where)))
    networks = {
        name: {"file": f"{name}.pth", "sha256_begins": "0", "urls": []} for name in ("based", "shown", "unused")
    }
    specs = {"tuned": {"base": "based"}, "own": {"base": None}}
    downloads = Downloads(SimpleNamespace(datasets=DATASETS, pretrained=networks, specs=specs, levels=levels))
    roles = ("shown", None)
    downloads.check(None, tmp_path, roles)
    downloads.check(str(tmp_path), tmp_path, roles)
    with pytest.raises(AtlasError, match=r"^config/cpu\.yaml:4: `mirror` is /no/such, no such folder; correct it, or"):
        downloads.check("/no/such", tmp_path, roles)
    for file in {*downloads.specs} - {"unused.pth", "shown.pth"}:
        (tmp_path / file).touch()
    with pytest.raises(AtlasError, match="no such folder"):
        downloads.check("/no/such", tmp_path, roles)
    (tmp_path / "shown.pth").touch()
    downloads.check("/no/such", tmp_path, roles)  # a disk that is no longer needed
