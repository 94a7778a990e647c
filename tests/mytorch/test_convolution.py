"""The convolution against torch in float64, against its own adjoint, and against finite differences."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnatlas.mytorch import agreement
from cnnatlas.mytorch.convolution import Conv2d

REPEATABLE = settings(max_examples=100, deadline=None, derandomize=True, database=None)
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def pairs(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high))


@st.composite
def problems(draw):
    """A layer with random arguments, an input that it fits, and a gradient of its output; all in float64."""
    groups = draw(st.integers(1, 3))
    channels, out = (groups * draw(st.integers(1, 3)) for _ in range(2))
    kernel, padding, dilation = draw(pairs(1, 4)), draw(pairs(0, 3)), draw(pairs(1, 3))
    arguments = {"kernel_size": kernel, "padding": padding, "dilation": dilation, "groups": groups}
    arguments["stride"] = draw(pairs(1, 4))
    size = draw(pairs(1, 12))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    assume(all(n + 2 * p >= r for n, p, r in zip(size, padding, reach, strict=True)))
    return agreement.problem((draw(st.integers(1, 3)), channels, *size), out, arguments, np.float64)


@pytest.mark.slow
@REPEATABLE
@given(problems())
def test_float64_equals_torch(problem):
    for mine, theirs in zip(agreement.ours(*problem), agreement.torchs(*problem), strict=True):
        np.testing.assert_allclose(mine, theirs, **EXACT)


@REPEATABLE
@given(problems())
def test_backward_is_the_adjoint_of_forward(problem):
    layer, x, y = problem
    output, transposed, _ = agreement.ours(layer, x, y)
    scale = np.linalg.norm(output) * np.linalg.norm(y) + 1
    assert abs(np.vdot(output, y) - np.vdot(x, transposed)) <= 1e-13 * scale


@REPEATABLE
@given(problems(), st.data())
def test_gradients_equal_finite_differences(problem, data):
    """Convolution is linear in x and in the weight, so that central differences are exact but for rounding."""
    layer, x, gradient = problem
    _, of_x, of_weight = agreement.ours(layer, x, gradient)
    for array, expected in ((x, of_x), (layer.weight.value, of_weight)):
        place = tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)
        value, found = array[place], []
        for step in (0.5, -0.5):
            array[place] = value + step
            found.append(np.vdot(layer.forward(x), gradient))
        array[place] = value
        assert found[0] - found[1] == pytest.approx(expected[place], abs=1e-10)


def test_whole_numbers_stand_for_both_axes():
    arguments = {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2}
    layer, x, _ = agreement.problem((2, 3, 9, 11), 4, arguments, np.float64)
    paired, _, _ = agreement.problem((2, 3, 9, 11), 4, {k: (v, v) for k, v in arguments.items()}, np.float64)
    np.testing.assert_array_equal(layer.forward(x), paired.forward(x))


@pytest.mark.parametrize("padding", [0, 1])
def test_rows_that_the_stride_does_not_reach_get_zero_gradient(padding):
    layer, x, gradient = agreement.problem(
        (2, 3, 12, 11), 4, {"kernel_size": 2, "stride": (4, 3), "padding": padding}, np.float64
    )
    _, found, _ = agreement.ours(layer, x, gradient)
    rows = [i for i in range(12) if (i + padding) % 4 >= 2 or i + padding >= 4 * gradient.shape[2]]
    columns = [j for j in range(11) if (j + padding) % 3 >= 2 or j + padding >= 3 * gradient.shape[3]]
    assert rows and columns
    assert (found[:, :, rows] == 0).all() and (found[..., columns] == 0).all()
    assert (np.delete(np.delete(found, rows, 2), columns, 3) != 0).all()


def test_many_images_are_worked_on_in_portions():
    """More than fit the cache at once: the weight's gradient sums over all of them."""
    problem = agreement.problem((70, 8, 16, 16), 8, {"kernel_size": 3, "padding": 1}, np.float64)
    for mine, theirs in zip(agreement.ours(*problem), agreement.torchs(*problem), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-11, atol=1e-11)


def test_arrays_need_not_be_contiguous():
    layer, x, gradient = agreement.problem((4, 6, 8, 8), 4, {"kernel_size": 3, "stride": 2}, np.float64)
    expected = agreement.ours(layer, x, gradient)
    strided = np.zeros((4, 12, 8, 8))
    strided[:, ::2] = x
    layouts = (np.asfortranarray, lambda a: np.ascontiguousarray(a[..., ::-1])[..., ::-1], lambda a: strided[:, ::2])
    for layout in layouts:
        view = layout(x)
        assert not view.flags.c_contiguous
        turned = np.asfortranarray(gradient)
        for mine, plain in zip(agreement.ours(layer, view, turned), expected, strict=True):
            np.testing.assert_array_equal(mine, plain)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(dtype):
    problem = agreement.problem((2, 4, 9, 9), 6, {"kernel_size": 3, "stride": 2, "groups": 2}, dtype)
    assert [array.dtype for array in agreement.ours(*problem)] == [dtype] * 3
    for mine, theirs in zip(agreement.ours(*problem), agreement.torchs(*problem), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-4)


def test_results_are_contiguous_and_inputs_unchanged():
    layer, x, gradient = agreement.problem((2, 3, 8, 8), 4, {"kernel_size": 3, "padding": 1}, np.float64)
    copies = x.copy(), gradient.copy(), layer.weight.value.copy()
    assert all(array.flags.c_contiguous for array in agreement.ours(layer, x, gradient))
    for array, copy in zip((x, gradient, layer.weight.value), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_no_image_is_a_batch_too():
    layer = Conv2d(3, 4, 3, rng=np.random.default_rng(0))
    assert layer.forward(np.zeros((0, 3, 8, 8), np.float32)).shape == (0, 4, 6, 6)
    assert layer.backward(np.zeros((0, 4, 6, 6), np.float32)).shape == (0, 3, 8, 8)
    assert (layer.weight.gradient == 0).all()


def test_initial_weights_keep_the_variance():
    weight = Conv2d(64, 64, 3, rng=np.random.default_rng(0)).weight.value
    assert weight.dtype == np.float32
    assert weight.std() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)


def test_the_tester_covers_all_arguments_and_is_exact():
    assert torch.get_default_dtype() == torch.float32
    rows = list(agreement.examine())
    assert len(rows) == 2 * len(agreement.CASES)
    assert {key for *_, arguments in agreement.CASES for key in arguments} == {
        "kernel_size", "stride", "padding", "dilation", "groups"
    }  # fmt: skip


def test_the_tester_stops_at_a_wrong_convolution(monkeypatch):
    from cnnatlas.errors import AtlasError

    right = Conv2d.backward
    monkeypatch.setattr(Conv2d, "backward", lambda self, gradient: right(self, gradient) + 1e-9)
    with pytest.raises(AtlasError, match=r"1 × 1 kernel.*differs from torch"):
        list(agreement.examine())
