"""docs/trained_networks.ipynb runs as it stands, where a run has left what it names."""

import json

import numpy as np

from prediction import trained
from project import ROOT


def test_the_notebook_runs(tmp_path, monkeypatch, capsys):
    trained.write(tmp_path / "results/embedded/models/d2_own/seed0")
    (tmp_path / "resources/embedded/stl10").mkdir(parents=True)
    pictures = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    np.save(tmp_path / "resources/embedded/stl10/images.npy", pictures)
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "docs")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.syspath_prepend("")  # the notebook's own entry goes with this one
    cells = json.loads((ROOT / "docs" / "trained_networks.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 3 and all(name in printed[0] for name in trained.CLASSES)
    assert names["network"].classes == trained.CLASSES
    maps = [axes.images[0].get_array() for axes in names["axes"].flat]
    assert [values.shape[:2] for values in maps] == [(32, 32)] * 6 and np.ptp(maps[3]) > 0
    names["plt"].close("all")
