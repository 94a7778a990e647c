"""From archives to PDF: what a finished run leaves."""

import csv
import json
import re
import sys
import zipfile
from collections import Counter
from subprocess import run

import numpy as np
import pytest
import typst
import yaml

from cnnatlas.report import parts
from cnnatlas.report.labels import plain, walk
from project import ROOT

pytestmark = pytest.mark.slow
CHAPTERS = [
    name
    for name, reads in yaml.safe_load((ROOT / "config" / "report.yaml").read_text())["chapters"].items()
    if not {"studies", "photographs"} & {read for read in reads if isinstance(read, str)}  # of which it has no others
]


def test_the_report_stands_in_all_its_forms(finished):
    folder = finished.folder / "results/tiny/report"
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    for chapter in CHAPTERS:
        page = (folder / f"{chapter}.html").read_text()
        for link in re.findall(r'(?:href|src)="(?!https?:)([^"#:]+)', page):
            assert (folder / link).exists(), f"{chapter}.html refers to {link}"
        notebook = json.loads((folder / f"{chapter}.ipynb").read_text())
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["id"] != "start"]
        assert all(cell["execution_count"] for cell in code if "".join(cell["source"]).strip())


def test_every_figure_names_the_command_that_rebuilds_it(finished):
    for chapter in CHAPTERS:
        notebook = json.loads((finished.folder / f"results/tiny/report/{chapter}.ipynb").read_text())
        outputs = [o for c in notebook["cells"] for o in c.get("outputs", [])]
        figures = [f for o in outputs if (f := o.get("metadata", {}).get("report", {})).get("kind") == "fig"]
        for figure in figures:
            target = re.search(r"Rebuild: `snakemake [^`]* (results/tiny/\S+)`", figure["caption"])
            assert target, figure["label"]
            assert (finished.folder / target[1]).is_file()


def trees(finished):
    folder = finished.folder / "results/tiny/report/build"
    return {chapter: json.loads((folder / f"{chapter}.json").read_text()) for chapter in CHAPTERS}


def running_texts(node):
    """Texts of a document tree outside of its figures and tables, and of answers, which two items may share."""
    if isinstance(node, dict) and node.get("t") in ("Para", "Plain"):
        if [part["t"] for part in node["c"]] != ["Strong"]:
            yield plain(node["c"])
    elif not isinstance(node, dict) or node.get("t") not in ("Figure", "Table"):
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
            yield from running_texts(child)


def test_no_sentence_stands_twice_in_the_text_of_a_chapter(finished):
    for chapter, tree in trees(finished).items():
        texts = running_texts(parts.at(tree, parts.TEXT, parts.DESIGN)["blocks"])
        sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.!?]) (?=[A-Z“])", text)]
        twice = {sentence for sentence in sentences if len(sentence) > 40 and sentences.count(sentence) > 1}
        assert not twice, chapter


def test_printed_captions_take_two_lines_or_little_more(finished):
    for tree in trees(finished).values():
        printed = parts.at(tree, parts.TEXT, parts.DESIGN, parts.APPENDIX)["blocks"]
        for element in (element for element in walk(printed) if element["t"] in ("Figure", "Table")):
            caption = plain(element["c"][1]).partition(" Rebuild:")[0]
            assert len(caption) <= 260, element["c"][0][0]


def test_the_text_refers_to_every_printed_figure(finished):
    printed = [parts.at(tree, *parts.PRINTED, parts.APPENDIX)["blocks"] for tree in trees(finished).values()]
    figures = {element["c"][0][0] for element in walk(printed) if element["t"] == "Figure"}
    captions = [element["c"][1] for element in walk(printed) if element["t"] == "Figure"]

    def cited(node):
        cites = (element["c"][0] for element in walk(node) if element["t"] == "Cite")
        return Counter(citation["citationId"] for citations in cites for citation in citations)

    assert figures and figures <= set(cited(printed) - cited(captions))


def test_the_findings_take_three_pages(finished):
    typst_files = finished.folder / "results/tiny/report/build/typst"
    labels = "(<sec-findings>, <sec-items>).map(label => counter(page).at(locate(label)).first())"
    main = (typst_files / "main.typ").read_text()
    asked = typst_files / "asked.typ"
    asked.write_text(f"{main}\n#context [#metadata({labels}) <pages>]\n")
    try:
        found = typst.query(asked, "<pages>", field="value", one=True, root=typst_files.parents[1])
    finally:
        asked.unlink()
    first, after = json.loads(found)
    assert after - first <= 3


def test_the_command_of_a_caption_works_as_it_stands(finished):
    notebook = (finished.folder / "results/tiny/report/d.ipynb").read_text()
    command = re.search(r"Rebuild: `snakemake ([^`]*)`", notebook)[1].split()
    done = run(
        [sys.executable, "-m", "snakemake", *command, "--dry-run", "--forcerun", "figure_accuracy"],
        cwd=finished.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert command[-1] in done.stdout


def test_nothing_of_this_machine_is_in_the_published_notebooks(finished):
    for chapter in CHAPTERS:
        text = (finished.folder / f"results/tiny/report/{chapter}.ipynb").read_text()
        assert str(finished.folder.parents[1]) not in text  # neither of the copy nor of what was copied
        assert sys.prefix not in text


def test_a_training_leaves_what_later_steps_need(finished):
    model = finished.folder / "results/tiny/models/d1_shallow/seed0"
    data = finished.folder / "resources/embedded/stl10"
    split, labels = np.load(data / "split.npz"), np.load(data / "labels.npy")
    history = list(csv.DictReader((model / "history.csv").open()))
    metrics = json.loads((finished.folder / "results/tiny/evaluation/d1_shallow/seed0/metrics.json").read_text())
    with np.load(model / "scores.npz") as scores:
        seen = {"train": scores["train_indices"], "validation": split["validation"], "test": split["test"]}
        assert len(seen["train"]) == 256 and set(seen["train"]) < set(split["train"])
        for name, index in seen.items():
            assert np.allclose(scores[name].sum(1), 1, atol=1e-4)
            accuracy = (scores[name].argmax(1) == labels[index]).mean()
            assert accuracy == pytest.approx(metrics[name]["accuracy"])
    best = json.loads((model / "training.json").read_text())["best_epoch"]
    # the history's is in the training's precision
    assert float(history[best - 1]["validation_accuracy"]) == pytest.approx(metrics["validation"]["accuracy"], abs=0.03)
    assert "test_accuracy" in history[0]  # D1.1 asks for the curve
    assert metrics["flags"][0]["flag"] == "undertrained"  # after so few epochs


def test_a_data_set_without_a_test_split_is_never_said_to_have_one(finished):
    metrics = json.loads((finished.folder / "results/tiny/evaluation/e1a_lenet5/seed0/metrics.json").read_text())
    assert set(metrics) == {"train", "validation", "flags"}


def test_snakemakes_own_report_shows_every_category(finished, tmp_path):
    result = finished.snakemake("--report", str(tmp_path / "report.zip"))
    assert result.returncode == 0, result.stderr
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        text = "".join(
            archive.read(name).decode(errors="ignore") for name in archive.namelist() if name.endswith("html")
        )
    assert "Studies" in text and "Variants" in text and "learning curves" in text


def test_show_prints_spec_size_and_targets(finished):
    command = [sys.executable, "scripts/show.py", "d1_shallow", "config/tiny.yaml"]
    done = run(command, cwd=finished.folder, capture_output=True, text=True, check=True)
    assert "parameters: 390,602" in done.stdout
    assert "name: stl_shallow" in done.stdout
    for target in re.findall(r"^  (results/\S+)$", done.stdout, re.M):
        assert (finished.folder / target).is_file(), target


def test_show_names_the_closest_variant(finished):
    command = [sys.executable, "scripts/show.py", "d1_shalow", "config/tiny.yaml"]
    done = run(command, cwd=finished.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "did you mean `d1_shallow`" in done.stderr
