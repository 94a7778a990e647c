"""What chapters show of interpreted networks."""

import json
from pathlib import Path

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.declarations import METHODS
from cnnatlas.report import authoring
from cnnatlas.report.authoring import Results
from cnnatlas.report.interpretation import CAPTIONS, WHICH, Reliability, interpretations
from cnnatlas.report.parts import APPENDIX, placed

FIGURES = {
    "cam": ["right.png", "wrong.png"],
    "filters": ["layer1.png", "layer2.png", "gabor.svg"],
    "fooling": ["fooling.png"],
}
FACTS = {
    "net_a": {
        "title": "A network",
        "seed": 4,
        "methods": {
            name: {"figures": figures, "kind": METHODS[name].kind, "title": METHODS[name].title}
            for name, figures in FIGURES.items()
        },
    },
    "net.b": {
        "title": "Another",
        "dataset": "Cats vs Dogs",
        "seed": None,
        "methods": {"gradient": {"figures": ["all.png"], "kind": "attribution", "title": "gradient"}},
    },
}


def evaluate(folder, *flags, network="net_a", seed=4):
    metrics = folder / f"evaluation/{network}/seed{seed}/metrics.json"
    metrics.parent.mkdir(parents=True, exist_ok=True)
    metrics.write_text(json.dumps({"flags": [{"flag": flag, "sentence": f"{flag}: so."} for flag in flags]}))


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """The networks, and the list of what they display: text, and what the builders read."""
    for network, facts in FACTS.items():
        for method, entry in facts["methods"].items():
            folder = tmp_path / "interpretation" / network / method
            folder.mkdir(parents=True)
            for file in entry["figures"]:
                (folder / file).write_bytes(authoring.END[Path(file).suffix])
            summary = {"sentences": [f"On {method}.", "More."], "order": ["conv2"] if method == "filters" else None}
            summary["shown"] = ["network.conv1", "network.conv2"]
            (folder / "summary.json").write_text(json.dumps(summary))
    evaluate(tmp_path)
    seen = []
    monkeypatch.setattr(authoring, "display", lambda bundle, metadata=None, **_: seen.append((bundle, metadata or {})))
    return interpretations(Results(str(tmp_path), "make"), FACTS), seen


def reports(seen):
    return [metadata["report"] for _, metadata in seen if "label" in metadata.get("report", {})]


def labels(seen):
    return [report["label"] for report in reports(seen)]


def texts(seen):
    return [bundle["text/markdown"] for bundle, metadata in seen if "report" not in metadata]


def test_a_method_is_its_figures_then_its_sentences(shown):
    networks, seen = shown
    networks["net_a"].show("cam")
    assert labels(seen) == ["fig-net-a-cam-right", "fig-net-a-cam-wrong"]
    right, wrong = reports(seen)
    assert right["caption"].startswith("“A network”, CAM: correctly classified validation images, each")
    assert "misclassified validation images and" not in wrong["alt"] and "misclassified" in wrong["alt"]
    assert seen[-1] == (
        {"text/markdown": "**“A network”, CAM, in numbers.** On cam. More."},
        {"report": {"place": "appendix"}},
    )


def test_how_right_and_wrong_predictions_differ_is_in_the_text_and_all_else_in_the_appendix(tmp_path, shown):
    networks, seen = shown
    said = ["It is said. Where so: where the network errs, its maps are less so.", "More."]
    (tmp_path / "interpretation/net_a/cam/summary.json").write_text(json.dumps({"sentences": said}))
    networks["net_a"].show("cam")
    told = [
        (bundle["text/markdown"], metadata) for bundle, metadata in seen if "label" not in metadata.get("report", {})
    ]
    figures = "correct predictions, @fig-net-a-cam-right; wrong predictions, @fig-net-a-cam-wrong."
    assert told[0] == (f"**“A network”, CAM:** {figures} Where so: where the network errs, its maps are less so.", {})
    assert told[-1][0] == "**“A network”, CAM, in numbers.** It is said. More."
    said = ["A is in the training split.", "The network misclassifies both images (a as b and c as d)."]
    (tmp_path / "interpretation/net_a/cam/summary.json").write_text(json.dumps({"sentences": said}))
    seen.clear()
    networks["net_a"].show("cam")
    (text,) = texts(seen)
    assert text.startswith("**“A network”, CAM:** correct predictions, @fig-net-a-cam-right") and text.endswith(said[1])


def test_a_network_is_introduced_with_its_accuracy_where_this_run_trained_it(tmp_path, shown):
    networks, seen = shown
    score = {"accuracy": 0.25, "wilson": [0.2, 0.3], "n": 1200}
    metrics = {"flags": [], "test": score, "train": score | {"accuracy": 1}, "validation": score | {"accuracy": 0.5}}
    (tmp_path / "evaluation/net_a/seed4/metrics.json").write_text(json.dumps(metrics))
    for network in networks.values():
        network.introduce()
    assert texts(seen) == [
        "The network is “A network”, as this run trained it with seed 4. It classifies 25.0 % [20.0, 30.0] of 1,200 "
        "test images correctly.",
        "The network is “Another”, with published weights of torchvision's for the classes of ImageNet; the images are "
        "those of Cats vs Dogs, with classes of their own.",
    ]


def test_a_line_in_the_text_refers_to_all_figures_of_a_method_also_to_those_in_the_appendix(shown):
    networks, seen = shown
    with placed(APPENDIX):
        networks["net_a"].show("filters", "1", "gabor")
    assert seen[0] == (
        {
            "text/markdown": "**“A network”, filters:** `conv1`, @fig-net-a-filters-1; `conv2`, @fig-net-a-filters-2; "
            "fits of Gabor functions, @fig-net-a-filters-gabor."
        },
        {},
    )
    assert [report["place"] for report in reports(seen)] == ["appendix", "web-only", "appendix"]


def test_every_layer_is_a_figure_and_the_fits_are_another(shown):
    networks, seen = shown
    networks["net_a"].show("filters")
    assert labels(seen) == ["fig-net-a-filters-1", "fig-net-a-filters-2", "fig-net-a-filters-gabor"]
    first, _, gabor = reports(seen)
    assert first["caption"].startswith("“A network”, filters: `conv1`; a tile for each, ")
    assert first["alt"].endswith("every channel of layer conv1.")
    assert "Gabor functions fitted to filters of `conv2` and" in gabor["caption"]


@pytest.mark.parametrize("name", CAPTIONS)
def test_captions_of_long_titles_take_two_lines(name):
    """A line holds some 110 characters of the caption's size."""
    method = max((each.title for each in METHODS.values() if each.kind == name), key=len, default="filters")
    words = {"layer": "network.features.3.activation2", "fitted": "network.features.1.conv1", "which": WHICH["right"]}
    caption = CAPTIONS[name][0].format(**words).replace("$R^2$", "R²").replace("`", "")
    assert len(f"Figure A.33. “Final network with dense head”, {method}: {caption}") <= 220


def test_the_one_figure_of_a_method_has_its_label(shown):
    networks, seen = shown
    networks["net_a"].show("fooling")
    assert labels(seen) == ["fig-net-a-fooling"]


def test_the_rest_is_what_was_not_shown_each_under_its_heading(shown):
    networks, seen = shown
    networks["net_a"].show("filters")
    seen.clear()
    for network in networks.values():
        network.rest()
    assert labels(seen) == ["fig-net-a-cam-right", "fig-net-a-cam-wrong", "fig-net-a-fooling", "fig-net-b-gradient-all"]
    assert [text for text in texts(seen) if text.startswith("#")] == [
        "## “A network”: CAM {#sec-net-a-cam}",
        "## “A network”: fooling images {#sec-net-a-fooling}",
        "## “Another”: gradient {#sec-net-b-gradient}",
    ]
    seen.clear()
    for network in networks.values():
        network.rest()
    assert not seen


def test_flags_of_the_network_come_once_and_first(tmp_path, shown):
    evaluate(tmp_path, "undertrained", "at chance")
    network = interpretations(Results(str(tmp_path), "make"), FACTS)["net_a"]
    network.show("cam")
    network.show("fooling")
    first, *others = (text for text in texts(shown[1]) if not text.startswith("**"))
    assert first.startswith("“A network” is undertrained and at chance (@sec-reading): what follows shows how")
    assert shown[1][0][0] == {"text/markdown": first} and not others  # of a network that has learned nothing


def test_an_undertrained_network_may_still_be_interpreted(tmp_path, shown):
    evaluate(tmp_path, "undertrained")
    interpretations(Results(str(tmp_path), "make"), FACTS)["net_a"].show("cam")
    assert texts(shown[1])[0].endswith("“A network” is undertrained (@sec-reading).")


def test_a_method_that_is_not_configured_is_named(shown):
    with pytest.raises(AtlasError, match=r"occlusion of net_a is not computed; add it in config/interpretation.yaml"):
        shown[0]["net_a"].show("occlusion")


def test_every_kind_of_method_has_its_caption():
    assert {method.kind for method in METHODS.values()} == set(CAPTIONS) - {"gabor"}


def test_the_columns_of_the_reliability_table_keep_their_order(tmp_path, monkeypatch):
    (tmp_path / "interpretation/net/reliability").mkdir(parents=True)
    summary = {"columns": ["method", "area"], "randomised": 24, "rows": [{"area": "0.1", "method": "CAM"}]}
    summary["sentences"] = ["A.", "B."]
    (tmp_path / "interpretation/net/reliability/summary.json").write_text(json.dumps(summary))
    (tmp_path / "interpretation/net/reliability/reliability.svg").write_text("<svg></svg>")
    seen = []
    monkeypatch.setattr(authoring, "display", lambda bundle, metadata=None, **_: seen.append((bundle, metadata or {})))
    facts = {"dataset": "STL-10", "images": 24, "methods": ["CAM", "gradient"], "seed": 1, "title": "Net"}
    evaluate(tmp_path, network="net", seed=1)
    reliability = Reliability(Results(str(tmp_path), "make"), "net", facts)
    reliability.opening()
    reliability.table()
    assert texts(seen)[0] == "@tbl-net-reliability has the measures, @fig-net-reliability draws them."
    assert seen[1][0]["text/markdown"].splitlines()[0].replace(" ", "") == "|method|area|"
    reliability.summary["randomised"] = 12
    reliability.table()
    assert "validation images of STL-10 (randomisation: the first 12). Brackets" in reports(seen)[-1]["caption"]
    assert "better below and above zero respectively." in reports(seen)[-1]["caption"]
    seen.pop()
    reliability.summary["randomised"] = 24
    reliability.figure()
    assert "“Net”: reliability of CAM and gradient, on 24 validation images of STL-10." in reports(seen)[-1]["caption"]
    reliability.sentences()
    assert seen[-1] == (
        {"text/markdown": "**“Net” on STL-10, in sentences.** A. B."},
        {"report": {"place": "appendix"}},
    )
    evaluate(tmp_path, "collapsed", network="net", seed=1)
    reliability.opening()
    assert seen[-1][0]["text/markdown"].startswith("“Net” is collapsed (@sec-reading): what follows shows how")


def test_what_is_said_of_the_same_images_is_said_once_in_a_chapter(tmp_path, shown):
    _, seen = shown
    said = "Of these images, a/1 is in the training split."
    methods = {"feature_maps": {"figures": ["layer1.png"], "kind": "feature_maps", "title": "feature maps"}}
    for network in ("one", "other"):
        folder = tmp_path / "interpretation" / network / "feature_maps"
        folder.mkdir(parents=True)
        (folder / "layer1.png").write_bytes(authoring.END[".png"])
        (folder / "summary.json").write_text(json.dumps({"sentences": [said]}))
    facts = {network: {"title": network, "seed": None, "methods": methods} for network in ("one", "other")}
    for part in interpretations(Results(str(tmp_path), "make"), facts).values():
        part.show("feature_maps")
    assert sum(said in text for text in texts(seen)) == 1
