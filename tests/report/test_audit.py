import shutil
from pathlib import Path

import numpy as np
import pytest

from cnnatlas.audit.dataset import audit as audit_of_data
from cnnatlas.files import write_json
from cnnatlas.report import audit


def share(n, correct):
    return {"n": n, "correct": correct, "accuracy": correct / n, "wilson": [0.1, 0.9]}


COPIED = {"split": "test", "all": share(100, 80), "trained": 2000, "leaked": 50, "decided": True, "same_classes": None}


def test_accuracy_with_and_without_copies_that_the_network_was_trained_on():
    same = {"n": 40, "accuracy": 0.9, "others": 0.7, "drawn": [0.6, 0.8]}
    accuracy = COPIED | {"without": share(60, 45), "copies": share(40, 35), "same_classes": same}
    assert audit.accuracy_sentence(accuracy, "“Net”", 0) == (
        "“Net” (seed 0) has an accuracy of 80.00 % [10.00, 90.00] on the 100 test images. Of the 50 images with a "
        "duplicate in training, 40 have it among the 2,000 images that this network was trained on: without these the "
        "accuracy is 75.00 % [10.00, 90.00], a change of −5.00 points. On them it is 90.0 %, on others of their "
        "classes 70.0 %: outside the 60.0 % to 80.0 % that 95 % of random draws from these classes have."
    )
    assert "within the" in audit.accuracy_sentence(accuracy | {"same_classes": same | {"accuracy": 0.75}}, "“Net”", 0)
    fewer = audit.accuracy_sentence(accuracy | {"same_classes": same | {"n": 31}}, "“Net”", 0)
    assert " On the 31 of them whose class has others it is 90.0 %" in fewer


@pytest.mark.parametrize(
    ("accuracy", "words"),
    [
        (None, "No trained network is named"),
        (
            COPIED | {"without": share(9, 8), "copies": None},
            "none of the 50 images with a duplicate in training has it",
        ),
        (COPIED | {"leaked": 0, "without": share(9, 8), "copies": None}, "none of them has a duplicate in training: "),
        (
            COPIED | {"leaked": 1, "without": share(9, 8), "copies": None},
            "; the one image with a duplicate in training does not have it among the 2,000 images",
        ),
        (COPIED | {"without": None, "copies": share(9, 8)}, "and no others are left"),
        (
            COPIED | {"without": share(9, 8), "copies": share(9, 8), "decided": False},
            "9 images are too few to tell",
        ),
        (
            COPIED | {"leaked": 1, "without": share(99, 80), "copies": share(1, 0), "decided": False},
            "The one image with a duplicate in training has it among the 2,000 images that this network was trained "
            "on: without it the accuracy",
        ),
    ],
)
def test_accuracy_where_nothing_can_be_compared(accuracy, words):
    assert words in audit.accuracy_sentence(accuracy, "“Net”", 0)


def test_copies_are_told_with_what_random_draws_have():
    same = {"n": 40, "accuracy": 0.9, "others": 0.7, "drawn": [0.6, 0.8]}
    moved = COPIED | {"without": share(60, 45), "copies": share(40, 35), "same_classes": same}
    alike, few = moved | {"same_classes": same | {"accuracy": 0.7}}, COPIED | {"decided": False, "without": share(9, 8)}
    assert audit.copies_sentence({"A": moved, "B": alike, "C": few, "D": None}) == (
        "Leaving out those whose copy an audited network was trained on changes its accuracy by −5.00 points on A, "
        "where its accuracy on them is above what random draws from their classes have; by −5.00 points on B, where "
        "its accuracy on them is within what random draws from their classes have. Of the images of C with a copy in "
        "training, too few have it among those that the audited network was trained on to tell what copies add."
    )
    assert audit.copies_sentence({"A": None, "B": COPIED | {"without": None}}) == ""


def test_equal_labels_are_evidence_only_where_other_pairs_have_them_less_often():
    found, unlike = {"pairs": 90, "share": 0.989}, {"pairs": 900, "share": 0.988}
    same = {"one_label": {"found": found, "unlike": unlike, "tells": False}}
    assert audit.trust_sentence(same).endswith(": equal labels do not tell duplicates from other pairs here.")
    same["one_label"]["tells"] = True
    assert audit.trust_sentence(same).endswith("with little detail in common.")
    same["one_label"]["tells"] = None
    few = ": too few pairs to say whether equal labels tell duplicates from others."
    assert audit.trust_sentence(same).endswith(few)


def test_no_pairs_are_said_to_be_none():
    found = {
        "compared": 3, "exact": 0, "near": 0, "only_by_features": 0,
        "one_label": {"found": {"pairs": 0, "share": None}, "unlike": {"pairs": 0, "share": None}},
    }  # fmt: skip
    assert audit.pairs_sentence(found) == "Of 3 pairs compared closely, none is a duplicate."
    assert audit.trust_sentence(found) == ""


def test_photographs_of_two_classes():
    between = {"Faces / Faces_easy": 435, **{str(k): 1 for k in range(6)}}
    text = audit.photographs_sentence({"shared": 441, "between": between, "parted": 0})
    assert "435 in Faces / Faces_easy" in text and "2 in others" in text and "keeps all of them together" in text
    assert audit.photographs_sentence({"shared": 1, "between": {"a / b": 1}, "parted": 0}).startswith(
        "1 picture is known"
    )
    assert "parts 3 of them" in audit.photographs_sentence({"shared": 441, "between": between, "parted": 3})


def test_suspected_label_errors():
    found = {
        "images": 2, "share": 0.02, "accuracy": 0.9, "splits": {"train": {"images": 2, "of": 100}},
        "between": [{"class": "sea_horse", "suggested": "crab", "images": 2}],
    }  # fmt: skip
    text = audit.label_sentence(found, "“Net”")
    assert "2 labels are suspected errors (2.0 %): 2 of 100 in training. Most often: sea horse → crab (2)." in text
    assert "none is named" in audit.label_sentence(None, None)


def test_the_calibration_says_what_is_found_where():
    found = {
        "planted": {"images": 3, "of": 4, "share": 0.75, "wilson": [0.301, 0.954]},
        "splits": {
            "train": {"images": 3, "of": 3, "share": 1.0, "wilson": [0.4, 1]},
            "validation": {"images": 0, "of": 1, "share": 0.0, "wilson": [0, 0.8]},
            "test": {"images": 0, "of": 0},
        },
        "others": {"images": 2, "of": 76, "share": 2 / 76},
    }
    text = audit.calibration_sentence(found)
    assert "4 labels drawn at random were replaced" in text
    assert "3 of them are suspected, 75 % (95 % interval 30 to 95; 100 % of 3 in training and 0 % of 1 in valid" in text
    assert "2.6 % of the labels left as they are. Of all suspected labels" in text
    assert text.endswith(
        "Of all suspected labels 60.0 % are planted ones, 12.0 times their share of all labels, 5.0 %: the list spares "
        "work."
    )
    found["others"] = {"images": 38, "of": 76, "share": 0.5}
    assert "this list tells nothing" in audit.calibration_sentence(found)  # 50 % are within 30 to 95 %


def test_a_list_of_nearly_all_labels_is_of_little_use_however_many_planted_errors_it_holds():
    found = {
        "planted": {"images": 57, "of": 57, "share": 1.0, "wilson": [0.937, 1.0]},
        "splits": {"train": {"images": 57, "of": 57, "share": 1.0, "wilson": [0.937, 1.0]}},
        "others": {"images": 1004, "of": 1084, "share": 1004 / 1084},
    }
    text = audit.calibration_sentence(found)
    assert "5.4 % are planted ones, 1.1 times their share of all labels, 5.0 %: not clearly 2 times, where such" in text


def test_how_uneven_classes_are_is_said_of_each_data_set():
    balances = {"Caltech": {"ratio": 5.0}, "STL-10": {"ratio": 1.0}, "CIFAR-10": {"ratio": 1.0}}
    assert audit.balance_sentence(balances) == (
        "The largest class is 5.0 times the smallest in Caltech. All classes are of one size in STL-10 and CIFAR-10."
    )


def test_drawn_labels_are_said_to_be_right_for_every_data_set(results, shown):
    found = {
        "images": 0, "share": 0.0, "accuracy": 0.9, "splits": {}, "between": [],
        "calibration": {
            "planted": {"images": 0, "of": 1, "share": 0.0, "wilson": [0.0, 0.8]}, "splits": {"train": {"images": 0,
            "of": 1, "share": 0.0}}, "others": {"images": 0, "of": 9, "share": 0.0},
        },
    }  # fmt: skip
    for name in ("one", "two"):
        write_json(Path(f"results/tiny/audit/{name}/audit.json"), {"label_errors": found, "features": "net"})
        audit.Audit(results, name, {"title": name, "drawn": True, "networks": {"net": "Net"}}).label_errors()
    said = [output["data"]["text/markdown"] for output in shown]
    assert sum("From the features of “Net”, which" in text for text in said) == 2
    assert sum("here are drawn, and have the labels that they were drawn for" in text for text in said) == 2


@pytest.mark.parametrize(
    ("origin", "where"), [("folder", "folder"), ("mirror", "mirror’s archive"), ("upstream", "archive")]
)
def test_a_folder_of_images_has_a_section_without_terms_or_features(results, shown, origin, where):
    images = np.random.default_rng(0).integers(0, 256, (12, 28, 28, 3), np.uint8)
    items = [
        {"id": f"{k % 2}/{k}.png", "class": str(k % 2), "label": str(k % 2), "group": str(k), "partition": "",
         "grey": "0", "width": "28", "height": "28"}
        for k in range(12)
    ]  # fmt: skip
    record = {"classes": ["0", "1"], "size": [28, 28], "skipped": [], "mean": [0.5] * 3, "std": [0.1] * 3,
              "provenance": {"origin": origin}}  # fmt: skip
    split = {"train": np.arange(8), "validation": np.arange(8, 12)}
    folder = Path("results/tiny/audit/digits")
    found, pairs, errors = audit_of_data(images, items, record, split, None, None)
    assert (pairs, errors) == ([], [])
    write_json(folder / "audit.json", {**found, "features": None, "variant": None, "seed": None})
    shutil.copy("results/tiny/gallery.png", folder / "samples.png")
    shutil.copy("results/tiny/curves.svg", folder / "similarity.svg")
    facts = {"title": "Digits", "drawn": False, **dict.fromkeys(("citation", "homepage", "licence", "problems"))}
    audit.Audit(results, "digits", facts).section("Drawn by hand.")
    texts = "\n".join(str(output["data"]) for output in shown)
    assert "## Digits {#sec-data-digits}" in texts and "Drawn by hand." in texts
    assert f"width, height in the {where} " in texts
    assert texts.count("not stated") >= 3 and "none is named for this data set" in texts


def test_an_audited_network_has_the_marks_of_its_flags(results, shown):
    section = object.__new__(audit.Audit)
    section.results, section.facts = results, {"networks": {"net": "Net", "published": "Published"}}
    file = results.folder / "evaluation/net/seed0/metrics.json"
    file.parent.mkdir(parents=True)
    write_json(file, {"flags": [{"flag": "undertrained", "sentence": "So."}]})
    assert [section._named(name) for name in ("net", "published", None)] == ["“Net” †", "“Published”", None]
