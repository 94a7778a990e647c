"""The answers of the chapter on the theory of C."""

from collections.abc import Sequence

from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims
from cnnatlas.wording import percent

ANSWERS = Answers()


@ANSWERS.to("C0.1")
def _convolved(claims: Claims) -> str:
    return _rows(claims.value("c0_1"))


def _rows(matrix: Sequence[Sequence[float]]) -> str:
    """A matrix in a line: [45 45; 54 54]."""
    return f"[{'; '.join(' '.join(f'{value:g}' for value in row) for row in matrix)}]"


@ANSWERS.to("C0.2")
def _padded(claims: Claims) -> str:
    return _rows(claims.value("c0_2"))


@ANSWERS.to("C0.3")
def _dilated(claims: Claims) -> str:
    return f"{_rows(claims.value('c0_3'))} with padding 2; without, the kernel does not fit"


@ANSWERS.to("C0.4")
def _matching(claims: Claims) -> str:
    place, found = claims.value("c0_4_place"), claims.value("c0_4_normalised_peak")
    where = "where the template was cut out" if place == found else "elsewhere than where the template was cut out"
    return f"Where the image looks like the filter, the response is large: normalised, greatest {where}"


@ANSWERS.to("C0.5")
def _pyramid(claims: Claims) -> str:
    levels = sum(name.startswith("c0_5_level") and name.endswith("shape") for name in claims.theory)
    return f"Shrink the image, not the window: one template finds a face of another size on each of {levels} levels"


@ANSWERS.to("C0.6")
def _trade(claims: Claims) -> str:
    stages = [claims.value(f"c0_6_{k}") for k in range(3)]
    same = len({products for _, _, products in stages}) == 1
    return (
        "Less of where for more of what: half the resolution and twice the channels halve the values, and "
        f"{'keep' if same else 'change'} the multiply-adds of a 3 × 3 convolution"
    )


@ANSWERS.to("C0.7")
def _size(claims: Claims) -> str:
    return " × ".join(map(str, claims.value("c0_7")))


@ANSWERS.to("C0.8")
def _size_at_stride(claims: Claims) -> str:
    return " × ".join(map(str, claims.value("c0_8")))


@ANSWERS.to("C0.9")
def _bottleneck(claims: Claims) -> str:
    share = claims.value("c0_9_bottleneck") / claims.value("c0_9_wide")
    return f"It multiplies each pixel's channels by one matrix; a bottleneck needs {percent(share, 0)} of the weights"


@ANSWERS.to("C0.10")
def _depth(claims: Claims) -> str:
    fields = [claims.value(f"c0_10_field_{k}") for k in (0, 2)]
    return (
        "Early layers respond to edges and colours, deep ones to parts and objects, as receptive fields grow: "
        f"{fields[0]} pixels after one 3 × 3 layer, {fields[1]} after three"
    )


@ANSWERS.to("C0.11")
def _pooling(claims: Claims) -> str:
    return ", ".join(f"{name} {_rows(rows)}" for name, rows in zip("RGB", claims.value("c0_11"), strict=True))


@ANSWERS.to("C0.12")
def _pooling_for(claims: Claims) -> str:
    before, after = (percent(claims.value(f"c0_12_{name}"), 0) for name in ("before", "after"))
    return (
        f"Smaller maps, some tolerance of shifts: a shift by one pixel changes a map of edges by {before} of its norm, "
        f"pooled by {after}"
    )


ANSWERS.says("C0.13", "More varied images from the same data: harder to memorise; most useful where images are few")
ANSWERS.says("C0.14", "Features learned on much data serve a similar task with little: fewer images and less time")
ANSWERS.says("C0.15", "To protect the pretrained weights against the gradients of a random head, and to save time")
ANSWERS.says("C0.16", "First the head, then the last layers at a learning rate ten to a hundred times lower")
ANSWERS.says("C0.19", "Keep the outputs of one pass, show each channel: what is kept, and which channels are dead")
ANSWERS.says("C0.20", "Gradient ascent on the input maximises a filter: what the filter detects, free of any image")
ANSWERS.says("C0.21", "Maps weighted by the class score's pooled gradients: which places are evidence for a class")


@ANSWERS.to("C0.17")
def _inception(claims: Claims) -> str:
    reduced, full = (sum(claims.value(f"c0_17_{name}")) for name in ("inception", "naive"))
    return f"Several kernel sizes side by side, to choose from; 1 × 1 reductions leave {reduced:,} of {full:,} weights"


ANSWERS.says("C0.18", "Through the identity, gradients reach early layers whole: very deep networks can be trained")
