from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.contrasts import CONTRASTS
from cnnatlas.report.items import gaps, read_items, spans, strength, tally

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


def split(seeds=8, verdict=None):
    return {"seeds": seeds, "verdict": verdict}


def found(item=None, study=None, seeds=8, verdicts=("higher", "lower"), void=None, drawn=(), fewer=(), published=True):
    """The gaps of an item whose study has two pairs: the first of nine seeds, the second void or of `seeds`."""
    facts = {
        "answering": {"s": {**STUDY, **(study or {})}},
        "drawn": list(drawn),
        "fewer": list(fewer),
        "data_titles": {"cifar10": "CIFAR-10", "stl10": "STL-10"},
        "published": {"network": published, "second": published},
    }
    pairs = [
        {"b": "b", "void": why, "splits": {"validation": split(n, None), "test": split(n, verdict)}}
        for why, n, verdict in zip((None, void), (9, seeds), verdicts, strict=True)
    ]
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
        ({"fewer": ["stl10"]}, "reduced", "fewer images per class than in the full study"),
        ({"item": {"data": ["cifar10"]}, "fewer": ["cifar10"]}, "reduced",
         "fewer images per class than in the full study"),
        ({"item": {"verdict": True}, "seeds": 6}, None, None),
        ({"item": {"verdict": True}, "verdicts": (None, None)}, "undecided", "no difference is established"),
        ({"item": {"verdict": True}, "seeds": 5, "verdicts": (None, None)}, "undecided",
         "5 seeds, where a verdict needs 6"),
        ({"item": {"verdict": True}, "void": "This is void.", "verdicts": (None, None)}, "undecided",
         "1 comparison of networks at chance or collapsed"),
        ({"item": {"verdict": True}, "verdicts": (None, "higher")}, "partly", "1 of 2 comparisons established"),
        ({"item": {"verdict": True, "compared": ["c"]}}, "undecided", "nothing is compared"),
    ],
)  # fmt: skip
def test_a_status_follows_from_what_the_item_needs_and_the_run_had(arguments, expected, reason):
    assert found(**arguments) == ({expected: [reason]} if reason else {})


@pytest.mark.parametrize(
    ("why", "hindrance"),
    [
        ({"seeds": 5}, "5 seeds, where a verdict needs 6"),
        ({"void": "This is void."}, "1 comparison of networks at chance or collapsed"),
    ],
)
def test_one_verdict_of_two_decides_in_part_and_what_hinders_the_other_is_said(why, hindrance):
    reasons = found({"verdict": True}, verdicts=("higher", None), **why)
    assert reasons == {"partly": ["1 of 2 comparisons established", hindrance]}


def real(id_, established):
    """Why an item of config/items.yaml is undecided, where of its studies' comparisons those named are established."""
    item, studies = next(item for item in REAL if item["id"] == id_), {}
    for path in Path("config/studies").glob("*.yaml"):
        content = yaml.safe_load(path.read_text())
        if id_ in content.get("items", []):
            studies[path.stem] = _compared(content, established)
    facts = {"answering": dict.fromkeys(studies, STUDY | {"items": [id_]}), "drawn": [], "fewer": [], "published": {}}
    return {status: why for status, why in gaps(item, facts, studies).items() if status != "substituted"}


def _compared(content, established):
    """A comparison.json of all pairs and effects of a study."""
    pairs = [{"a": a, "b": str(b), "void": None, "splits": {}} for a, b in content.get("compare", [])]
    effects = [{"effect": name, "void": None, "splits": {}} for name in CONTRASTS if "factorial" in content]
    for each in [*pairs, *effects]:
        named = each.get("effect", each.get("b"))
        each["splits"] = {"validation": split(8, "higher" if named in established else None)}
    return {"pairs": pairs, "factorial": {"effects": effects} if effects else None}


@pytest.mark.parametrize(
    ("item", "asked", "others"),
    [
        (
            "A2a",
            ["first_without", "second_without", "a2a_final"],
            ["a2a_whitened", "a2a_vgg", "a2a_augmented", "interaction"],
        ),
        ("A2b", ["first_without", "second_without", "a2b_final"], ["a2b_whitened", "first_main", "interaction"]),
        ("B2.5", ["b2_simple_sgd"], ["b2_simple_momentum"]),
        ("B2.6", ["first_without", "first_with"], ["second_main", "second_with", "second_without"]),
        ("B2.8", ["first_without", "first_with"], ["second_main", "second_with", "interaction"]),
        (
            "B2.9",
            ["b2_flip", "b2_crop", "b2_flip_crop", "b2_colour", "b2_cutout", "b2_trivial_augment", "b2_mixup"],
            [],
        ),
        ("B2.10", ["b2_step"], []),
        ("C1d", ["best(c1d_trial)", "c1d_final"], ["c1d_augmented"]),
        ("C2c", ["best(c2c_trial)"], ["c2d_inception"]),
        (
            "E1b",
            [
                "e1b_dropout",
                "e1b_l1",
                "e1b_l2",
                "e1b_xavier",
                "e1b_batch_norm",
                "e1b_combined",
                "e1b_own",
                "best(e1b_trial)",
            ],
            [],
        ),
    ],
)
def test_an_item_is_decided_by_all_that_it_asks_for_and_by_nothing_else(item, asked, others):
    assert real(item, asked) == {}
    assert list(real(item, [*asked[1:], *others])) == (["partly"] if asked[1:] else ["undecided"])
    assert real(item, others) == {"undecided": ["no difference is established"]}


def test_of_a_shared_study_the_comparisons_that_an_item_asks_for_count_alone():
    asked = {"id": "D1", "text": "x", "answered_by": ["sec-d"], "verdict": True, "compared": ["deep_*", "best(wide)"]}
    sides = (("deep", "void", 1), ("deep_wide", None, 9), ("best(wide)", "void", 8))
    pairs = [
        {"a": "base", "b": b, "void": why, "splits": {"test": {"seeds": n, "verdict": None}}} for b, why, n in sides
    ]
    comparison = {
        "pairs": pairs,
        "factorial": {"effects": [{"effect": "interaction", "void": "void", "splits": {"test": {"seeds": 1}}}]},
    }
    study = {"items": ["D1"], "data": [], "bases": [], "reduced": []}
    found = gaps(asked, {"answering": {"s": study}, "drawn": [], "fewer": [], "published": {}}, {"s": comparison})
    assert found == {"undecided": ["1 comparison of networks at chance or collapsed"]}


def test_what_items_compare_is_compared_by_their_studies():
    contents = [yaml.safe_load(path.read_text()) for path in Path("config/studies").glob("*.yaml")]
    for item in REAL:
        own = [content for content in contents if item["id"] in content.get("items", [])]
        second = [str(pair[1]) for content in own for pair in content.get("compare", [])]
        second += CONTRASTS if any("factorial" in content for content in own) else []
        for pattern in item.get("compared", []):
            assert any(fnmatchcase(name, pattern) for name in second), (item["id"], pattern)


def test_all_reasons_are_named_what_was_substituted_first():
    reasons = found({"verdict": True}, {"reduced": ["epochs"]}, verdicts=(None, None), drawn=["stl10"])
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
        ({"verdict": True}, "“B” has more", {"partly": ["y"], "reduced": ["z"]}, "partly^r^"),
        ({"verdict": True}, "void: “B” is at chance", {"undecided": ["y"]}, "void"),
        ({}, "It reaches 50 %", {"reduced": ["z"]}, "shown^r^"),
        ({"tests": ["tests"]}, "Yes", {}, "tests"),
        ({"id": "C0.1"}, "7", {}, "theory"),
    ],
)
def test_how_strong_an_answer_is_follows_from_its_gaps(item, text, reasons, expected):
    assert strength({"id": "D1", **item}, text, reasons) == expected


def test_an_answer_that_holds_in_every_run_is_no_result_of_one():
    assert strength({"id": "U1"}, "Yes", {}, stated=True) == "stated"
    assert strength({"id": "C0.13"}, "A reason", {}, stated=True) == "theory"
    assert strength({"id": "X1", "tests": ["tests"]}, "Yes", {}, stated=True) == "tests"


def test_items_are_counted_by_how_they_are_answered():
    """A void answer is not as asked, whatever else was; and nothing is counted as undecided that is void."""
    gaps_of = {
        "A1": {},
        "A2": {"substituted": ["x"], "reduced": ["y"]},
        "A3": {"partly": ["x"], "reduced": ["y"]},
        "A4": {"undecided": ["x"]},
        "A5": {"undecided": ["x"]},
        "A6": {},
    }
    items = [{"id": name, "verdict": "partly" in gap or "undecided" in gap} for name, gap in gaps_of.items()]
    answers = dict.fromkeys(gaps_of, "“B” has more") | dict.fromkeys(("A5", "A6"), "void: “B” is at chance")
    assert tally(items, answers, gaps_of) == (
        "6 items: 1 answered as asked, 1 substituted, 2 reduced, 1 partly decided, 1 undecided and 2 void"
    )


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


def test_items_are_marked_by_the_networks_that_answer_them():
    """Splits and loaders train nothing, fooling images are of both networks, B2.2 to B2.12 are of a usual design."""
    studies = {path.stem: yaml.safe_load(path.read_text())["items"] for path in Path("config/studies").glob("*.yaml")}
    assert not {"C1a", "C1b"} & {item for items in studies.values() for item in items}
    fooled = {name for name, items in studies.items() if "B3.2" in items}
    assert fooled == {"dense_head_cifar10", "global_pooling_cifar10"}
    usual = [item["id"] for item in REAL if item.get("substitute", "").startswith("a usual design")]
    assert usual == [f"B2.{number}" for number in range(2, 13)]


def test_properties_of_the_workflow_name_the_tests_that_show_them():
    shown = {item["id"]: item["tests"] for item in REAL if "tests" in item}
    assert {"U6", "X1", "X5"} <= set(shown)
    files = [Path(part) for arguments in shown.values() for part in arguments if part.startswith("tests")]
    assert [file for file in files if not file.exists()] == []
    assert list(Path("tests/workflow").glob("test_*reruns*.py"))  # -k reruns


def test_what_validation_chose_is_no_reason_where_there_is_no_other_split():
    """No test can decide in its favour there, with any number of seeds."""
    item = {"id": "A1", "verdict": True}
    established = {"b": "x", "void": None, "selected": [], "splits": {"validation": split(8, "higher")}}
    chosen = {"b": "best(t)", "void": None, "selected": ["b"], "splits": {"validation": split(8, None)}}
    facts = {"answering": {"s": STUDY | {"items": ["A1"]}}, "drawn": [], "fewer": [], "published": {}}
    assert gaps(item, facts, {"s": {"pairs": [established, chosen], "factorial": None}}) == {}
    both = chosen | {"splits": {"validation": split(8, None), "test": split(8, None)}}
    assert list(gaps(item, facts, {"s": {"pairs": [established, both], "factorial": None}})) == ["partly"]
