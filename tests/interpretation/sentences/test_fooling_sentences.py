"""The words on fooling images: what is counted, and that the verdicts follow from the numbers."""

import numpy as np
import pytest
from scipy import stats

from cnnatlas.interpretation.sentences.fooling import NO_SECOND, sentence, summarise, summary, transfer_sentence


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


def test_only_images_that_had_to_be_changed_count():
    arrays = results([0, 3, 100, 5], [1, 1, 0, 1], [0, 1.0, 9.0, 2.0], [0, 2 / 255, 0.9, 6 / 255])
    assert summary(arrays) == {
        "already": 1, "tried": 3, "crossed": 2, "survived": 2, "fooled": 2, "margin": 0.1,
        "steps": 4, "l2": 1.5, "l2_largest": 2, "linf": pytest.approx(4), "linf_largest": pytest.approx(6),
    }  # fmt: skip


def test_the_sentence_holds_rate_interval_and_medians():
    text = sentence(summary(results([0, 3, 100, 5], [1, 1, 0, 1], [0, 1, 9, 2], [0, 2 / 255, 0.9, 6 / 255])))
    assert "2 of 3 images (66.7 %, Wilson's 95 % interval 20.8 % to 93.9 %)" in text
    assert "after 4 steps, by a change of L2 norm 1.50 (at most 2.00)" in text
    assert "is 4.0/255 in the median image and 6.0/255 in the most changed one" in text


def test_success_before_rounding_and_its_survival_are_both_reported():
    text = sentence(summary(results([0, 3, 9, 5], [1, 1, 0, 1], survives=[1, 1, 0, 0])))
    assert "climbs the logarithm of the target's softmax score" in text
    assert "Before rounding, the network classifies 2 of 3 images as the target" in text
    assert "after rounding to 8 bits for 1 of 2 images" in text
    assert "at least 0.10 above that of any other class" in text


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        (results([1, 1], [1, 1]), "with all 2 images (100.0 %"),
        (results([1], [1]), "with the one image (100.0 %"),
        (results([9, 9], [0, 0]), "with none of 2 images (0.0 %, Wilson's 95 % interval 0.0 % to 65.8 %)."),
        (results([0, 0], [1, 1]), "nothing to fool"),
        (results([1, 2], [1, 1]), "after 1.5 steps"),
        (results([1, 1], [1, 1]), "after 1 step,"),
    ],
)
def test_the_words_follow_from_the_counts(arrays, expected):
    assert expected in sentence(summary(arrays))


def test_transfer_is_counted_over_the_fooled_images_and_tested_in_pairs():
    arrays = results([0, 4, 9, 2], [1, 1, 0, 1], after=[1, 1, 1, 0], before=[1, 0, 0, 0])
    found = summary(arrays)
    assert (found["transferred"], found["transferred_before"], found["p"]) == (1, 0, 1.0)


def test_mcnemar_is_exact():
    after, before = [1] * 9 + [0] * 11, [0] * 8 + [1] + [1] * 2 + [0] * 9
    found = summary(results([1] * 20, [1] * 20, after=after, before=before))
    assert found["p"] == pytest.approx(2 * stats.binom.cdf(2, 10, 0.5))


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        ([1] * 8, [0] * 8, "all 8 fooling images as the target (100.0 %, 67.6 % to 100.0 %), and none of their "
         "originals: more often than without the change (exact p = 0.008)."),
        ([0] * 8, [1] * 8, "none of 8 fooling images as the target (0.0 %, 0.0 % to 32.4 %), and 8 of their "
         "originals: less often than"),
        ([1, 1, 0, 0], [0, 0, 0, 0], "2 of 4 fooling images as the target (50.0 %, 15.0 % to 85.0 %), and none of "
         "their originals: nothing shows that what fools the first network fools this one (exact p = 0.500)."),
        ([0] * 4, [0] * 4, "(exact p = 1.000)"),
        ([1] * 20, [0] * 20, "(exact p < 0.001)"),
    ],
)  # fmt: skip
def test_the_verdict_on_transfer_follows_from_the_pairs(after, before, expected):
    found = summary(results([1] * len(after), [1] * len(after), after=after, before=before))
    text = transfer_sentence(found, "The other network")
    assert text.startswith("The other network classifies ") and expected in text


def test_the_second_network_is_named_or_its_absence():
    arrays = results([1], [1], after=[1], before=[0])
    assert summarise(arrays, {}, second="Other")["sentences"][1].startswith("“Other” classifies the one fooling image")
    assert summarise(results([1], [1]), {}, second=None)["sentences"][1] == NO_SECOND
    assert len(summarise(results([1], [0], after=[1], before=[0]), {}, second="Other")["sentences"]) == 1


def test_without_a_second_network_or_a_fooled_image_transfer_is_not_described():
    assert transfer_sentence(summary(results([1], [1])), "It") == ""
    assert transfer_sentence(summary(results([1], [0], after=[1], before=[0])), "It") == ""
