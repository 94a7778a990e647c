import pytest

from cnnatlas.workflow import benchmark_files

HEADER = "s\th:m:s\tmax_rss\tcpu_time\n"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f"{HEADER}9.5\t0:00:09\t120.5\t8.0\n2\t0:00:02\t1\t1\n", [(9.5, 8, 120.5), (2, 1, 1)]),
        (f"{HEADER}0.1\t0:00:00\tNA\tNA\n", [(0.1, 0, 0)]),  # too short a job to be sampled
        ("s\n0.1\n", [(0.1, 0, 0)]),
        (HEADER, []),
        ("", []),
        (f"{HEADER}none\t0:00:00\t1\t1\n", []),
        ("h:m:s\n0:00:01\n", []),
        ("s\n\xff\n", []),
    ],
)
def test_lines_hold_what_was_measured(tmp_path, text, rows):
    (tmp_path / "a.tsv").write_text(text, encoding="latin-1")
    keys = ("s", "cpu_time", "max_rss")
    assert benchmark_files.read(tmp_path / "a.tsv") == [dict(zip(keys, row, strict=True)) for row in rows]


@pytest.mark.parametrize("path", ["missing.tsv", None])
def test_a_job_without_a_benchmark_has_none(path):
    assert benchmark_files.read(path) == []
