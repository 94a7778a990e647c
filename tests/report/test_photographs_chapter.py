"""The chapter on the user's photographs."""

import base64
import json
import re

import pytest

from cnnatlas.report import authoring
from cnnatlas.report.parts import IN_PLACE, WEB_ONLY
from cnnatlas.report.photographs import PRINTED, Photographs

NETWORKS = {
    "published": {"column": "SqueezeNet 1.1", "heading": "SqueezeNet 1.1", "dataset": None, "seed": None},
    "small": {"column": "CIFAR-10", "heading": "CIFAR-10, A small network", "dataset": "cifar10", "seed": 3},
}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def answer(network, *likeliest):
    told = [{"class": name, "score": score} for name, score in likeliest]
    return {"network": network, "classes": 1000, "squashed": False, "likeliest": told}


def save(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """Function: the chapter of photographs of these names, some of them undecodable, and what it shows."""
    seen = []
    monkeypatch.setattr(authoring, "display", lambda bundle, metadata=None, **_: seen.append((bundle, metadata or {})))

    def make(names, undecodable=(), flags=(), drawn=(), folder="~/pictures"):
        for k, name in enumerate(names):
            answers = [
                answer("published", ("tabby_cat", 0.95), ("lynx", 0.03)),
                answer("small", ("cat", 0.4 + k / 100)),
            ]
            record = {"file": name, "height": 1000, "width": 20, "skipped": None, "networks": answers}
            if name in undecodable:
                record |= {"skipped": "image file is truncated", "networks": []}
            save(tmp_path / f"results/photographs/p{k}/record.json", record)
            save(tmp_path / f"results/photographs/p{k}/photograph.png", PIXEL)
        metrics = {
            "test": {"n": 100, "accuracy": 0.5, "wilson": [0.4, 0.6]},
            "validation": {"n": 0},
            "flags": list(flags),
        }
        save(tmp_path / "results/evaluation/small/seed3/metrics.json", metrics)
        save(tmp_path / "resources/cifar10/dataset.json", {"classes": ["cat", "dog"]})
        facts = {"photographs": {f"p{k}": name for k, name in enumerate(names)}, "networks": NETWORKS, "drawn": drawn}
        facts |= {"skipped": [{"file": "z.txt", "reason": "not an image"}], "folder": folder}
        facts["resources"] = str(tmp_path / "resources")
        command = "snakemake --configfile config/a.yaml --cores 2"
        return Photographs(str(tmp_path / "results"), command, facts), seen

    return make


def texts(seen):
    return [bundle["text/markdown"] for bundle, metadata in seen if "label" not in metadata.get("report", {})]


def labelled(seen):
    return {m["report"]["label"]: (bundle, m["report"]) for bundle, m in seen if "label" in m.get("report", {})}


def test_a_photograph_is_a_section_with_its_answers_and_its_figure(chapter):
    photographs, seen = chapter(["my `cat`_1.jpg"])
    photographs.sections()
    assert texts(seen)[0] == "## `` my `cat`_1.jpg `` {#sec-photograph-p0}"
    table, report = labelled(seen)["tbl-photograph-p0"]
    assert table["text/markdown"].splitlines() == [
        "| SqueezeNet 1.1 | CIFAR-10 |", "| :--- | :--- |", "| tabby cat 0.95 | cat 0.40 |", "| lynx 0.03 | – |",
    ]  # fmt: skip
    assert "20 × 1,000 pixels" in report["caption"] and "fig-photograph-p0" in labelled(seen)
    # The folder was given on the command line: the command that rebuilds a file says it too, in its place
    assert "--configfile config/a.yaml --config photographs=~/pictures --cores 2 " in report["caption"]


def test_a_folder_of_the_configuration_is_not_in_commands(chapter):
    photographs, seen = chapter(["a.jpg"], folder=None)
    photographs.sections()
    assert "--config " not in labelled(seen)["tbl-photograph-p0"][1]["caption"]


def test_the_pdf_has_the_first_photographs_and_the_web_all(chapter):
    photographs, seen = chapter([f"{k:02}.jpg" for k in range(PRINTED + 3)])
    photographs.opening()
    assert any(f"The PDF has the first {PRINTED} " in text for text in texts(seen))
    photographs.sections()
    assert labelled(seen)["fig-photograph-p0"][1]["place"] == IN_PLACE
    on_the_web = {label for label, (_, report) in labelled(seen).items() if report.get("place") == WEB_ONLY}
    assert on_the_web == {f"{kind}-photograph-p{k}" for kind in ("fig", "tbl") for k in range(PRINTED, PRINTED + 3)}


def test_the_opening_says_what_each_network_knows_and_how_sure_it_is(chapter):
    photographs, seen = chapter(["a.jpg", "b.jpg"], flags=[{"flag": "at chance", "sentence": "At chance: so."}])
    photographs.opening()
    assert texts(seen)[0] == "2 photographs were shown to 2 networks; 1 file could not be (@sec-photographs-skipped)."
    rows = labelled(seen)["tbl-photographs-networks"][0]["text/markdown"].splitlines()[2:]
    assert rows[0] == "| SqueezeNet 1.1 | 1,000 | not measured here | 2 of 2 |"
    assert rows[1] == "| CIFAR-10, A small network ‡ | cat, dog | 50.0 [40.0, 60.0] (test) | 0 of 2 |"
    assert "- **CIFAR-10, A small network: its answers are worthless.** At chance: so." in texts(seen)


def test_networks_of_drawn_images_are_named_once(chapter):
    photographs, seen = chapter(["a.jpg"], drawn=["cifar10"])
    photographs.opening()
    (found,) = [text for text in texts(seen) if "drawn images only" in text]
    assert "CIFAR-10, A small network" in found and "Squeeze" not in found


def test_what_could_not_be_shown_is_named_with_its_reason_and_nowhere_else(chapter):
    photographs, seen = chapter(["a.jpg", "cut.jpg"], undecodable=["cut.jpg"])
    photographs.sections()
    assert "fig-photograph-p1" not in labelled(seen)
    photographs.others()
    assert texts(seen)[-1].splitlines() == ["- `cut.jpg`: image file is truncated", "- `z.txt`: not an image"]


def test_photographs_of_which_none_can_be_decoded_are_a_chapter_without_sections(chapter):
    photographs, seen = chapter(["cut.jpg"], undecodable=["cut.jpg"])
    for part in (photographs.opening, photographs.sections, photographs.others):
        part()
    assert texts(seen)[0].startswith("0 photographs were shown")
    assert not [label for label in labelled(seen) if re.match(r"\w+-photograph-", label)]
