"""The answers as a whole: all agree, all questions are there, and a disagreement stops the workflow."""

import numpy as np
import pytest
from torch import nn

from cnnatlas.errors import AtlasError
from cnnatlas.theory import answers_b, answers_c, convolutions, costs, jacobians, networks
from cnnatlas.theory.agreement import Answers
from theory_results import theory_results


def test_answers_that_agree_are_kept():
    answers = Answers()
    answers.check("a", [[1, 2]], np.array([[1, 2 + 1e-13]]), how="one", against="two", tolerance=1e-12)
    entry = answers.entries["a"]
    assert entry["value"] == [[1, 2]]
    assert 0 < entry["difference"] < entry["tolerance"]


@pytest.mark.parametrize(("value", "second"), [(1, 2), (1.0, np.nan), ([1, 2], [1]), ([0, 0], [0, 1])])
def test_answers_that_do_not_are_refused_by_name(value, second):
    answers = Answers()
    with pytest.raises(AtlasError, match=r"c0_1: .*formula.* torch"):
        answers.check("c0_1", value, second, how="formula", against="torch")
    assert not answers.entries


def test_every_numeric_question_is_answered():
    entries, _ = theory_results()
    for item in ("b1a", "b1b", "b1c", "c0_1", "c0_2", "c0_3", "c0_4", "c0_5", "c0_6", "c0_7", "c0_8", "c0_9", "c0_10",
                 "c0_11", "c0_12", "c0_17", "c0_18", "c0_20", "c0_21"):  # fmt: skip
        assert any(name == item or name.startswith(f"{item}_") for name in entries), item


@pytest.mark.parametrize(
    ("module", "name", "wrong", "check"),
    [
        (jacobians, "index_x", jacobians.index_y, answers_b.jacobian),
        (costs, "dense", lambda n, m: costs.Cost(m, n * m, n * m, n * m), answers_b.layers),
        (convolutions, "output_size", lambda size, kernel, *a, **k: size - kernel, answers_c.sizes),
        (convolutions, "max_pool", lambda image, *_: image[:, ::2, ::2], answers_c.small_image),
    ],
)
def test_a_wrong_formula_is_noticed(module, name, wrong, check, monkeypatch):
    monkeypatch.setattr(module, name, wrong)
    with pytest.raises(AtlasError, match="one of them is wrong"):
        check(Answers())


def test_described_layers_are_those_of_the_modules():
    assert networks.described(nn.Linear(100, 7, bias=False), (100,)) == (7, 700, 700)
    assert networks.described(nn.Conv2d(4, 2, 3, bias=False), (4, 5, 6)) == (2 * 3 * 4, 72, 72 * 12)


def test_shortcuts_keep_the_gradient():
    plain, shortcut = (networks.gradient_through(16, kind, 0)[0] for kind in (False, True))
    assert plain < 1e-4 < shortcut
