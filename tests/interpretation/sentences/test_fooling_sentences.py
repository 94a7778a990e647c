"""The words on fooling images: what is counted, and that the verdicts follow from the numbers."""

import numpy as np
import pytest

from cnnatlas.interpretation.sentences.fooling import NO_SECOND, sentence, summarise, transfer_sentence
from cnnatlas.interpretation.sentences.fooling import summary as summarised

RECORD = {"images": [{"id": "a"}]}


def results(steps, success, l2=None, linf=None, after=None, before=None, survives=None):
    n = len(steps)
    arrays = {
        "steps": np.array(steps),
        "success": np.array(success, dtype=bool),
        "float_success": np.array(success, dtype=bool),
        "float_survives": np.array(success if survives is None else survives, dtype=bool),
        "margin": np.full(n, 0.1),
        "l2": np.array(l2 or [1.0] * n, dtype=np.float32),
        "linf": np.array(linf or [0.1] * n, dtype=np.float32),
    }
    if after is not None:
        arrays |= {"transfer_success": np.array(after, bool), "transfer_success_before": np.array(before, bool)}
    return arrays


def summary(arrays, originals=None):
    """Of images that are all different, unless said otherwise."""
    return summarised(arrays, [str(i) for i in range(len(arrays["steps"]))] if originals is None else originals)


def test_only_images_that_had_to_be_changed_count():
    arrays = results([0, 3, 100, 5], [1, 1, 0, 1], [0, 1.0, 9.0, 2.0], [0, 2 / 255, 0.9, 6 / 255])
    assert summary(arrays) == {
        "already": 1, "tried": 3, "crossed": 2, "survived": 2, "fooled": 2, "margin": 0.1, "originals": 2,
        "steps": 4, "l2": 1.5, "l2_largest": 2, "linf": pytest.approx(4), "linf_largest": pytest.approx(6),
    }  # fmt: skip


def test_the_sentence_holds_counts_and_medians():
    text = sentence(summary(results([0, 3, 100, 5], [1, 1, 0, 1], [0, 1, 9, 2], [0, 2 / 255, 0.9, 6 / 255])))
    assert "fooled the network for 2 of 3 pairs of image and target, made of 2 images, in the median" in text
    assert "after 4 steps, by a change of L2 norm 1.50 (at most 2.00)" in text
    assert "is 4.0/255 in the median image and 6.0/255 in the most changed one" in text


def test_success_before_rounding_and_its_survival_are_both_reported():
    text = sentence(summary(results([0, 3, 9, 5], [1, 1, 0, 1], survives=[1, 1, 0, 0])))
    assert "climbs the logarithm of the target's softmax score" in text
    assert "Before rounding, the network classifies 2 of 3 changed images as the target" in text
    assert "after rounding to 8 bits for 1 of 2 changed images" in text
    assert "at least 0.10 above that of any other class" in text


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        (results([1, 1], [1, 1]), "for both pairs of image and target, made of 2 images,"),
        (results([1], [1]), "for the one pair of image and target, made of 1 image,"),
        (results([9, 9], [0, 0]), "for none of 2 pairs of image and target."),
        (results([0, 0], [1, 1]), "nothing to fool"),
        (results([1, 2], [1, 1]), "after 1.5 steps"),
        (results([1, 1], [1, 1]), "after 1 step,"),
    ],
)
def test_the_words_follow_from_the_counts(arrays, expected):
    assert expected in sentence(summary(arrays))


def test_transfer_is_counted_over_the_fooled_images():
    arrays = results([0, 4, 9, 2], [1, 1, 0, 1], after=[1, 1, 1, 0], before=[1, 0, 0, 0])
    found = summary(arrays)
    assert (found["transferred"], found["transferred_before"], found["p"]) == (1, 0, None)


def test_the_test_of_transfer_is_over_images_and_not_over_their_targets():
    """Two of eight images that fool with all their four targets are two successes, not eight."""
    after = np.repeat([1, 1, 0, 0, 0, 0, 0, 0], 4)
    found = summary(results([1] * 32, [1] * 32, after=after, before=[0] * 32), np.repeat([*"abcdefgh"], 4))
    assert found["p"] == pytest.approx(0.5)
    few = summary(results([1] * 16, [1] * 16, after=[1] * 16, before=[0] * 16), np.repeat([*"abcd"], 4))
    assert few["p"] is None and "of 4 images, too few for a test, which needs 6." in transfer_sentence(few, "It")


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        ([1] * 8, [0] * 8, "all 8 fooling images as the target (100.0 %), and none of their originals: more often than "
         "without the change (sign-flip test over 8 images, p = 0.008)."),
        ([0] * 8, [1] * 8, "none of 8 fooling images as the target (0.0 %), and 8 of their originals: less often than"),
        ([1, 1, 0, 0, 0, 0], [0] * 6, "2 of 6 fooling images as the target (33.3 %), and none of their originals: "
         "nothing shows that what fools the first network fools this one (sign-flip test over 6 images, p = 0.500)."),
        ([0] * 6, [0] * 6, "p = 1.000)"),
        ([1] * 14, [0] * 14, "p < 0.001)"),
    ],
)  # fmt: skip
def test_the_verdict_on_transfer_follows_from_the_images(after, before, expected):
    found = summary(results([1] * len(after), [1] * len(after), after=after, before=before))
    text = transfer_sentence(found, "The other network")
    assert text.startswith("The other network classifies ") and expected in text


def test_the_second_network_is_named_or_its_absence():
    arrays = results([1], [1], after=[1], before=[0])
    assert summarise(arrays, RECORD, second="Other", second_name="other")["sentences"][1].startswith(
        "“Other” classifies the one fooling image"
    )
    assert summarise(results([1], [1]), RECORD, second=None, second_name=None)["sentences"][1] == NO_SECOND
    assert (
        len(summarise(results([1], [0], after=[1], before=[0]), RECORD, second="Other", second_name="o")["sentences"])
        == 1
    )


def test_without_a_second_network_or_a_fooled_image_transfer_is_not_described():
    assert transfer_sentence(summary(results([1], [1])), "It") == ""
    assert transfer_sentence(summary(results([1], [0], after=[1], before=[0])), "It") == ""
