"""Holm's correction."""

import pytest

from cnnatlas.evaluation.multiplicity import holm


def test_holm_adjusts_as_published():
    # Holm 1979: smallest p times the number of hypotheses, and monotone
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
