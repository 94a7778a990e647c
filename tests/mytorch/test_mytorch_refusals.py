"""Wrong arguments: a ValueError that names what was expected and what was given."""

import re

import numpy as np
import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.mytorch import refusals
from cnnatlas.mytorch.layers import Linear
from cnnatlas.mytorch.losses import CrossEntropy

# what each message must say: the part at fault, the expected and the given
NAMED = {
    "input without a batch axis": "input: expected 4 axes .*given 3, shape (3, 8, 8)",
    "input with other channels": "channels: expected 3, given 5",
    "channels last": "channels: expected 3, given 8",
    "input of integers": "dtype: expected float32 or float64, given uint8",
    "input in another precision than the weight": "dtype: expected float64, given float32",
    "kernel larger than the padded input": "(5, 5), given (4, 10)",
    "dilated kernel larger than the input": "(9, 9), given (8, 8)",
    "backward before forward": "expected a forward pass before it, given none",
    "gradient of another size": "gradient shape: expected (2, 4, 6, 6), given (2, 4, 8, 8)",
    "gradient with other channels": "gradient shape: expected (2, 4, 6, 6), given (2, 3, 6, 6)",
    "gradient in another precision": "gradient dtype: expected float32, given float64",
    "groups that do not divide the input channels": "in_channels: expected a multiple of groups = 2, given 3",
    "groups that do not divide the output channels": "out_channels: expected a multiple of groups = 3, given 4",
    "no groups": "groups: expected an integer of at least 1, given 0",
    "stride 0": "stride: expected .*at least 1, given 0",
    "strides of three axes": "stride: expected .*pair.*given (1, 1, 1)",
    "half a pixel of padding": "padding: expected an integer.*given 0.5",
    "negative padding": "padding: expected .*at least 0, given (0, -1)",
    "dilation 0": "dilation: expected .*at least 1, given 0",
    "kernel of size 0": "kernel_size: expected .*at least 1, given (3, 0)",
    "pooling window larger than the input": "(4, 4), given (3, 8)",
    "features that do not fit a linear layer": "expected (2, 8), given (2, 9)",
    "a label beyond the classes": "expected integers from 0 to 9, given int64 from 3 to 10",
    "fewer labels than images": "expected (2,), given (1,)",
}


@pytest.mark.parametrize("case, call", refusals.CALLS)
def test_expected_and_given_are_named(case, call):
    pattern = ".*".join(map(re.escape, NAMED[case].split(".*")))
    with pytest.raises(ValueError, match=pattern):
        call()


def test_all_messages_are_collected():
    assert [entry["case"] for entry in refusals.collect()] == list(NAMED)


def test_an_accepted_wrong_call_is_an_error(monkeypatch):
    monkeypatch.setattr(refusals, "CALLS", (("nothing wrong", lambda: None),))
    with pytest.raises(AtlasError, match="nothing wrong"):
        refusals.collect()


@pytest.mark.parametrize("value", ["3", None, 2.0, [1, 2, 3]])
def test_a_kernel_is_an_integer_or_a_pair(value):
    with pytest.raises(ValueError, match="kernel_size: expected"):
        refusals.layer(kernel=value)


def test_other_things_than_arrays_are_named():
    with pytest.raises(ValueError, match="given list"):
        refusals.layer().forward([[1.0]])
    with pytest.raises(ValueError, match="given float"):
        refusals.after_forward(refusals.layer(), 1.0)


def test_the_loss_wants_its_forward_pass_first():
    with pytest.raises(ValueError, match="forward pass"):
        CrossEntropy().backward()
    with pytest.raises(ValueError, match="integers from 0 to 1"):
        CrossEntropy().forward(np.zeros((1, 2)), np.array([0.0]))


def test_a_linear_layer_wants_features():
    with pytest.raises(ValueError, match="in_features: expected"):
        Linear(0, 3, np.random.default_rng(0))
