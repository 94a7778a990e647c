"""All figures: complete, inside the canvas, without texts over each other, and the same bytes each time."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.text import Text

from cnnatlas.errors import AtlasError
from cnnatlas.figures import accuracy, confusion, curves, factorial, gains, gallery, pictures, similarity, style, theory
from cnnatlas.interpretation.figures import activation_maximisation as maximisation
from cnnatlas.interpretation.figures import fooling
from cnnatlas.interpretation.reliability import figure as reliability
from reliability_results import assessments
from synthesis_results import fooled, maximised
from theory_results import theory_results

TEN = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]
MANY = [f"crocodile_he{i:03}" if i % 7 == 0 else f"class_{i}" for i in range(101)]


def matrices(classes, per_class, splits=("train", "validation", "test")):
    rng = np.random.default_rng(0)
    shares = 0.6 * np.eye(len(classes)) + 0.4 * rng.dirichlet(np.full(len(classes), 0.2), len(classes))
    return {split: np.stack([rng.multinomial(per_class, row) for row in shares]) for split in splits}


def history(epochs=12, splits=("train", "validation", "test"), seed=0):
    rng = np.random.default_rng(seed)
    columns = {"epoch": np.arange(1.0, epochs + 1)}
    for split in splits:
        columns[f"{split}_loss"] = 2 / columns["epoch"] + rng.random(epochs)
        columns[f"{split}_accuracy"] = 1 - 0.8 / columns["epoch"]
    return columns


def extremes(classes, k=5):
    return [
        {"kind": "wrong", "class": name, "rank": str(rank), "index": str(i), "id": "x",
         "score": f"{0.99 - i / 2000:.4f}", "prediction": classes[(i + 1) % len(classes)]}
        for i, name in enumerate(classes)
        for rank in range(1, k + 1)
    ]  # fmt: skip


def recalls(classes):
    """A confusion matrix whose k-th class has the k-th highest accuracy."""
    right = np.arange(len(classes), 0, -1)
    return np.diag(right) + np.roll(np.diag(len(classes) + 1 - right), 1, axis=1)


def table(n=6):
    return [
        {"title": f"A variant with a rather long title, number {i}", "interval": "t" if i else "Wilson",
         "flags": "undertrained, at chance" if i == 1 else "",
         **{f"{s}_{key}": f"{0.4 + 0.05 * i + d}" for s in ("train", "validation")
            for key, d in (("accuracy", 0), ("low", -0.02), ("high", 0.03))},
         **{f"test_{key}": "" for key in ("accuracy", "low", "high")}}
        for i in range(n)
    ]  # fmt: skip


def changes(classes):
    rows = [
        {"class": name, "images": "9",
         "gain": f"{0.4 - 0.8 * i / len(classes)}", "low": f"{0.3 - 0.8 * i / len(classes)}",
         "high": f"{0.5 - 0.8 * i / len(classes)}", "p": "", "verdict": ""}
        for i, name in enumerate(classes)
    ]  # fmt: skip
    cells = [
        {"class": a, "prediction": b, "images": "9", "change": str(i - 4.5)}
        for i, (a, b) in enumerate(pairwise(classes[:11]))
    ]
    return rows, cells


def pairs(n):
    return [
        {"first": str(i), "second": str(i + 1), "first_id": f"Faces_easy/image_{i:04}", "second_id": f"train/{i}",
         "first_class": "crocodile_head", "second_class": "automobile", "first_split": "validation",
         "second_split": "train", "exact": str(int(i == 0)), "detail": "0.734"}
        for i in range(n)
    ]  # fmt: skip


def test_classes_with_a_verdict_and_confusions_have_the_colour_of_the_better_variant():
    rows, cells = changes(TEN)
    for row, verdict in zip(rows, ("higher", "", "lower"), strict=False):
        row["verdict"] = verdict
    left, right = gains.draw(rows, cells, [2, None]).axes
    dots = [line.get_color() for line in left.lines if line.get_marker() == "o"]
    assert dots[:4] == [style.GREY, style.GREY, style.PALETTE[2], style.GREY]
    bars = [to_hex(bar.get_facecolor()) for bar in right.patches]
    assert [bars[0], bars[-1]] == [style.GREY.lower(), style.PALETTE[2].lower()]


def test_classes_of_few_images_have_no_gain():
    rows, cells = changes(TEN)
    rows[0]["images"] = cells[0]["images"] = "4"
    left, right = gains.draw(rows, cells).axes
    assert "all 9 classes" in left.get_title()
    assert TEN[0] not in {label.get_text() for label in left.get_yticklabels()}
    assert not [label for label in right.get_yticklabels() if label.get_text().startswith(f"{TEN[0]} →")]
    alone = [row | {"images": "4"} for row in rows]
    assert written(gains.draw(alone, cells)) == ["no class has 5 images or more"]


def doubtful(n):
    return [
        {"index": str(i), "id": f"Faces_easy/image_{i:04}", "split": "validation", "class": "electric_guitar",
         "suggested": "crocodile_head", "margin": "-0.934"}
        for i in range(n)
    ]  # fmt: skip


SIMILARITIES = {
    "thresholds": {"thumbnail": 0.92, "detail": 0.5},
    "histogram": {
        "edges": [-1, -0.5, 0, 0.5, 1], "nearest": [0, 3, 900, 20], "one_label": [0, 5, 40, 9],
        "two_labels": [0, 60, 4, 0],
    },
}  # fmt: skip
IMAGES = np.random.default_rng(0).integers(0, 255, (101, 32, 32, 3), dtype=np.uint8)
LONG = [(f"Deep CNN, normalised input and augmentation, number {i}", [history(seed=i)]) for i in range(5)]
RATES = [(f"learning rate {rate}", [history(seed=i), history(seed=i + 9)]) for i, rate in enumerate((1, 0.3, 0.1))]
TRIALS = [
    (f"trial {i}: dropout 0.3, label smoothing 0.12{i}, learning rate 0.0123", [history(seed=i)]) for i in range(1, 9)
]


def crossed(splits=("validation", "test")):
    means = {"neither": 0.52, "first": 0.61, "second": 0.58, "both": 0.63}
    return {
        cell: {split: {"mean": mean, "low": mean - 0.02, "high": mean + 0.02, "interval": "t"} for split in splits}
        for cell, mean in means.items()
    }


PLACES = dict(zip(("neither", "first", "second", "both"), range(4), strict=True))
FACTORS = ["batch normalisation", "Adam instead of SGD"]
FIGURES = {
    "confusion of ten": lambda: confusion.draw(matrices(TEN, 800), TEN),
    "confusion of ten, large counts": lambda: confusion.draw(matrices(TEN, 4500), TEN),
    "confusion of two": lambda: confusion.draw(matrices(["cat", "dog"], 500), ["cat", "dog"]),
    "confusion of many": lambda: confusion.draw(matrices(MANY, 9, ("train", "validation")), MANY),
    "counts of ten": lambda: confusion.draw_counts(matrices(TEN, 4500), TEN),
    "counts of two": lambda: confusion.draw_counts(matrices(["cat", "dog"], 500), ["cat", "dog"]),
    "counts of many": lambda: confusion.draw_counts(matrices(MANY, 9), MANY),
    "curves": lambda: curves.draw([history()], [7]),
    "curves of seeds": lambda: curves.draw([history(seed=0), history(10, seed=1)], [7, 10]),
    "curves of one epoch": lambda: curves.draw([history(1, ("train", "validation"))], [1]),
    "overlay": lambda: curves.overlay(LONG),
    "overlay of many": lambda: curves.overlay([*LONG, *TRIALS]),
    "group": lambda: curves.group(RATES),
    "group of trials": lambda: curves.group(TRIALS),
    "group of one epoch": lambda: curves.group([("learning rate 1", [history(1)])]),
    "factorial": lambda: factorial.draw(FACTORS, crossed(), PLACES),
    "factorial without test": lambda: factorial.draw(FACTORS, crossed(("validation",)), PLACES),
    "gallery of ten": lambda: gallery.draw(extremes(TEN), IMAGES, TEN, recalls(TEN)),
    "gallery of two": lambda: gallery.draw(extremes(["cat", "dog"]), IMAGES, ["cat", "dog"], recalls(["cat", "dog"])),
    "gallery of many": lambda: gallery.draw(extremes(MANY), IMAGES, MANY, recalls(MANY)),
    "gallery of many with one image": lambda: gallery.draw(extremes(MANY, k=1), IMAGES, MANY, recalls(MANY)),
    "fooling": lambda: fooling.draw(*fooled(TEN), "fooling"),
    "fooling of many": lambda: fooling.draw(*fooled(MANY, side=96, success=[i % 2 for i in range(12)]), "fooling"),
    "fooling of one": lambda: fooling.draw(*fooled(TEN, n=1), "fooling"),
    "fooling of none": lambda: fooling.draw(*fooled(TEN, n=2, steps=[0, 0]), "fooling"),
    "maximisation of ten": lambda: maximisation.draw(*maximised(TEN), "activation_maximisation"),
    "maximisation of many": lambda: maximisation.draw(*maximised(MANY, units=20, shown=101), "activation_maximisation"),
    "maximisation of classes": lambda: maximisation.draw(*maximised(TEN, layers=0), "activation_maximisation"),
    "accuracy": lambda: accuracy.draw(table()),
    "accuracy of one": lambda: accuracy.draw(table(1)),
    "gains of ten": lambda: gains.draw(*changes(TEN)),
    "gains of many": lambda: gains.draw(*changes(MANY)),
    **{picture: lambda picture=picture: theory.draw(picture, *theory_results()) for picture in theory.PICTURES},
    "samples of ten": lambda: pictures.samples(IMAGES, np.arange(101) % 10, TEN),
    "samples of many": lambda: pictures.samples(IMAGES, np.arange(101), MANY),
    "duplicates": lambda: pictures.duplicates(pairs(30), IMAGES),
    "no duplicates": lambda: pictures.duplicates([], IMAGES),
    "label errors": lambda: pictures.label_errors(doubtful(30), IMAGES),
    "no label errors": lambda: pictures.label_errors([], IMAGES),
    "similarity": lambda: similarity.draw(SIMILARITIES),
    "reliability": lambda: reliability.draw(assessments()),
    "reliability without masks": lambda: reliability.draw(assessments(masks=False)),
    "reliability of one": lambda: reliability.draw(assessments(["gradient"])),
}


SLOW = ("confusion of ten, large counts", "counts of ten", "counts of two")
EVERY = [
    pytest.param(name, marks=[pytest.mark.xdist_group(f"figure {name}"), *([pytest.mark.slow] if name in SLOW else [])])
    for name in FIGURES  # one worker draws a figure, once for all its tests
]


@pytest.fixture(scope="module", params=EVERY)
def drawn(request):
    figure = FIGURES[request.param]()
    figure.canvas.draw()
    return figure


def texts(figure):
    """Every text that is drawn, with its bounding box in pixels."""
    renderer = figure.canvas.get_renderer()
    hidden = undrawn(figure)
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in shown if text not in hidden]


def undrawn(figure):
    """Labels of ticks beyond an axis, which matplotlib keeps but does not draw."""
    labels = set()
    for axes in figure.findobj(Axes):
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if not low - 1e-9 <= tick.get_loc() <= high + 1e-9]
            labels |= {label for tick in ticks for label in (tick.label1, tick.label2)}
    return labels


@pytest.mark.slow
def test_every_text_lies_on_the_canvas(drawn):
    width, height = drawn.canvas.get_width_height()
    outside = [t for t, box in texts(drawn) if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1]
    assert not outside


def test_no_text_lies_on_another(drawn):
    names, boxes = zip(*texts(drawn), strict=True)
    x0, y0, x1, y1 = np.array([box.extents for box in boxes]).T
    apart = [(low[:, None] + 2 >= high) for low, high in ((x0, x1), (y0, y1))]  # 2 pixels of tolerance
    over = ~(apart[0] | apart[0].T | apart[1] | apart[1].T)
    assert not [(names[i], names[j]) for i, j in zip(*np.nonzero(np.triu(over, 1)), strict=True)]


def printed(figure):
    """The points of a figure's smallest word in the PDF, which shows pictures as `picture` of its layout says."""
    layout = (Path(__file__).parents[2] / "report/style/report.typ").read_text()
    half, whole, shrunk = (
        float(re.search(rf"#let {name} = ([\d.]+)", layout)[1]) for name in ("half-page", "whole-page", "shrunk")
    )
    height = 2.54 * figure.get_figheight()
    scale = min(1, min(whole, max(half, shrunk * height)) / height)
    return scale * min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip())


def test_no_printed_word_is_smaller_than_six_points(drawn):
    assert printed(drawn) >= 6 - 1e-9


def test_figures_fit_a_page(drawn):
    width, height = drawn.get_size_inches()
    assert width == style.WIDTH
    assert height <= style.HEIGHT


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["curves", "accuracy", "gains of ten", "confusion of many", "reliability", *theory.PICTURES]
)
def test_equal_content_is_equal_bytes(name, tmp_path):
    for copy in "ab":
        style.save(FIGURES[name](), tmp_path / f"{copy}.svg")
    content = (tmp_path / "a.svg").read_bytes()
    assert content == (tmp_path / "b.svg").read_bytes()
    assert b"dc:date" not in content


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gallery of two", "samples of ten", "duplicates"])
def test_equal_galleries_are_equal_bytes(name, tmp_path):
    for copy in "ab":
        style.save(FIGURES[name](), tmp_path / f"{copy}.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def written(figure):
    return [text for text, _ in texts(figure)]


def test_confusion_shows_percentages_only_and_counts_have_a_figure_of_their_own():
    counts = {"validation": np.array([[7, 3], [0, 31]])}
    assert {t for t in written(confusion.draw(counts, ["cat", "dog"])) if t.isdigit()} == {"70", "30", "0", "100"}
    assert {t for t in written(confusion.draw_counts(counts, ["cat", "dog"])) if t.isdigit()} == {"7", "3", "0", "31"}


def test_confusion_of_many_is_sorted_by_accuracy_on_validation():
    right = np.random.default_rng(0).permutation(30)
    matrix = np.diag(right) + np.roll(np.diag(30 - right), 1, axis=1)
    figure = confusion.draw({"validation": matrix, "test": matrix[::-1, ::-1]}, [f"c{i}" for i in range(30)])
    drawn = figure.subfigs[0].axes[0].images[0].get_array()
    assert list(np.diag(drawn)) == sorted(np.diag(drawn), reverse=True)
    assert figure.subfigs[0].axes[0].get_yticklabels()[0].get_text() == f"c{right.argmax()}"


def test_a_confusion_that_happened_once_is_no_bar():
    matrix = 9 * np.eye(30, dtype=int)
    matrix[3, 4] = matrix[5, 6] = 1
    shown = written(confusion.draw({"validation": matrix}, [f"c{i}" for i in range(30)]))
    assert not [text for text in shown if " of " in text and "→" in text]
    assert "no two images of a class are taken for one other class, validation" in shown


def test_confusion_of_many_names_the_most_frequent_first():
    matrix = 9 * np.eye(30, dtype=int)
    matrix[3, 4], matrix[5, 6], matrix[8, 9] = 2, 5, 3
    figure = confusion.draw({"validation": matrix}, [f"c{i}" for i in range(30)])
    labels = [label.get_text() for label in figure.subfigs[1].axes[0].get_yticklabels()]
    assert labels == ["c5 → c6", "c8 → c9", "c3 → c4"]
    assert "5 of 14" in written(figure)


def test_confusion_of_many_without_a_mistake():
    assert confusion.draw({"validation": 9 * np.eye(30, dtype=int)}, [f"c{i}" for i in range(30)])


def test_accuracies_of_flagged_variants_are_marked():
    labels = [label.get_text() for label in accuracy.draw(table(3)).axes[0].get_yticklabels()]
    assert [label[-2:] for label in labels] == [" 0", "†‡", " 2"]


def test_a_variant_has_one_colour_in_all_figures_of_its_study():
    row = {"title": "x", "interval": "t", "flags": "", **dict.fromkeys(("test_accuracy", "test_low", "test_high"), "")}
    rows = [row | {f"{s}_{key}": "0.5" for s in ("train", "validation") for key in ("accuracy", "low", "high")}] * 3
    dots = [container.lines[0] for container in accuracy.draw(rows).axes[0].containers]
    overlaid = [line.get_color() for line in curves.overlay(LONG[:3]).axes[0].lines]
    assert [dot.get_color() for dot in dots] == [colour for colour in overlaid for _ in range(2)]
    assert [dot.get_markerfacecolor() for dot in dots[:2]] == ["white", overlaid[0]]


def test_curves_leave_out_the_absent_test_split():
    figure = curves.draw([history(splits=("train", "validation"))], [3])
    assert "test" not in written(figure)
    assert {"training", "validation", "epoch kept"} <= set(written(figure))


def test_diverged_losses_do_not_squash_the_others():
    wild = history(splits=("train", "validation"))
    wild["validation_loss"][5:] = [1e9, np.inf, *[np.nan] * 5]
    figure = curves.overlay([("calm", [history()]), ("calm too", [history(seed=1)]), ("wild", [wild])])
    assert figure.axes[0].get_ylim()[1] < 10
    assert [axes.get_title() for axes in figure.axes] == ["", "", "higher losses left out", ""]


def test_half_of_a_curve_that_is_worse_than_the_others_stays_on_the_axis():
    good, bad = history(80), history(80)
    for column in ("train_loss", "validation_loss"):
        good[column] = np.geomspace(0.3, 0.2, 80)
    bad["train_loss"], bad["validation_loss"] = np.geomspace(0.7, 0.0001, 80), np.linspace(1.0, 1.2, 80)
    figure = curves.overlay([*[("good", [good])] * 4, ("bad", [bad])])
    assert 1.1 <= figure.axes[2].get_ylim()[1] < 2
    bad["validation_loss"] = np.linspace(1e3, 1e6, 80)
    assert curves.overlay([*[("good", [good])] * 4, ("bad", [bad])]).axes[2].get_ylim()[1] < 1


@pytest.mark.parametrize("low", [0.5, 0.1, 0.005, 1e-4, 1e-9])
@pytest.mark.parametrize("networks", [3, 12])
def test_labels_of_a_logarithmic_axis_do_not_overlap(low, networks):
    steep = history()
    steep["train_loss"] = np.geomspace(2.3, low, 12)
    figure = curves.overlay([(f"net {k}", [steep]) for k in range(networks)])
    figure.canvas.draw()
    axes = figure.axes[0]
    bottom, top = axes.get_ylim()
    ticks = [tick for tick in axes.yaxis.get_major_ticks() if bottom <= tick.get_loc() <= top]
    boxes = sorted((tick.label1.get_window_extent() for tick in ticks), key=lambda box: box.y0)
    assert len(boxes) >= 2 and axes.get_yscale() == "log"
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))


def test_losses_just_within_the_axis_are_not_said_to_be_left_out():
    calm, high = history(), history(seed=1)
    usual = curves.BEYOND * np.median([h[f"{s}_loss"].max() for h in (calm, calm) for s in ("train", "validation")])
    for count in (3, 2):
        high["train_loss"] = np.linspace(1.001 * usual, usual / 2, 12)
        figure = curves.overlay([*[("calm", [calm])] * count, ("high", [high])])
        top = figure.axes[0].get_ylim()[1]
        assert top > 1.001 * usual and not any(axes.get_title() for axes in figure.axes)


def test_of_one_short_training_no_loss_leaves_the_axis():
    high = history(2, splits=("train", "validation"))
    high["train_loss"], high["validation_loss"] = np.array([4.1, 3.9]), np.array([9.5, 4.0])
    figure = curves.draw([high], [2])
    assert figure.axes[0].get_ylim()[1] > 9.5 and "left out" not in figure.axes[0].get_title()


def test_a_line_whose_end_is_beyond_the_axis_does_not_make_room_for_itself():
    near, far = history(2), history(2)
    near["train_loss"], far["train_loss"] = np.linspace(5.1, 4.4, 2), np.array([36, 4.3])
    near["validation_loss"] = far["validation_loss"] = np.linspace(4.9, 4.5, 2)
    figure = curves.group([("near", [near]), ("far", [far])])
    assert figure.axes[0].get_ylim()[1] < 6
    assert "left out" in figure.axes[0].get_title()


def test_the_first_epochs_of_a_training_stay_on_the_axis():
    steep = history()
    steep["train_loss"], steep["validation_loss"] = (
        np.array([0.09, 0.05, 0.02, 0.01]),
        np.array([0.05, 0.04, 0.03, 0.03]),
    )
    steep["test_loss"] = steep["validation_loss"]
    figure = curves.draw([{key: values[:4] for key, values in steep.items()}], [4])
    assert figure.axes[0].get_ylim()[1] > 0.09 and not figure.axes[0].get_title()


def test_a_text_is_cut_to_its_room_and_its_end_is_kept():
    assert style.cut("short", 1, 6, " 0.93") == "short 0.93"
    cut = style.cut("crocodile head in the water", 1, 6, " 0.93")
    assert cut.startswith("crocodile") and cut.endswith("… 0.93")
    axes = style.canvas(1)
    box = axes.text(1, 0.5, cut, fontsize=6).get_window_extent()
    assert 0.8 < box.width / style.RESOLUTION < 1.02


def test_a_loss_that_falls_to_a_third_is_drawn_on_a_logarithmic_axis_of_two_ticks_or_more():
    steep = history(2, ("train", "validation"))
    for high, low in ((19.2, 4.25), (15.03, 5.01), (6.03, 2.01), (9.03, 3.01)):
        steep["validation_loss"], steep["train_loss"] = np.array([high, low]), np.array([1.1 * low, low])
        axes = curves.draw([steep], [2]).axes[0]
        ticks = [tick for tick in axes.get_yticks() if low <= tick <= high]
        assert axes.get_yscale() == "log" and len(ticks) >= 2


def test_axes_of_losses_are_zoomed_to_the_data_and_logarithmic_over_a_decade():
    near, far = history(), history()
    near["train_loss"], near["validation_loss"] = np.linspace(2.3, 2.1, 12), np.linspace(2.2, 2.0, 12)
    figure = curves.overlay([("near", [near])])
    assert figure.axes[0].get_yscale() == "linear"
    assert figure.axes[0].get_ylim() == figure.axes[2].get_ylim() == pytest.approx((1.985, 2.315))
    far["train_loss"] = np.geomspace(2, 0.01, 12)
    figure = curves.group([("far", [far])])
    figure.canvas.draw()
    assert {axes.get_yscale() for axes in figure.axes} == {"log"}
    assert {"0.01", "0.1", "1"} <= set(written(figure))
    far["train_loss"][-1] = 0
    assert curves.group([("far", [far])]).axes[0].get_yscale() == "linear"


def test_few_lines_are_named_at_their_ends_without_overlap_and_many_in_a_legend():
    few = curves.group(RATES)
    assert not few.legends
    ends = {label: own[0]["validation_loss"][-1] + own[1]["validation_loss"][-1] for label, own in RATES}
    labels = {t.get_text(): t.get_position()[1] for t in few.axes[1].texts}
    assert sorted(labels, key=labels.get) == sorted(ends, key=ends.get)
    assert [t.get_color() for t in few.axes[1].texts] == [style.PALETTE[i] for i in range(3)]
    assert len(curves.group(TRIALS).legends[0].get_texts()) == len(TRIALS)


def ending(*values):
    """Axes with a line for each value, which ends there, and their labels."""
    axes = style.figure(2.4).subplots()
    lines = [axes.plot([1, 2, 3], [0.5, 0.2, value])[0] for value in values]
    style.label_lines(axes, lines, [str(value) for value in values])
    return axes


def test_labels_stand_at_the_ends_of_their_lines_where_they_fit():
    axes = ending(0.9, 0.1)
    for text in axes.texts:
        _, y = axes.transAxes.inverted().transform(axes.transData.transform((3, float(text.get_text()))))
        assert text.get_position()[1] == pytest.approx(y, abs=0.04)
    assert not axes.collections[0].get_segments()


def test_labels_of_panels_that_share_an_axis_go_by_what_both_show():
    rising, falling = history(), history()
    for own, sign in ((rising, 1), (falling, -1)):
        own["train_accuracy"], own["validation_accuracy"] = 0.5 + 0.1 * sign * np.linspace(0, 1, 12), np.full(12, 0.1)
    figure = curves.overlay([("rising", [rising]), ("falling", [falling])])
    axes = figure.axes[1]
    for text, value in zip(axes.texts, (60, 40), strict=True):
        _, y = axes.transAxes.inverted().transform(axes.transData.transform((12, value)))
        assert text.get_position()[1] == pytest.approx(y, abs=0.06)


def test_a_thin_line_leads_to_a_label_that_had_to_move():
    axes = ending(0.9, 0.501, 0.5, 0.499, 0.1)
    ends = [segment[1][1] for segment in axes.collections[0].get_segments()]
    moved = [text.get_position()[1] for text in axes.texts if text.get_text() in ("0.501", "0.499")]
    assert ends == moved and moved[0] > moved[1]


def test_many_variants_stand_in_columns_of_panels_with_shared_axes_and_their_own_colours():
    figure = curves.overlay([(f"variant {i}", [history(seed=i)]) for i in range(10)])
    figure.draw_without_rendering()
    panels = np.array(figure.axes).reshape(4, 2)
    assert [[len(axes.lines) for axes in row] for row in panels] == [[5, 5]] * 4
    for quantity in (panels[:2], panels[2:]):
        assert len({axes.get_ylim() for axes in quantity.flat}) == 1
    colours = [line.get_color() for axes in panels[0] for line in axes.lines]
    assert colours == [style.line(i)[0] for i in range(10)]
    named = [[text.get_text() for text in axes.get_legend().get_texts()] for axes in panels[-1]]
    assert named == [[f"variant {i}" for i in part] for part in (range(5), range(5, 10))]


@pytest.mark.parametrize("letters", [10, 90])
@pytest.mark.parametrize("count", [8, 16])
def test_legends_stay_within_their_figure_and_leave_the_panels_their_height(count, letters):
    figure = curves.overlay([("long " * (letters // 5) + str(i), [history(seed=i)]) for i in range(count)])
    figure.draw_without_rendering()
    width, _ = figure.get_size_inches() * figure.dpi
    boxes = [axes.get_legend().get_window_extent() for axes in figure.axes if axes.get_legend()]
    assert boxes[0].x0 >= 0 and boxes[-1].x1 <= width and min(box.y0 for box in boxes) >= 0
    assert all(one.x1 <= other.x0 for one, other in pairwise(boxes))
    bottom = min(axes.get_window_extent().y0 for axes in figure.axes)
    assert max(box.y1 for box in boxes) < bottom - 0.2 * figure.dpi  # ticks and their label between
    assert min(axes.get_window_extent().height for axes in figure.axes) > 0.5 * figure.dpi


def test_groups_stay_readable_with_short_and_diverged_histories():
    wild, none = history(3), history(0)
    wild["train_loss"][1:] = [1e9, np.inf]
    figure = curves.group([("calm", [history()]), ("wild (diverged)", [wild]), ("none (diverged)", [none])])
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()
    assert figure.axes[0].get_ylim()[1] < 20
    assert {"higher losses left out", "none (diverged)"} <= set(written(figure))
    assert [axes.get_ylabel() for axes in figure.axes] == [
        f"{s} loss (cross-entropy)" for s in ("training", "validation")
    ]


def test_groups_of_nothing_but_diverged_trainings_are_drawn():
    assert curves.group([("a", [history(0)]), ("b", [history(0), history(2)])])


def test_histories_are_read_in_order_and_labels_say_who_diverged(tmp_path):
    header = "epoch,validation_loss\n"
    for name, rows, record in (
        ("a", "1,0.5\n", '{"diverged": null}'),
        ("b", "", '{"diverged": 1}'),
        ("c", "1,2\n", "{}"),
    ):
        (tmp_path / f"{name}.csv").write_text(header + rows)
        (tmp_path / f"{name}.json").write_text(record)
    paths = [[tmp_path / f"{name}.{suffix}" for name in "abc"] for suffix in ("csv", "json")]
    read = curves.read_all([("one", [0, 1]), ("two", [0])], *paths)
    assert [(label, [len(h["epoch"]) for h in histories]) for label, histories in read] == [
        ("one (diverged)", [1, 0]),
        ("two", [1]),
    ]


ODD = ["_hidden", "Costs $5 or $10", "twice", "twice", "last"]


@pytest.mark.parametrize("draw", [curves.overlay, curves.group])
@pytest.mark.parametrize("count", [4, 5])
def test_every_label_has_its_own_line_and_is_written_as_it_is(draw, count):
    own = [history(seed=i) for i in range(count)]
    figure = draw([(label, [each]) for label, each in zip(ODD[:count], own, strict=True)])
    named = figure.legends[0].get_texts() if figure.legends else figure.axes[1].texts
    assert [text.get_text() for text in named] == ODD[:count]
    assert not any(text.get_parse_math() for text in figure.findobj(Text))
    lines = [list(line.get_ydata()) for line in figure.axes[0].lines]
    assert lines == [list(each["train_loss"]) for each in own]


def test_no_figure_holds_mathematics(drawn):
    assert not [text.get_text() for text in drawn.findobj(Text) if "$" in text.get_text() or text.get_parse_math()]


def test_factorial_draws_a_line_for_each_level_of_the_first_factor_and_cells_in_their_variants_colours():
    figure = factorial.draw(["batch normalisation", "dropout"], crossed(("validation",)), PLACES | {"both": None})
    lines = [line for line in figure.axes[0].lines if line.get_color() == style.GREY and len(line.get_ydata()) == 2]
    assert [[round(float(y), 6) for y in line.get_ydata()] for line in lines] == [[52, 58], [61, 63]]
    cells = [container.lines[0].get_color() for container in figure.axes[0].containers]
    assert cells == [style.PALETTE[0], style.PALETTE[2], style.PALETTE[1], style.GREY]
    shown = {text.replace("\n", " ") for text in written(figure)}
    assert {"without batch normalisation", "with batch normalisation", "without dropout"} <= shown


def test_gallery_of_many_shows_the_most_and_the_least_accurate_classes_that_fill_a_row():
    rows = [row for row in extremes(MANY) if row["class"] not in (MANY[1], MANY[100])]
    rows = [row for row in rows if row["class"] != MANY[2] or row["rank"] == "1"]
    figure = gallery.draw(rows, IMAGES, MANY, recalls(MANY))
    shown = written(figure)
    titles = {f"10 {word} accurate of 98 classes with 3 such images" for word in ("most", "least")}
    assert titles <= set(shown)
    few = gallery.draw(extremes(MANY[:15], k=1), IMAGES, MANY, recalls(MANY))
    assert "5 least accurate of 15 classes with such an image" in written(few)
    named = [" ".join(t.split()[:-2]) for t in shown if t.endswith(" %")]
    assert named == [style.readable(name) for name in (MANY[0], *MANY[3:12], *MANY[90:100])]
    assert len(figure.axes[0].images) == 20 * 3


def test_a_class_without_an_image_takes_a_line_of_a_gallery_and_no_row():
    whole, sparse = (
        gallery.draw(extremes(shown), IMAGES, TEN, recalls(TEN)).get_figheight() for shown in (TEN, TEN[:3])
    )
    assert sparse < 0.6 * whole


def test_rows_of_a_gallery_are_filled_as_far_as_the_classes_allow():
    assert gallery.filling({str(i): 5 for i in range(30)}) == ([str(i) for i in range(30)], 3)
    assert gallery.filling({str(i): i % 3 for i in range(30)}) == ([str(i) for i in range(30) if i % 3], 1)
    assert gallery.filling({str(i): int(i == 4) for i in range(30)}) == (["4"], 1)
    assert "there is no such image" in written(gallery.draw([], IMAGES, MANY, recalls(MANY)))


def test_gallery_says_where_a_class_has_no_image():
    rows = [row for row in extremes(TEN) if row["class"] != "cat"]
    assert written(gallery.draw(rows, IMAGES, TEN, recalls(TEN))).count("none") == 1


def test_gallery_gives_predictions_of_mistakes_only():
    rows = extremes(["cat", "dog"], k=1)
    rows[0]["prediction"] = "cat"
    shown = written(gallery.draw(rows, IMAGES, ["cat", "dog"], recalls(["cat", "dog"])))
    assert "0.990" in shown
    assert any(text.startswith("→ cat 0.9") for text in shown)


def test_an_unknown_picture_is_refused():
    with pytest.raises(AtlasError, match="picasso: no such picture"):
        theory.draw("picasso", {}, {})


@pytest.mark.parametrize(("classes", "columns"), [(20, 10), (101, 8)])
def test_images_of_many_classes_stand_in_rows_that_leave_few_places_empty(classes, columns):
    labels = np.arange(101) % classes
    drawn = pictures.samples(IMAGES, labels, MANY[:classes]).axes[0].images
    assert len({round(image.get_extent()[0], 3) for image in drawn}) == columns


def test_duplicates_reach_from_the_most_to_the_least_similar():
    shown = written(pictures.duplicates(pairs(30), IMAGES))
    assert "equal pixels" in shown
    assert len([text for text in shown if "image_0029" in text]) == 1
    assert len([text for text in shown if text.startswith("similarity")]) == pictures.PAIRS - 1


@pytest.mark.slow
def test_reliability_draws_every_method_at_its_value_and_the_null_at_zero():
    found = assessments(["gradient", "occlusion"])
    figure = reliability.draw(found)
    pointing, *_, alone = figure.findobj(Axes)
    points = [container.lines[0].get_xdata()[0] for container in pointing.containers]
    assert points == [result["localisation"]["pointing"]["value"] for result in found.values()]
    assert {"gradient", "occlusion", "centre box", "random order"} <= set(written(figure))
    null = found["gradient"]["randomisation"]["ssim"]
    expected = [(p["value"] - null["null"]["value"]) / (1 - null["null"]["value"]) for p in null["independent"]]
    np.testing.assert_allclose(alone.lines[0].get_ydata(), expected)


@pytest.mark.slow
def test_reliability_is_zoomed_to_its_values_and_shares_the_axis_of_similarity():
    found = assessments(["gradient", "occlusion"])
    for result in found.values():
        result["localisation"]["iou"] |= {"value": 0.3, "low": 0.28, "high": 0.33}
        for baseline in ("centre_box", "edges"):
            result["localisation"]["iou"][baseline] = {"value": 0.35}
    axes = reliability.draw(found).axes
    low, high = axes[2].get_xlim()
    assert 0.27 < low < 0.28 and 0.35 < high < 0.36
    assert len({panel.get_ylim() for panel in axes[-4:]}) == 1


def test_a_method_has_the_colour_of_its_number_in_every_figure():
    found = assessments(["gradient", "occlusion"])
    found["occlusion"]["colour"] = 6
    pointing, *_ = reliability.draw(found).findobj(Axes)
    colours = [container.lines[0].get_color() for container in pointing.containers]
    assert colours == [style.PALETTE[0], style.PALETTE[6]]
