import numpy as np
import pytest
from scipy import stats

from cnnatlas.interpretation.reliability import intervals
from cnnatlas.interpretation.reliability.sentences import (
    _widened,
    conclusion,
    end_sentence,
    faithfulness_sentence,
    localisation_sentence,
    randomisation_sentence,
    rows,
    sentences,
    than_gradient_sentence,
)
from reliability_results import around, assessments, than

THREE = ["gradient", "grad_cam", "occlusion"]


def test_a_difference_is_claimed_only_where_its_interval_leaves_zero_out():
    found = assessments(THREE)
    for method, difference in zip(THREE, (0.11, 0.09, -0.11), strict=True):
        found[method]["localisation"]["iou"]["centre_box"]["than"] = than(difference)
    said = localisation_sentence(found, "iou")
    assert said == (
        "IoU on 24 images: better than the centre box: gradient, worse than the centre box: occlusion, no "
        "difference from the centre box shown for Grad-CAM; better than the edges: gradient, Grad-CAM and occlusion."
    )


def test_the_conclusion_names_who_passes_which_kind_of_test_and_who_passes_all():
    found = assessments(THREE)
    found["gradient"]["randomisation"]["verdict"] = "undecided"
    found["occlusion"]["faithfulness"]["deletion"]["than"] = than(-0.2)
    assert conclusion(found) == (
        "Conclusion, by intervals that hold for all methods together: of these methods, none of 3 passes every test: 3 "
        "are undecided; none finds the object better than a centre box by some measure and worse by none (all "
        "undecided); none orders pixels better than chance by deletion and insertion: by deletion better with "
        "occlusion, undecided with gradient and Grad-CAM; by insertion undecided with all; Grad-CAM and occlusion pass "
        "the randomisation of the upper layers (undecided: gradient)."
    )
    found["occlusion"]["faithfulness"]["insertion"]["than"] = than(0.2)
    found["occlusion"]["localisation"]["energy"]["centre_box"]["than"] = than(0.2)
    said = conclusion(found)
    assert (
        "occlusion finds the object" in said and "occlusion orders" in said and "(undecided: gradient and Grad" in said
    )
    assert ": of these methods, occlusion passes every test: 2 are undecided; " in said and sentences(found)[0] == said
    found["grad_cam"]["randomisation"]["verdict"] = "fails"
    assert conclusion(found).endswith("of the upper layers (failing: Grad-CAM; undecided: gradient).")
    found["grad_cam"]["faithfulness"]["deletion"]["than"] = than(0.2)  # worse than chance: not undecided
    assert "occlusion passes every test: 1 fails at least one, 1 is undecided; " in conclusion(found)
    without = assessments(THREE, masks=False)
    assert "none of 3 passes every test that could be made: 3 are undecided; none orders pixels" in conclusion(without)
    assert conclusion(without).endswith("; localisation is not tested, as the objects' outlines are not known.")


def test_who_is_decidedly_worse_than_chance_is_named_with_the_area_and_who_is_better():
    found = assessments(["gradient", "smooth_grad", "integrated_gradients", "cam"], masks=False)
    found["integrated_gradients"]["faithfulness"]["deletion"]["than"] = than(0.2)
    for result in found.values():
        result["faithfulness"]["insertion"]["than"] = than(0.3)
    assert (
        ": of these methods, none of 4 passes every test that could be made: 1 fails at least one, 3 are undecided; "
        "none orders pixels better than chance by deletion and insertion: by deletion worse with integrated gradients "
        "(+0.200), undecided with all but integrated gradients; by insertion better with all; gradient,"
    ) in conclusion(found)
    for result in found.values():
        result["faithfulness"]["deletion"]["than"] = than(-0.2)
    assert "better than chance by deletion and insertion; gradient, SmoothGrad" in conclusion(found)
    assert "CAM pass every test that could be made; gradient, SmoothGrad" in conclusion(found)


def test_whose_randomisation_is_undecided_is_named_though_the_same_are_excepted():
    found = assessments(masks=False)
    for method in ("integrated_gradients", "guided_backpropagation"):
        found[method]["randomisation"]["verdict"] = "undecided"
    two = "integrated gradients and guided backpropagation"
    assert f"all but {two} pass the randomisation of the upper layers (undecided: {two})" in conclusion(found)


def test_orders_of_pixels_say_nothing_where_removing_all_does_not_lower_the_score():
    found = assessments(THREE)
    for result in found.values():
        result["faithfulness"]["deletion"]["random"]["curve"] = [0.1] * 8 + [0.2]
    said = conclusion(found)
    assert "orders" not in said and "removing all pixels does not lower the true class's score." in said
    assert not any(text.startswith(("Deletion", "Insertion")) for text in sentences(found))


def test_a_method_that_is_worse_by_a_measure_does_not_find_the_object():
    found = assessments(THREE)
    found["occlusion"]["localisation"]["iou"]["centre_box"]["than"] = than(0.3)
    assert "occlusion finds the object better" in conclusion(found)
    found["occlusion"]["localisation"]["energy"]["centre_box"]["than"] = than(-0.3)
    assert "none finds the object better" in conclusion(found)


def test_a_smaller_area_is_better_for_deletion_and_worse_for_insertion():
    found = assessments(["gradient", "cam"])
    for game in ("deletion", "insertion"):
        found["cam"]["faithfulness"][game]["than"] = than(-0.2)
    assert faithfulness_sentence(found, "deletion") == (
        "Deletion on 24 images: the score falls faster than in random order with CAM, no difference from random order "
        "shown for gradient."
    )
    assert "the score rises more slowly than in random order with CAM" in faithfulness_sentence(found, "insertion")


def test_randomisation_names_who_fails_with_the_shares():
    found = assessments(THREE)
    found["gradient"]["randomisation"] |= {"verdict": "fails"}
    found["gradient"]["randomisation"]["rank"]["kept"]["value"] = 0.84
    said = randomisation_sentence(found)
    assert said.startswith(
        "With the last 7 of 13 layers randomised (8 images), gradient (84 % and 20 %) keeps more than"
    )
    assert "fails; Grad-CAM (20 % and 20 %) and occlusion (20 % and 20 %) keep less than half and pass" in said
    assert "undecided" not in said


def test_more_than_the_gradient_keeps_only_what_lies_apart():
    found = assessments(("gradient", "guided_backpropagation", "smooth_grad"))
    assert than_gradient_sentence(found).endswith("below those of no other method.")
    found["guided_backpropagation"]["randomisation"]["rank"]["kept"] = around(0.39)  # from 0.29; the gradient's to 0.3
    assert "no other method" in than_gradient_sentence(found)
    found["guided_backpropagation"]["randomisation"]["rank"]["kept"] = around(0.41)
    said = than_gradient_sentence(found)
    assert said == (
        "Of the plain gradient (20 % and 20 % kept) the intervals lie below those of guided backpropagation "
        "(41 % and 20 %) by rank correlation."
    )
    found["guided_backpropagation"]["randomisation"]["ssim"]["kept"] = around(0.5)
    assert than_gradient_sentence(found).endswith("guided backpropagation (41 % and 50 %) by both measures.")


def test_the_end_counts_only_where_both_measures_see_it():
    found = assessments(THREE)
    assert "no method's maps" in end_sentence(found)
    found["grad_cam"]["randomisation"]["rank"]["end"] = than(0.3)
    assert "no method's maps" in end_sentence(found)
    found["grad_cam"]["randomisation"]["ssim"]["end"] = than(0.3)
    assert "maps of Grad-CAM are still" in end_sentence(found)


def test_rows_hold_every_method_and_what_knows_nothing():
    table = rows(assessments(THREE))
    assert [row["method"] for row in table] == [
        "gradient",
        "Grad-CAM",
        "occlusion",
        "centre box",
        "edges",
    ]
    assert len({tuple(row) for row in table}) == 1
    assert table[0]["kept, SSIM"] == "20 % [10, 30]"
    assert table[0]["deletion"] == "0.000 [−0.100, 0.100]" and table[3]["IoU"] == "0.60"


def test_without_masks_nothing_is_said_of_the_object():
    found = assessments(THREE, masks=False)
    assert len(sentences(found)) == 6 and len(sentences(assessments(THREE))) == 9
    assert "IoU" not in rows(found)[0] and len(rows(found)) == 3


def test_of_many_methods_those_are_named_that_fail():
    found = assessments()
    found["guided_backpropagation"]["randomisation"]["verdict"] = "fails"
    assert "; all but guided backpropagation pass the randomisation of the upper layers" in conclusion(found)


def test_what_one_of_many_comparisons_shows_alone_is_no_conclusion():
    """Alone, the interval leaves zero out; with those of all methods and measures it does not."""
    found = assessments(THREE)
    found["occlusion"]["localisation"]["iou"]["centre_box"]["than"] = {"difference": 0.1, "low": 0.01, "high": 0.19}
    assert "none finds the object better than a centre box" in conclusion(found)
    found["occlusion"]["localisation"]["iou"]["centre_box"]["than"] = {"difference": 0.3, "low": 0.21, "high": 0.39}
    assert "occlusion finds the object better than a centre box by some measure and worse by none" in conclusion(found)


def test_a_widened_interval_is_the_t_interval_of_that_level():
    values = np.random.default_rng(0).normal(0.1, 0.3, 12)
    for ends in (None, (-1, 1)):
        found = intervals.difference(values, np.zeros(12), ends)
        all_of_them = np.append(values, ends) if ends else values
        level = 1 - 0.05 / 21
        expected = stats.ttest_1samp(all_of_them, 0).confidence_interval(level)
        assert _widened(found, 12, 21, len(ends or ())) == pytest.approx((expected.low, expected.high))
