"""Every item has an answer, computed from the results where these can decide it."""

import json
import re
from pathlib import Path

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report.answers.every import ANSWERS, CHAPTERS
from cnnatlas.report.answers.interpretations import of_all
from cnnatlas.report.answers.registry import Answers, line_of, lined
from cnnatlas.report.claims import Claims
from cnnatlas.report.items import read_items, strength
from cnnatlas.workflow.plan import chapters
from study_results import COMPARISON, FACTS, entry, save

REAL = {item["id"]: item for item in read_items("config/items.yaml")}
ITEMS = list(REAL)
# Answers that hold in every run: definitions, reasons, and what the tests of the workflow show
FIXED = {"U1", "U3", "U5", "U6", "X1", "X5", "X7", "X8", "A6", "E4", "B1b", "C1b"} | {f"C0.{n}" for n in range(13, 22)}


def test_every_item_has_an_answer_and_every_answer_an_item():
    assert set(ANSWERS) == set(ITEMS)
    assert len(ANSWERS) == sum(len(chapter.ANSWERS) for chapter in CHAPTERS)  # none has two


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.__name__.rpartition(".")[2])
def test_answers_lie_in_the_module_named_as_the_notebook_that_shows_them(chapter):
    name = chapter.__name__.rpartition(".")[2]
    shown = Path(f"report/notebooks/{name}.ipynb").read_text()
    assert f"from cnnatlas.report.answers.{name} import ANSWERS" in shown
    calls = re.findall(r"(?:this\.answer|ANSWERS\.show)\((.*)", shown)
    own = {item for call in calls for item in re.findall(r'\\"([A-Z]\d?[\w.]*)\\"', call)}
    assert own == set(chapter.ANSWERS)


def test_an_item_without_an_answer_is_found_before_anything_runs():
    chapters.check_answers({"findings": {"items": []}}, list(REAL.values()))
    chapters.check_answers({"a": {"studies": []}}, [{"id": "Q1"}])
    with pytest.raises(
        AtlasError, match=r"^config/items\.yaml: item Q1 has no answer; add a function for it to the module of scripts"
    ):
        chapters.check_answers({"findings": {"items": []}}, [*REAL.values(), {"id": "Q1"}])


@pytest.mark.parametrize("item", sorted(set(ITEMS) - FIXED))
def test_an_answer_that_results_decide_needs_them(results, item):
    """None is typed by hand: without results there is no answer, and what is missing is named."""
    if item in ("U4", "B2.1", "X4"):  # of the command, and of how many files there are
        pytest.skip("tested by its own words")
    with pytest.raises(AtlasError, match="no such file"):
        ANSWERS[item](Claims(results))


def test_the_command_and_the_number_of_trainings_are_told(results):
    claims = Claims(results)
    assert ANSWERS["U4"](claims) == "Yes: `snakemake --cores 2`"
    save(results.folder, "s", COMPARISON, FACTS)
    assert ANSWERS["B2.1"](claims) == "One function, `train`, trained all 3 networks of this run"


def test_an_answer_follows_the_results(results, shown):
    variants = [entry("c2b_basic", 0.7, splits=("train", "validation", "test"))]
    save(results.folder, "blocks_cifar10", {**COMPARISON, "variants": variants, "best": {}}, FACTS)
    ANSWERS.show(Claims(results), "C2b")
    assert shown[0].data["text/markdown"] == "**70.0 % [69.0, 71.0] on test.**"
    assert shown[0].metadata["report"]["place"] == "answer"  # which the PDF keeps on one page


def test_a_line_is_bold_and_its_details_are_not(results, shown):
    answers = Answers({"Z1": lambda claims: lined("a line, with a comma", "a detail", "", "another; and more")})
    answers.show(Claims(results), "Z1")
    texts = [one.data["text/markdown"] for one in shown]
    assert texts == ["**A line, with a comma.**", "A detail. Another; and more."]
    assert shown[1].metadata.get("report", {}).get("place") != "answer"
    assert line_of(lined("a line")) == line_of(lined("a line", "a detail")) == "a line" == lined("a line", "")


def test_of_several_networks_the_first_clauses_are_the_line():
    void = "void: the network is collapsed; its maps mean nothing"
    told = {"“A”": "on the object; with permuted weights not", "“B”": "elsewhere"}
    assert of_all(told) == "“A”: on the object. “B”: elsewhere\n\n“A”: with permuted weights not."
    assert of_all({"“A”": "on the object; clearly"}) == "“A”: on the object\n\nClearly."
    assert of_all({"“A”": void, "“B”": void}) == void and of_all({"“A”": void, **told}).startswith("“A”: on")


def test_an_answer_names_its_item_where_the_heading_does_not(results, shown):
    save(results.folder, "s", COMPARISON, FACTS)
    claims = Claims(results)
    ANSWERS.show(claims, "B2.1")
    ANSWERS.show(claims, "U4")
    ANSWERS.show(claims, "B2.1", "U4")
    begins = [one.data["text/markdown"].split()[0] for one in shown]
    assert begins == ["**One", "**U4:", "**B2.1:", "**U4:"]


def test_of_all_studies_variants_with_enough_seeds_and_tested_comparisons_are_counted(results):
    def pair(verdict=None, **other):
        split = {"seeds": 6 if verdict is not None else 1, "p": None if verdict is None else 0.03, "verdict": verdict}
        return {"a": "base", "b": "t_2", "effect": "first_main", "void": None, "splits": {"validation": split}} | other

    variants = [{"variant": name, "seeds": seeds} for name, seeds in {"base": 6, "t_1": 1, "t_2": 8}.items()]
    factorial = {"effects": [pair("higher"), pair("")]}  # what has no verdict was tested all the same
    one = {"variants": variants, "pairs": [pair(), pair("lower"), pair(void="It is void.")], "factorial": factorial}
    save(results.folder, "one", {**COMPARISON, **one}, FACTS)
    again = {"variants": [{"variant": "base", "seeds": 6}], "pairs": [], "factorial": None}  # is one variant
    save(results.folder, "two", {**COMPARISON, **again}, FACTS)
    assert ANSWERS["X2"](Claims(results, studies=["one", "two"])) == (
        "2 of 3 variants trained with 6 seeds or more, which a test needs; 2 of 5 comparisons established, 1 void"
    )
    assert ANSWERS["X2"](Claims(results, studies=["two"])).endswith("; nothing is compared")


@pytest.mark.parametrize(("part", "said"), [(None, "images, as many cats as dogs"), (600, "1,000 validation images")])
def test_a_drawn_part_of_the_training_images_need_not_hold_as_many_cats_as_dogs(results, part, said):
    accuracy = {"validation": {"images": 1000}}
    variants = [{"variant": "c1c_basic", "title": "Basic", "seeds": 1, "accuracy": accuracy, "flags": []}]
    save(results.folder, "cats_dogs", {**COMPARISON, "variants": variants}, FACTS)
    file = results.folder / "models/c1c_basic/seed0/training.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"spec": {"train_images": part}}))
    assert ANSWERS["C1a"](Claims(results)).endswith(said)


def test_transforms_are_those_that_the_study_compares(results):
    def score(mean):
        return {"train": {"mean": mean + 0.2}, "validation": {"mean": mean}}

    pair = {"a": "b2_untransformed", "void": None, "unequal": []}
    gains = {"b2_flip": 0.02, "b2_mixup": -0.03}
    variants = [
        {"variant": name, "title": name, "seeds": 1, "accuracy": score(0.5), "flags": []}
        for name in ("b2_untransformed", *gains)
    ]
    pairs = [
        pair
        | {
            "b": name,
            "splits": {"validation": {"difference": value, "low": value - 0.01, "high": value + 0.01, "seeds": 1}},
        }
        for name, value in gains.items()
    ]
    save(results.folder, "transforms_cifar10", {**COMPARISON, "variants": variants, "pairs": pairs}, FACTS)
    claims = Claims(results)
    assert ANSWERS["B2.9"](claims).startswith("Of 2 transforms, on validation “b2_flip” +2.0 points")
    assert ANSWERS["B2.9"](claims).partition("\n\n")[0].endswith("; without, 50.0 %")
    claims.entry("transforms_cifar10", "b2_mixup")["accuracy"] = {"train": {"mean": 0.101}, "validation": {"mean": 0.1}}
    assert "is least with “b2_mixup”, 0.1" in ANSWERS["B2.9"](claims)
    claims.entry("transforms_cifar10", "b2_mixup")["flags"] = [{"flag": "at chance", "seeds": 1}]
    assert "b2_mixup”, 0.1" not in ANSWERS["B2.9"](claims)  # a network that learned nothing has no gap to narrow
    save(results.folder, "transforms_cifar10", {**COMPARISON, "variants": variants, "pairs": []}, FACTS)
    with pytest.raises(AtlasError, match="needs a `compare` with b2_untransformed"):
        ANSWERS["B2.9"](Claims(results))


def test_an_item_without_an_answer_is_named(results):
    with pytest.raises(AtlasError, match=r"items\.yaml: item Z9 has no answer; add a function"):
        ANSWERS["Z9"](Claims(results))


class Void(Claims):
    """A run whose networks learned nothing."""

    def shown(self, network, method, *words):
        return "void: the network is at chance, and its maps mean nothing"

    def of_each(self, method, told):
        return {"“Net”": self.shown("*", method)}

    def effects(self, study, *names):
        return "void: one of the four networks is at chance or collapsed"

    def cells(self, study, *names):
        return []

    def study(self, name):
        none = {"ranking": []}
        return {"fitted": {"b2_one_batch": {"images": 64}}, "best": {"b2_plain_rate": none, "b2_bn_rate": none}}

    def setting(self, variant, key):
        return 0.001

    def entry(self, study, variant):
        return {"variant": variant, "accuracy": {"validation": {"mean": 0.1}}, "seeds": 1, "diverged": 0,
                "flags": [{"flag": "at chance", "seeds": 1}]}  # fmt: skip

    def lifeless(self, study, *variants):
        return "void: they are at chance"


@pytest.mark.parametrize("item", ["A3a", "A3b", "A4", "A5", "B2.6", "B2.8", "B3.1", "B4", "C1e", "C1f", "D3", "E2"])
def test_a_void_answer_counts_as_void(results, item):
    assert strength(REAL[item], ANSWERS[item](Void(results)), {}) == "void"


RATES = {"plain": {0.001: 0.2, 0.1: 0.5, 1.0: 0.1}, "bn": {0.001: 0.3, 0.1: 0.6, 1.0: 0.55}}


class ByRate(Void):
    """A run in which the plain network learns nothing at the highest rate; one with the accuracy `diverged` did."""

    diverged = None

    def study(self, name):
        groups = {
            f"b2_{side}_rate": {"ranking": [{"variant": f"{side} {rate}"} for rate in (1.0, 0.1)]} for side in RATES
        }
        return super().study(name) | {"best": groups}

    def setting(self, variant, key):
        return 0.001 if variant.startswith("b2_") else float(variant.split()[1])

    def entry(self, study, variant):
        side = "bn" if "bn" in variant else "plain"
        mean = RATES[side][self.setting(variant, "")]
        flags = super().entry(study, variant)["flags"] if mean == 0.1 else []
        own = {"accuracy": {"validation": {"mean": mean}}, "flags": flags, "diverged": mean == self.diverged}
        return super().entry(study, variant) | own


def test_rates_are_told_with_and_without_batch_normalisation_and_up_to_which_the_networks_learn(results, monkeypatch):
    said = ANSWERS["B2.6"](ByRate(results)).replace("\u00a0", " ")
    assert "without it 20.0 % at 0.001, 50.0 % at 0.1 and 10.0 % ‡ at 1, with it 30.0 % at 0.001" in said
    assert "The highest of these rates with which the network learns: 0.1 without it, 1 with it" in said
    monkeypatch.setitem(RATES["bn"], 1.0, 0.7)
    monkeypatch.setattr(ByRate, "diverged", 0.7)
    said = ANSWERS["B2.6"](ByRate(results)).replace("\u00a0", " ")
    assert "60.0 % at 0.1 and 70.0 % (diverged) at 1" in said and "learns: 0.1 without it, 0.1 with it" in said
    void = ANSWERS["B2.6"](Void(results))
    assert "network learns: none without it, none with it" in void


class Said(Claims):
    """A run whose interpretations say one sentence."""

    def __init__(self, results, sentence):
        super().__init__(results)
        self.sentence = sentence

    def shown(self, network, method, *words):
        return self.sentence

    def entry(self, study, variant):
        return {"accuracy": {"validation": {"mean": 0.5}}, "seeds": 1, "flags": []}

    def of_each(self, method, told):
        return {"“Net”": told({"sentences": [self.sentence]})}


@pytest.mark.parametrize(
    ("item", "sentence", "expected"),
    [
        (
            "A4",
            "Of 16 images the object’s pixels are known: 39.1 % of the mass lies on the object, which covers 36.7 % of "
            "the image: whether the maps are about the object or the background is open (95 % interval of the "
            "difference −5.1 to 9 points)",
            "In both networks 39.1 % of the mass lies on the object (36.7 % of the image), not clearly more or less "
            "than in an even map",
        ),
        (
            "A3b",
            "The filters of network.a.conv1, network.b.conv1 and network.c are more often like Gabor functions",
            "In both networks the filters of 3 layers are more often like Gabor functions",
        ),
        (
            "X3",
            "Conclusion, by intervals that hold for all methods together: of these methods, none of 3 passes every "
            "test: 1 fails at least one, 2 are undecided; none finds the object better than a centre box",
            "“Net”: none of 3 passes every test: 1 fails at least one, 2 are undecided\n\n"
            "None finds the object better than a centre box.",
        ),
        (
            "E2",
            "Conclusion on feature maps: the last layer shown, network.relu2, keeps less of the image's edges "
            "(correlation 0.00 against 0.48) on both images, compared with the first layer shown, network.relu1 (maps "
            "of 11×11 against 60×60); 19 of 64 maps of network.relu2 are dead on every image",
            "In both networks the last layer shown keeps fewer edges (correlation 0.00 against 0.48) than the first, "
            "on both images\n\n19 of 64 maps are zero on every image shown. The networks have 50.0 % and 50.0 % on "
            "validation.",
        ),
    ],
)
def test_an_answer_says_in_brief_what_its_chapter_gives_in_full(results, item, sentence, expected):
    assert ANSWERS[item](Said(results, sentence)) == expected


def test_splits_are_told_by_verdict(results):
    def pair(a, b, rates):
        return {"a": a, "b": b, "rates": {"verdict": rates}, "pattern": {"verdict": "similar"}}

    variants = [entry(name, 0.5) for name in ("d1_shallow", "d2_deep")]
    save(results.folder, "stl10", {**COMPARISON, "variants": variants, "best": {}}, FACTS)
    claims = Claims(results)
    claims.similarity = lambda variant: [
        pair("train", "validation", "different"), pair("train", "test", "different"),
        pair("validation", "test", "cannot be told"),
    ]  # fmt: skip
    assert ANSWERS["D1.4"](claims) == (
        "“D1_Shallow”: which classes it confuses: similar in all splits; how often it errs: different in "
        "training–validation and training–test, cannot be told in validation–test"
    )
    claims.entry("stl10", "d1_shallow")["seeds"] = 8
    assert ANSWERS["D1.4"](claims).startswith("“D1_Shallow” (first seed): which")
    claims.entry("stl10", "d1_shallow").update(seeds=1, flags=[{"flag": "collapsed", "seeds": 1}])
    void = "void: “D1_Shallow” is collapsed; whether its splits err alike says nothing\n\n“D2_Deep”: which classes it"
    assert ANSWERS["D1.4"](claims).startswith(void)


def test_a_network_that_is_hard_to_fool_is_not_left_out(results):
    common = {"tried": 16, "margin": 0.1, "sentences": []}
    easy = common | {
        "crossed": 16,
        "fooled": 16,
        "linf": 2.0,
        "linf_largest": 3.0,
        "steps": 3.0,
        "transferred": 2,
        "transferred_before": 1,
        "second": "C",
        "second_name": "c",
    }
    half = common | {"crossed": 10, "fooled": 2, "linf": 9.0, "linf_largest": 229.0, "steps": 83.0}
    interpreted(results, "fooling", a=easy | {"p": 0.5}, b=half, c=common | {"crossed": 0, "fooled": 0})
    assert ANSWERS["B3.2"](Claims(results, {"a": "A", "b": "B", "c": "D"})) == (
        "“A”: all 16 changed images are taken for the target, 2 of 16 images by “C” too, not shown to be more than "
        "without the change. “B”: 10 of 16 changed images are taken for the target, with no second network of its "
        "classes to try them on. “D”: none of 16 changed images are taken for the target\n\n"
        "“A”: with a margin of 0.10 after 3 steps in the median, the largest change of a pixel 3 of 255 levels. "
        "“B”: 2 of them with a margin of 0.10 after 83 steps in the median, the largest change of a pixel 229 of 255 "
        "levels."
    )


@pytest.mark.parametrize(
    ("p", "after", "words"),
    [
        (None, 2, " too, too few to test"),
        (0.01, 9, " too, more than without the change"),
        (0.01, 1, " too, not shown"),
        (0.3, 9, " too, not"),
        (1.0, 0, "\n\n"),  # none is not more than any number
    ],
)
def test_a_transfer_is_told_with_its_test(results, p, after, words):
    found = {
        "tried": 16,
        "crossed": 16,
        "fooled": 16,
        "linf_largest": 3.0,
        "margin": 0.1,
        "steps": 3.0,
        "sentences": [],
    }
    found |= {"transferred": after, "transferred_before": 1, "second": "C", "second_name": "c", "p": p}
    interpreted(results, "fooling", a=found)
    assert f" by “C”{words}" in ANSWERS["B3.2"](Claims(results, {"a": "A"}))
    for flag, said in (("undertrained", " by “C” †"), ("collapsed", ", transfer void as “C” § learned nothing")):
        file = results.folder / "evaluation/c/seed0/metrics.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"flags": [{"flag": flag, "sentence": "So."}]}))
        assert said in ANSWERS["B3.2"](Claims(results, {"a": "A"}))


def interpreted(results, method, **summaries):
    for network, found in summaries.items():
        file = results.folder / f"interpretation/{network}/{method}/summary.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(found))


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (
            {"factor": 1.5, "pointing": 11, "n": 12, "centre": 3, "p_centre": 0.008, "covered": 0.3, "p": 0.001},
            "“Net”: enlarged 1.5 times, the strongest response lies on the object in 11 of 12 images, more than a "
            "random position (30 %, p = 0.001), more than the middle of the image, in 3\n\nSign test against "
            "the middle p = 0.008.",
        ),
        (
            {"factor": 1.0, "pointing": 8, "n": 12, "centre": 9, "p_centre": 1.0, "covered": 0.5, "p": 0.2},
            "“Net”: the strongest response lies on the object in 8 of 12 images, not shown to be more than a random "
            "position (50 %, p = 0.200), not shown to be more or fewer than the middle of the image, in 9\n\nSign "
            "test against the middle p = 1.000.",
        ),
        (
            {"factor": 2.0, "compared": 30, "ahead": 19},
            "“Net”: enlarged 2 times, the class predicted before still leads over the second one in 19 of 30 images "
            "[46 %, 78 %]: whether more often than not is open\n\nLocalisation is not measured, as the objects’ places "
            "are not known.",
        ),
        (
            {"factor": 2.0, "compared": 30, "ahead": 28},
            "“Net”: enlarged 2 times, the class predicted before still leads over the second one in 28 of 30 images "
            "[79 %, 98 %]\n\nLocalisation is not measured, as the objects’ places are not known.",
        ),
        (
            {"factor": 1.0, "compared": 30, "ahead": 30},
            "localisation is not measured, as the objects’ places are not known",
        ),
        ({"factor": 2.0, "compared": 0}, "localisation is not measured, as the objects’ places are not known"),
    ],
)
def test_where_the_evidence_lies_is_told_as_far_as_the_data_allow(results, scale, words):
    interpreted(results, "response", net={"scales": [scale], "sentences": []})
    assert ANSWERS["B4"](Claims(results, {"net": "Net"})) == words


def test_that_localisation_is_not_measured_is_said_once_after_what_is(results):
    led = {"scales": [{"factor": 2.0, "compared": 30, "ahead": 19}], "sentences": []}
    interpreted(results, "response", a=led, b=led)
    line, _, details = ANSWERS["B4"](Claims(results, {"a": "A", "b": "B"})).partition("\n\n")
    assert line.startswith("“A”: enlarged 2 times, the class") and ". “B”: enlarged 2 times, the class" in line
    assert details == "Localisation is not measured, as the objects’ places are not known."


def test_the_best_value_is_told_among_all_that_were_trained_and_where_it_ends_the_range(results):
    """A sweep leaves a value out that the study has as a network of its own: it may be the best."""
    values = {"b2_sgd_rate_0.3": 0.3, "b2_sgd_rate_0.01": 0.01, "b2_constant": 0.1, "b2_adam_rate_0.01": 0.01}
    values |= {"b2_adam_rate_0.001": 0.001, "b2_gamma_0.03": 0.03, "b2_gamma_0.5": 0.5, "b2_step": 0.1}
    accuracies = {"b2_sgd_rate_0.3": 0.5, "b2_adam_rate_0.01": 0.5, "b2_gamma_0.03": 0.4, "b2_step": 0.6}
    for name, value in values.items():
        spec = {"optimiser": {"learning_rate": value}, "schedule": {"gamma": value}}
        file = results.folder / f"models/{name}/seed0/training.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"spec": spec}))
    best = {
        group: {"variant": f"{group}_0", "ranking": [{"variant": name} for name in values if name.startswith(group)]}
        for group in ("b2_sgd_rate", "b2_adam_rate", "b2_gamma")
    }
    accuracies["b2_adam_rate_0.001"] = 0.495  # within the interval of the best, which is 0.01 to each side
    variants = [entry(name, accuracies.get(name, 0.3)) for name in values]
    variants[2]["accuracy"]["validation"]["loss"] = 0.1  # b2_constant
    variants[2]["highest_validation"] = 0.7
    variants[1]["accuracy"]["validation"]["loss"] = None  # a network whose scores are not finite
    save(results.folder, "schedules_cifar10", {**COMPARISON, "variants": variants, "best": best}, FACTS)
    assert ANSWERS["B2.11"](Claims(results)) == (
        "Best on validation: SGD’s rate 0.3 of 3 values (50.0 %), Adam’s 0.01 of 2 values (50.0 %) and StepLR’s gamma "
        "0.1 of 3 values (60.0 %); no training diverged\n\nOf SGD’s rate 0.3: it ends the range, the lowest validation "
        "loss is at 0.1, by the best epoch of each value, 0.1 is best. Of Adam’s 0.01: it ends the range, the one "
        "other value within its interval."
    )


def test_a_schedule_is_compared_by_the_best_epochs_too_where_others_are_kept(results):
    """The accuracy of a constant rate swings from epoch to epoch, and its last one may be a low one."""
    names = ["b2_constant", "b2_step"]
    variants = [entry(name, mean) for name, mean in zip(names, (0.5, 0.8), strict=True)]
    pairs = [COMPARISON["pairs"][0] | dict(zip("ab", names, strict=True))]
    content = {**COMPARISON, "variants": variants, "pairs": pairs, "best": {}}
    save(results.folder, "schedules_cifar10", content, FACTS)
    assert "\n\n" not in ANSWERS["B2.10"](Claims(results))
    variants[0]["highest_validation"] = 0.7
    save(results.folder, "schedules_cifar10", content, FACTS)
    assert ANSWERS["B2.10"](Claims(results)).endswith(
        "\n\nWith the best epoch of each, on validation, “B2_Step” 80.0 % and “B2_Constant” 70.0 %; with the weights "
        "kept 80.0 % and 50.0 %."
    )


def test_the_classes_of_which_any_image_is_right_are_counted(results):
    save(results.folder, "stl10", {**COMPARISON, "variants": [entry("d1_shallow", 0.5)], "best": {}}, FACTS)
    file = results.folder / "evaluation/d1_shallow/seed0/extremes.csv"
    file.parent.mkdir(parents=True)
    file.write_text("kind,class\nright,bird\nright,bird\nwrong,cat\n")
    words = "“D1_Shallow”: shown are 2 images of 1 class; no image of cat is right"
    words += "\n\nAccuracy is 50.0 % [49.0, 51.0] on validation."
    assert ANSWERS["D1.2"](Claims(results)) == words


def test_a_network_without_errors_or_without_a_right_answer_is_told(results):
    none = {"pairs": [], "tied": "", "never": "", "void": False, "sentence": "“D1” makes no error."}
    confused = {"d1_shallow": none}
    content = {**COMPARISON, "variants": [entry("d1_shallow", 0.0)], "best": {}, "confused": confused}
    save(results.folder, "stl10", content, FACTS)
    file = results.folder / "evaluation/d1_shallow/seed0/extremes.csv"
    file.parent.mkdir(parents=True)
    file.write_text("kind,class\nwrong,cat\nwrong,dog\n")
    assert ANSWERS["D1.3"](Claims(results)) == "“D1” makes no error"
    assert ANSWERS["D1.2"](Claims(results)).startswith("No validation image is right, so none is shown; 0.0 %")


def test_the_score_of_a_confident_mistake_is_not_rounded_to_one(results):
    save(results.folder, "stl10", {**COMPARISON, "variants": [entry("d1_shallow", 0.5)], "best": {}}, FACTS)
    file = results.folder / "evaluation/d1_shallow/seed0/extremes.csv"
    file.parent.mkdir(parents=True)
    file.write_text("kind,class,prediction,score\nwrong,bird,airplane,0.99612\nwrong,cat,dog,0.5\n")
    pair = {"share": 0.2, "named": "cat and dog"}
    claims = Claims(results)
    claims.study("stl10")["confused"] = {
        "d1_shallow": {"pairs": [pair], "tied": "", "never": "", "void": False, "chance": None}
    }
    words = "most confident mistake: bird taken for airplane with a score of 0.996"
    assert ANSWERS["D1.3"](claims).partition("\n\n")[0] == words


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("CAM finds the object: all of these: It does.", "CAM finds the object: all of these: It does"),
        ("SmoothGrad passes.", "SmoothGrad passes"),
        ("Guided backpropagation passes.", "guided backpropagation passes"),
    ],
)
def test_the_title_of_a_method_keeps_its_capitals_and_a_colon_ends_no_sentence(results, sentence, words):
    interpreted(results, "feature_maps", a2a_final={"sentences": [sentence]}, a2b_final={"sentences": ["Other."]})
    assert ANSWERS["A3a"](Claims(results)) == f"Dense head: {words}. Pooled: other"


@pytest.mark.parametrize(
    ("sentence", "void", "words"),
    [
        (
            "It confuses. B is never predicted.",
            False,
            "Most often confused: a taken for b (2), 50.0 % of all errors (spread at random 30.0 %); b is never",
        ),
        ("It predicts a for 90 %, so its errors say nothing.", True, "It predicts a for 90 %, so its errors"),
    ],
)
def test_the_most_frequent_mistakes_are_told_unless_one_class_is_predicted_for_all(results, sentence, void, words):
    pairs = [{"classes": ["a", "b"], "errors": 2.0, "share": 0.5, "named": "a taken for b (2)"}]
    found = {"pairs": pairs, "tied": "", "never": "b is never predicted", "void": void, "sentence": sentence}
    confused = {"d1_shallow": found | {"chance": {"mean": 0.3, "most": 0.4}}}
    variants = [entry("d1_shallow", 0.5)]
    save(results.folder, "stl10", {**COMPARISON, "variants": variants, "confused": confused}, FACTS)
    file = results.folder / "evaluation/d1_shallow/seed0/extremes.csv"
    file.parent.mkdir(parents=True)
    file.write_text("kind,class,prediction,score\nright,a,a,0.9\nwrong,a,b,0.34\nwrong,c,b,0.3\n")
    said = ANSWERS["D1.3"](Claims(results))
    assert said.startswith(
        "most confident mistake: a taken for b with a score of 0.340\n\nMost often confused: a taken"
    ) or (said.startswith("void: It predicts a for 90 %"))
    assert words.lower() in said.lower()


def test_of_a_pretrained_network_every_method_is_told(results):
    shares = {"gradient": "40.0 %", "smooth_grad": "50.0 %", "integrated_gradients": "60.0 %"}
    for method, share in shares.items():
        said = (
            f"{share} of the mass lies on the object, which covers 30.0 % of the image: so; with permuted weights not."
        )
        interpreted(results, method, net={"sentences": [said]})
    line, _, details = ANSWERS["B3.1"](Claims(results, {"net": "Net"})).partition("\n\n")
    assert line == "“Net”: by the gradient, 40.0 % of the mass lies on the object (30.0 % of the image), so"
    assert details == (
        "With permuted weights not. By SmoothGrad, 50.0 % of the mass lies on the object (30.0 % of the image), so. By "
        "integrated gradients, 60.0 % of the mass lies on the object (30.0 % of the image), so."
    )


def test_networks_that_tie_are_named_together(results):
    pair = {"a": "b2_untransformed", "void": None, "unequal": []}
    pairs = [
        pair
        | {
            "b": name,
            "splits": {"validation": {"difference": value, "low": value - 0.01, "high": value + 0.01, "seeds": 1}},
        }
        for name, value in {"b2_flip": 0.02, "b2_crop": 0.02, "b2_mixup": -0.03}.items()
    ]
    variants = [entry(name, 0.5) for name in ("b2_untransformed", "b2_flip", "b2_crop", "b2_mixup")]
    save(results.folder, "transforms_cifar10", {**COMPARISON, "variants": variants, "pairs": pairs}, FACTS)
    told = Claims(results).most("transforms_cifar10", "b2_untransformed", ("b2_flip", "b2_crop", "b2_mixup"))
    assert told.startswith("on validation “B2_Flip” +2.0 points [1.0, 3.0] and “B2_Crop” +2.0")


class Mapped(Claims):
    """A run whose interpretations say the sentence of the first word asked for."""

    def shown(self, network, method, *words):
        said = {"edges of their": "The maps follow edges", "mass lies on the": "40 % is on the object"}
        return said.get(words[0], "nothing")


class Permuted(Claims):
    """A run whose interpretations say how maps compare with those of permuted weights, of some images or of all."""

    def shown(self, network, method, *words):
        interval = "(95 % interval of the difference, not corrected, −0.22 to 0.01)"
        on = "; for the 17 images whose map has any mass with permuted weights too it is"
        said = {
            "edges of their": f"The maps follow edges: it is 0.49 (95 % interval, 0.3 to 0.6){on} 0.47, and 0.36 with "
            f"permuted weights, not clearly different {interval}",
            "mass lies on the object": "37.1 % of the mass lies in the central quarter (95 % interval, 33 % to 41 %), "
            f"more than the 25 % of an even map; with permuted weights it is 34.0 %, clearly less {interval}",
        }
        return said.get(words[0], "nothing")


def test_the_line_on_maps_has_the_comparison_with_permuted_weights(results):
    quarter = "37.1 % of the mass lies in the central quarter, more than the 25 % of an even map"
    assert (
        ANSWERS["A4"](Permuted(results))
        == f"In both networks {quarter}, and with permuted weights 34.0 %, clearly less"
    )
    line, _, details = ANSWERS["A5"](Permuted(results)).partition("\n\n")
    edges = "the maps follow edges: it is 0.49, and with permuted weights 0.36, against 0.47 on the same 17 images"
    assert line == f"In both networks {edges}, not clearly different"
    assert details == "Nothing."


def test_an_even_map_over_what_the_network_reads_is_told_where_it_reads_less_than_the_image(results):
    save(results.folder, "stl10", {**COMPARISON, "variants": [entry("d1_shallow", 0.5)], "best": {}}, FACTS)
    file = results.folder / "models/d1_shallow/seed0/architecture.json"
    file.parent.mkdir(parents=True)
    layer = {"kernel": [3, 3], "stride": [1, 1], "padding": [1, 1], "input": [3, 96, 96], "output": [8, 96, 96]}
    file.write_text(json.dumps({"layers": [layer]}))
    even, permuted = "more than the 25 % of an even map", ", and with permuted weights 34.0 %"
    assert f"{even}{permuted}" in ANSWERS["D3"](Permuted(results))
    file.write_text(json.dumps({"layers": [layer | {"padding": [0, 0], "output": [8, 85, 85]}]}))
    read = "(30.4 % of one over what the network reads)"
    assert f"{even} {read}{permuted}" in ANSWERS["D3"](Permuted(results))


def test_guided_backpropagation_is_about_edges_and_about_the_object(results):
    assert ANSWERS["A5"](Mapped(results)) == "In both networks the maps follow edges\n\n40 % is on the object."


def test_an_answer_says_what_validation_chose_among_trials(results):
    means = {"d2_deep": 0.7, "d2_deep_normalised": 0.7, "d2_deep_augmented_2": 0.6}
    variants = [entry(name, mean, splits=("train", "validation", "test")) for name, mean in means.items()]
    variants[2]["title"] = "Deep CNN, trial 2: resized crop [0.7, 1.0]"
    compared = [("d2_deep", "d2_deep_normalised"), *((a, "best(d2_deep_augmented)") for a in list(means)[:2])]
    pairs = [{**COMPARISON["pairs"][0], "a": a, "b": b} for a, b in compared]
    best = {"d2_deep_augmented": {"variant": "d2_deep_augmented_2", "ranking": []}}
    save(results.folder, "stl10", {**COMPARISON, "variants": variants, "pairs": pairs, "best": best}, FACTS)
    told = ANSWERS["D2.2"](Claims(results))
    line, _, details = told.partition("\n\n")
    assert line.startswith("on test, normalised input +30.0 points") and " and augmentation besides +30.0" in line
    kept = "Validation would keep “D2_Deep_Normalised” (70.0 %), not “Deep CNN, trial 2” (60.0 %). “D2_Deep_Normal"
    assert details.startswith(kept)
    assert details.endswith(" Chosen on validation: resized crop [0.7, 1.0].")


class Standing(Claims):
    """A run in which fine-tuned networks stand somewhere beside the frozen one."""

    def __init__(self, results, **stand):
        super().__init__(results)
        self.stand = stand

    def stands(self, study, variant, bases):
        return self.stand[variant]

    def gained(self, study, a, b):
        return "+1"

    def entry(self, study, variant):
        return {**entry(variant, 0.5), "best_epoch": 2, "epochs": 3}

    def budgets(self, study, variant, *bases):
        return ""


@pytest.mark.parametrize(
    ("block", "every", "lead"),
    [
        ("on test above X", "on test above X", "either way on test above X: against “C1G_Frozen” ("),
        ("on test above X", "on test below X", "with the last block trained on test above X and with all of them "),
        (
            "on test above X",
            "",
            "against “C1G_Frozen” (50.0 % [49.0, 51.0] on validation) “C1H_Last_Block” +1, “C1H_All” +1",
        ),  # a comparison is void
    ],
)
def test_fine_tuning_is_concluded_on_before_its_figures(results, block, every, lead):
    assert ANSWERS["C1h"](Standing(results, c1h_last_block=block, c1h_all=every)).startswith(lead)


def test_data_sets_are_named_by_their_titles(results):
    audit = {
        "duplicates": {"exact": 1, "near": 2, "leaked": {"validation": {"share": 0.0}, "test": {"share": 0.05}}},
        "composition": {"balance": {"ratio": 3.0}},
    }
    (results.folder / "audit" / "cifar10").mkdir(parents=True)
    (results.folder / "audit" / "cifar10" / "audit.json").write_text(json.dumps(audit))
    assert ANSWERS["X4"](Claims(results, datasets={"cifar10": "CIFAR-10"})) == (
        "Duplicate pairs found by search: 3; held-out images with a copy in training: 5.00 % in CIFAR-10; the largest "
        "class has at most 3 times the images of the smallest, in CIFAR-10"
    )
