"""What chapters show of networks that were looked into."""

import json

import pytest

from cnnatlas.report import authoring
from cnnatlas.report.authoring import Results
from cnnatlas.report.interpretation import Audit, Look

PNG = bytes.fromhex("89504e470d0a1a0a")
FACTS = {
    "cam": {"figures": ["right", "wrong"], "second": None, "title": "A network"},
    "filters": {"figures": ["layer1", "layer2", "gabor"], "second": None, "title": "A network"},
}


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """A look, and the list of what it displays: text, and what the builders read."""
    for name in ("cam/right.png", "cam/wrong.png", "filters/layer1.png", "filters/layer2.png"):
        path = tmp_path / "interpretation/net_a" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PNG)
    (tmp_path / "interpretation/net_a/filters/gabor.svg").write_text("<svg/>")
    (tmp_path / "interpretation/net_a/cam/summary.json").write_text(json.dumps({"sentences": ["One.", "Two."]}))
    seen = []
    monkeypatch.setattr(authoring, "display", lambda bundle, metadata=None, **_: seen.append((bundle, metadata or {})))
    return Look(Results(str(tmp_path), "make"), "net_a", FACTS), seen


def labels(seen):
    reports = [metadata["report"] for _, metadata in seen if "report" in metadata]
    return [report["label"] for report in reports if "label" in report]


def test_right_and_wrong_images_are_two_figures(shown):
    look, seen = shown
    look.attributions("cam")
    assert labels(seen) == ["fig-net-a-cam-right", "fig-net-a-cam-wrong"]
    assert "“A network”, class activation maps: rightly classified" in str(seen[0])


def test_every_layer_is_a_figure_and_the_fits_are_another(shown):
    look, seen = shown
    look.layers("filters")
    look.gabor()
    assert labels(seen) == ["fig-net-a-filters-1", "fig-net-a-filters-2", "fig-net-a-filters-gabor"]


def test_sentences_are_those_of_the_summary(shown):
    look, seen = shown
    look.sentences("cam")
    assert seen[0][0] == {"text/markdown": "One. Two."}


def test_the_columns_of_an_audit_keep_their_order(tmp_path, monkeypatch):
    (tmp_path / "interpretation/net").mkdir(parents=True)
    summary = {"columns": ["method", "area"], "rows": [{"area": "0.1", "method": "CAM"}], "sentences": ["A.", "B."]}
    (tmp_path / "interpretation/net/audit.json").write_text(json.dumps(summary))
    seen = []
    monkeypatch.setattr(authoring, "display", lambda bundle, *_, **__: seen.append(bundle))
    facts = {"dataset": "STL-10", "images": 24, "methods": ["cam"], "title": "Net"}
    audit = Audit(Results(str(tmp_path), "make"), "net", facts)
    audit.table()
    assert seen[0]["text/markdown"].splitlines()[0].replace(" ", "") == "|method|area|"
    audit.sentences()
    assert seen[-1] == {"text/markdown": "A.\n\nB."}
