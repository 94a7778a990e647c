"""Pieces of the theory chapters."""

import json

import pytest

from cnnatlas.report.authoring import Results
from cnnatlas.report.theory import FILE, Theory, item, matrix, power_of_ten, size


def test_matrices_are_written_without_needless_points():
    assert matrix([[1.0, -2.5], ["x_{0}", 3]]) == r"\begin{pmatrix} 1 & -2.5 \\ x_{0} & 3 \end{pmatrix}"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "$0$"), (70.4, "$70$"), (2.44e-14, r"$2.4 \times 10^{-14}$"), (1e9, r"$1 \times 10^{9}$")]
)
def test_powers_of_ten(value, text):
    assert power_of_ten(value) == text


def test_names_belong_to_items():
    assert [item(name) for name in ("b1a_shift", "c0_1", "c0_12_after_4")] == ["B1a", "C0.1", "C0.12"]
    assert size([[1, 2], [3, 4]]) == 4


def test_checks_are_grouped_by_item_and_method(tmp_path, monkeypatch):
    def entry(value, difference):
        return {"value": value, "how": "formula", "against": "torch", "difference": difference}

    file = tmp_path / FILE
    file.parent.mkdir(parents=True)
    file.write_text(
        json.dumps({"c0_10": entry(1, 0), "c0_2_a": entry([1, 2], 1e-9), "c0_2_b": entry(3, 0), "b1a_x": {}})
    )
    shown = []
    monkeypatch.setattr(Results, "table", lambda self, rows, *_, **__: shown.extend(rows))
    Theory(Results(str(tmp_path), "snakemake")).checks("c0", "tbl-x")
    assert [(row["item"], row["numbers"], row["largest difference"]) for row in shown] == [
        ("C0.2", 3, 1e-9),
        ("C0.10", 1, 0),
    ]
