from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from cnnatlas.errors import AtlasError
from cnnatlas.report.items import gaps, read_items, spans, strength

REAL = read_items("config/items.yaml")
STUDY = {"bases": [], "data": ["stl10"], "items": ["D1"], "reduced": []}


def test_the_real_items_are_well_formed():
    ids = [item["id"] for item in read_items("config/items.yaml")]
    assert {"U1", "A1", "B2.12", "C0.21", "D1.4", "E1a", "X8"} <= set(ids)


def test_no_item_names_what_a_void_comparison_does_not_draw():
    named = [label for item in REAL for label in item["answered_by"]]
    assert not [label for label in named if label.endswith(("-factorial", "-gains"))]


def test_an_item_may_need_nothing(tmp_path):
    (tmp_path / "items.yaml").write_text("- {id: A1, text: x, answered_by: [a], data: [], tests: []}")
    assert read_items(tmp_path / "items.yaml")[0]["data"] == []


def test_the_findings_lead_to_where_a_page_is_known():
    """The page of a figure that floats is that of its place in the text, not the one on which it is drawn."""
    assert not [item["id"] for item in REAL if item["answered_by"][0].startswith("fig-")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {id: A1, text: x, answered_by: fig-a}", "answered_by"),
        ("- {id: A1, text: x}", "answered_by"),
        ("- {id: A1, text: x, answered_by: []}", "answered_by"),
        (
            "- {id: A1, text: x, answered_by: [sec-a], status: done}",
            "may have compared, data, pretrained, substitute, tests and verdict",
        ),
        ("- {id: A1, text: x, answered_by: [a]}\n- {id: A1, text: y, answered_by: [b]}", "item A1 is listed twice"),
        ("- A1", "answered_by"),
        ("A1: x", "a list of items"),
        ("- [", "not valid YAML"),
        ("- \x80", "not UTF-8"),
        ("- {id: A1, text: x, answered_by: [a], text: y}", r"items\.yaml:1: key `0.text` appears twice"),
        ("- {id: A1, text: x, answered_by: [a]}\n- {id: A2, text: x, answered_by: [a], data: stl10}", r":2: .*`data`"),
        ("- {id: A1, text: x, answered_by: [a], verdict: maybe}", "`verdict`"),
        ("- {id: 1, text: x, answered_by: [a]}", r":1: `id` of item 1 is 1; write a text, in quotes"),
        ("- {id: [A1], text: x, answered_by: [a]}", r"`id` of item .* write a text"),
        ("- {id: A1, text: [x], answered_by: [a]}", r"`text` of item A1 is \['x'\]; write a text"),
        ("- {id: A1, text: , answered_by: [a]}", "`text` of item A1 is None; write a text"),
        ("- {id: A1, text: ' ', answered_by: [a]}", "`text` of item A1 is ' '; write a text"),
        ("- {id: A1, answered_by: [a]}", "an item has id, text and answered_by"),
        ("- {id: A1, text: x, answered_by: [1]}", r"`answered_by` of item A1 is \[1\]; write a list of texts"),
        ("- {id: A1, text: x, answered_by: [a, a]}", "write a list of texts, .*, each once"),
        ("- {id: A1, text: x, answered_by: [a], data: [{}]}", "`data` of item A1 is .*; write a list of texts"),
    ],
)
def test_malformed_items_are_named(tmp_path, text, message):
    (tmp_path / "items.yaml").write_text(text, encoding="latin-1")
    with pytest.raises(AtlasError, match=message):
        read_items(tmp_path / "items.yaml")


def test_missing_items_are_named(tmp_path):
    with pytest.raises(AtlasError, match=r"items\.yaml: no such file"):
        read_items(tmp_path / "items.yaml")


def found(item=None, study=None, seeds=8, verdict="higher", void=None, drawn=(), published=True):
    facts = {
        "answering": {"s": {**STUDY, **(study or {})}},
        "drawn": list(drawn),
        "data_titles": {"cifar10": "CIFAR-10", "stl10": "STL-10"},
        "published": {"network": published, "second": published},
    }
    counts = ((None, 9), (void, seeds))
    pairs = [{"void": why, "splits": {"validation": {"seeds": n, "verdict": verdict}}} for why, n in counts]
    comparison = {"pairs": pairs, "factorial": None}
    return gaps({"id": "D1", "text": "x", "answered_by": ["sec-d"], **(item or {})}, facts, {"s": comparison})


@pytest.mark.parametrize(
    ("arguments", "expected", "reason"),
    [
        ({}, None, None),
        ({"seeds": 1}, None, None),  # it asks for no comparison
        ({"drawn": ["stl10"]}, "substituted", "drawn images instead of STL-10"),
        ({"drawn": ["cifar10"]}, None, None),
        ({"item": {"data": ["cifar10"]}, "drawn": ["cifar10"]}, "substituted", "drawn images instead of CIFAR-10"),
        ({"study": {"bases": [["vgg16", "a2a_vgg_bn"]]}}, "substituted", "base `a2a_vgg_bn` instead of `vgg16`"),
        ({"item": {"pretrained": ["network"]}, "published": False}, "substituted",
         "no pretrained network from ImageNet"),
        ({"item": {"substitute": "own images"}}, "substituted", "own images"),
        ({"study": {"reduced": ["epochs", "train_images"]}}, "reduced",
         "fewer epochs and fewer training images than in the full study"),
        ({"item": {"verdict": True}, "seeds": 6}, None, None),
        ({"item": {"verdict": True}, "seeds": 6, "verdict": None}, "undecided", "no difference is established"),
        ({"item": {"verdict": True}, "seeds": 5, "verdict": None}, "undecided", "5 seeds, where a verdict needs 6"),
        ({"item": {"verdict": True}, "seeds": 5}, "undecided", "5 seeds, where a verdict needs 6"),
        ({"item": {"verdict": True}, "void": "This is void."}, "undecided",
         "1 comparison of networks at chance or collapsed"),
    ],
)  # fmt: skip
def test_a_status_follows_from_what_the_item_needs_and_the_run_had(arguments, expected, reason):
    assert found(**arguments) == ({expected: [reason]} if reason else {})


def test_of_a_shared_study_the_comparisons_that_an_item_asks_for_count_alone():
    asked = {"id": "D1", "text": "x", "answered_by": ["sec-d"], "verdict": True, "compared": ["deep_*", "best(wide)"]}
    sides = (("deep", "void", 1), ("deep_wide", None, 9), ("best(wide)", "void", 8))
    pairs = [
        {"a": "base", "b": b, "void": why, "splits": {"test": {"seeds": n, "verdict": None}}} for b, why, n in sides
    ]
    comparison = {"pairs": pairs, "factorial": {"effects": [{"void": "void", "splits": {"test": {"seeds": 1}}}]}}
    study = {"items": ["D1"], "data": [], "bases": [], "reduced": []}
    found = gaps(asked, {"answering": {"s": study}, "drawn": [], "published": {}}, {"s": comparison})
    assert found == {"undecided": ["1 comparison of networks at chance or collapsed"]}


def test_what_items_compare_is_compared_by_their_studies():
    contents = [yaml.safe_load(path.read_text()) for path in Path("config/studies").glob("*.yaml")]
    for item in REAL:
        own = [content for content in contents if item["id"] in content.get("items", [])]
        second = [str(pair[1]) for content in own for pair in content.get("compare", [])]
        for pattern in item.get("compared", []):
            assert any(fnmatchcase(name, pattern) for name in second), (item["id"], pattern)


def test_all_reasons_are_named_what_was_substituted_first():
    reasons = found({"verdict": True}, {"reduced": ["epochs"]}, seeds=1, drawn=["stl10"])
    assert list(reasons) == ["substituted", "undecided", "reduced"]


@pytest.mark.parametrize(
    ("item", "text", "reasons", "expected"),
    [
        ({"verdict": True}, "“B” has more", {}, "decided"),
        (
            {"verdict": True},
            "“B” has more",
            {"substituted": ["x"], "undecided": ["y"], "reduced": ["z"]},
            "undecided^s,r^",
        ),
        ({"verdict": True}, "void: “B” is at chance", {"undecided": ["y"]}, "void"),
        ({}, "It reaches 50 %", {"reduced": ["z"]}, "shown^r^"),
        ({"tests": ["tests"]}, "Yes", {}, "tests"),
        ({"id": "C0.1"}, "7", {}, "theory"),
    ],
)
def test_how_strong_an_answer_is_follows_from_its_gaps(item, text, reasons, expected):
    assert strength({"id": "D1", **item}, text, reasons) == expected


def test_items_that_follow_each_other_are_named_as_a_span():
    known = ["A1", "A2", "A3", "B1", "B2", "B3", "B4"]
    assert spans({"A1", "A2", "B1", "B2", "B3"}, known) == "A1, A2, B1 to B3"
    assert spans(["B4"], known) == "B4" and spans([], known) == ""


def test_theory_is_answered_as_asked_whatever_the_run_is():
    assert found({"id": "C0.1"}, {"reduced": ["epochs"]}, seeds=1, drawn=["stl10"]) == {}


def test_a_verdict_that_no_study_gives_is_refused():
    with pytest.raises(AtlasError, match="needs a verdict, but no file of config/studies"):
        found({"id": "C0.1", "verdict": True})


def test_studies_answer_items_that_exist_and_comparisons_are_answered_by_studies():
    contents = [yaml.safe_load(path.read_text()) for path in Path("config/studies").glob("*.yaml")]
    answered = {item for content in contents for item in content.get("items", [])}
    assert answered <= {item["id"] for item in REAL}
    assert {item["id"] for item in REAL if item.get("verdict")} <= answered


def test_every_item_that_needs_networks_or_data_says_so():
    """Else its status would be "answered as asked" in every run."""
    contents = [yaml.safe_load(path.read_text()) for path in Path("config/studies").glob("*.yaml")]
    answered = {item for content in contents for item in content.get("items", [])}
    free = [item["id"] for item in REAL if item["id"] not in answered and not {"data", "pretrained"} & set(item)]
    theory_and_code = ("B1", "C0", "U", "X", "A1", "B2.1", "B2.2", "B2.4", "B2.7", "E4")
    assert [item for item in free if not item.startswith(theory_and_code)] == []


def test_properties_of_the_workflow_name_the_tests_that_show_them():
    shown = {item["id"]: item["tests"] for item in REAL if "tests" in item}
    assert {"U6", "X1", "X5"} <= set(shown)
    files = [Path(part) for arguments in shown.values() for part in arguments if part.startswith("tests")]
    assert [file for file in files if not file.exists()] == []
    assert list(Path("tests/workflow").glob("test_*reruns*.py"))  # -k reruns
