"""A report that cannot be made again is not lost, and not taken for the new one."""

import os

import pytest

from cnnatlas.workflow import last_report


@pytest.fixture
def results(tmp_path):
    """Results with a whole report."""
    files = {"report.pdf": "old", "index.html": "old", "media/a/figure.svg": "old", "build/a.json": "{}"}
    for name, text in files.items():
        path = tmp_path / "report" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def remake(path, text):
    """As jobs do: away with the old file first."""
    path.unlink()
    if text:
        path.write_text(text)


def test_a_report_whose_pdf_failed_is_kept_without_its_intermediate_files(results):
    last_report.put_aside(results)
    remake(results / "report/report.pdf", "")
    remake(results / "report/index.html", "new")
    assert "previous_report/report.pdf" in last_report.settle(results, remade=True)
    kept = results / last_report.FOLDER
    files = {str(path.relative_to(kept)): path.read_text() for path in kept.rglob("*") if path.is_file()}
    assert files == {"report.pdf": "old", "index.html": "old", "media/a/figure.svg": "old"}


def test_it_outlives_a_second_failure_and_goes_when_there_is_a_new_one(results):
    last_report.put_aside(results)
    remake(results / "report/report.pdf", "")
    for _ in range(2):
        last_report.put_aside(results)
        assert last_report.settle(results, remade=True)
    assert (results / last_report.FOLDER / "report.pdf").read_text() == "old"
    (results / "report/report.pdf").write_text("new")
    assert last_report.settle(results, remade=True) is None
    assert not (results / last_report.FOLDER).exists()


def test_a_failed_run_keeps_the_report_whose_figures_it_has_removed(results):
    last_report.put_aside(results)
    (results / "report/media/a/figure.svg").unlink()
    assert "previous_report/report.pdf" in last_report.settle(results, remade=False)
    assert (results / last_report.FOLDER / "media/a/figure.svg").exists()
    last_report.put_aside(results)  # the run after it
    assert "previous_report/report.pdf" in last_report.settle(results, remade=False)
    assert (results / last_report.FOLDER / "media/a/figure.svg").exists()
    last_report.put_aside(results)  # and one that succeeds, and was asked for the data only
    assert last_report.settle(results, remade=False)
    last_report.put_aside(results)
    assert last_report.settle(results, remade=True) is None  # a new one need not have the figures of the old


def test_a_run_remakes_the_report_where_it_was_asked_for_its_pdf_and_site(results):
    both = [f"{results}/report/report.pdf", f"{results}/report/index.html"]
    assert last_report.planned([*both, f"{results}/results.csv"], results)
    assert not last_report.planned(both[:1], results)


def test_where_nothing_was_made_anew_nothing_is_said(results):
    last_report.put_aside(results)
    assert last_report.settle(results, remade=True) is None
    assert [path.name for path in results.iterdir()] == ["report"]


def test_a_file_system_without_hard_links_gets_copies(results, monkeypatch):
    def refused(*_, **__):
        raise PermissionError

    for name in ("link", "chmod", "utime"):  # as CIFS may be mounted
        monkeypatch.setattr(os, name, refused)
    last_report.put_aside(results)
    assert (results / last_report.FOLDER / "report.pdf").read_text() == "old"
