import json
import os
import tempfile
from pathlib import Path

import nbformat
import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report.clean import clean
from cnnatlas.report.execute import execute, kernel_environment

PARAMETERS = nbformat.v4.new_code_cell("n = 1", id="parameters", metadata={"tags": ["parameters"]})


def write(path, *cells):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[PARAMETERS, *cells], metadata=kernel), path)
    return path


@pytest.mark.slow
def test_execute_passes_parameters_and_the_library(tmp_path):
    cell = nbformat.v4.new_code_cell("from cnnatlas.report.authoring import show\nshow(f'{n} images')", id="count")
    notebook = write(tmp_path / "chapter.ipynb", cell)
    execute(notebook, tmp_path / "out.ipynb", {"n": 42}, half_run=tmp_path / "half.ipynb")
    outputs = nbformat.read(tmp_path / "out.ipynb", 4).cells[-1].outputs
    assert [output.data["text/markdown"] for output in outputs] == ["42 images"]
    assert not (tmp_path / "half.ipynb").exists()


@pytest.mark.slow
def test_two_executions_give_the_same_bytes_and_warnings_go_to_the_log(tmp_path, capsys):
    cell = nbformat.v4.new_code_cell("import warnings\nwarnings.warn('old')\nprint(n)", id="count")
    notebook = write(tmp_path / "chapter.ipynb", cell)
    for name in ("one", "two"):
        execute(notebook, tmp_path / f"{name}.ipynb", {"n": 42}, half_run=tmp_path / "half.ipynb")
    assert (tmp_path / "one.ipynb").read_bytes() == (tmp_path / "two.ipynb").read_bytes()
    executed = nbformat.read(tmp_path / "one.ipynb", 4)
    assert [cell.id for cell in executed.cells] == ["parameters", "injected-parameters", "count"]
    assert [output.text for output in executed.cells[-1].outputs] == ["42\n"]
    assert "UserWarning: old" in capsys.readouterr().out


@pytest.mark.slow
def test_a_notebook_sees_its_inputs_and_no_other_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("declared", "left"):
        (tmp_path / f"results/tiny/{name}.json").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"results/tiny/{name}.json").write_text('"of an earlier run"')
    code = "from cnnatlas.report.authoring import Results\nrun = Results('results/tiny', 'make')\nprint(run.json({!r}))"
    for name in ("declared", "left"):
        write(tmp_path / f"{name}.ipynb", nbformat.v4.new_code_cell(code.format(f"{name}.json"), id="read"))
    inputs = ["results/tiny/declared.json"] * 2  # two readings of a chapter may name the same file
    execute("declared.ipynb", "out.ipynb", {}, "half.ipynb", inputs)
    assert nbformat.read("out.ipynb", 4).cells[-1].outputs[0].text == "of an earlier run\n"
    with pytest.raises(
        AtlasError, match=r"left\.ipynb: cell read .* raised AtlasError: results/tiny/left\.json: no such"
    ):
        execute("left.ipynb", "out.ipynb", {}, "half.ipynb", inputs)


@pytest.mark.slow
def test_raising_cell_is_named_and_the_half_run_copy_kept(tmp_path):
    before, after = nbformat.v4.new_code_cell("print('ran')", id="fine"), nbformat.v4.new_code_cell("n", id="never")
    notebook = write(tmp_path / "chapter.ipynb", before, nbformat.v4.new_code_cell("1 / 0", id="division"), after)
    half = tmp_path / "half.ipynb"
    with pytest.raises(AtlasError, match=r"chapter\.ipynb: cell division \(1 / 0\) raised ZeroDivisionError") as caught:
        execute(notebook, tmp_path / "out.ipynb", {}, half_run=half)
    assert str(half) in str(caught.value)
    assert not (tmp_path / "out.ipynb").exists()
    cells = {cell.id: cell for cell in nbformat.read(half, 4).cells}
    assert cells["fine"].outputs[0].text == "ran\n"
    assert cells["never"].outputs == []


def test_kernels_do_not_see_the_users_settings(monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", "mine")
    with kernel_environment():
        assert os.environ["IPYTHONDIR"] == os.environ["JUPYTER_CONFIG_DIR"] != "mine"
        assert os.environ["PYTHONPATH"].split(os.pathsep)[0].endswith("scripts")
    assert os.environ["IPYTHONDIR"] == "mine"


@pytest.mark.slow
def test_kernels_that_start_at_once_do_not_share_sockets(tmp_path):
    code = "import json\nfrom ipykernel.connect import get_connection_file as f\nprint(json.load(open(f()))['ip'])"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    sockets = []
    for number in range(2):
        execute(tmp_path / "in.ipynb", tmp_path / f"out{number}.ipynb", {}, tmp_path / "half.ipynb")
        cells = nbformat.read(tmp_path / f"out{number}.ipynb", 4).cells
        sockets += [output.text for cell in cells for output in cell.get("outputs", [])]
    assert len(set(sockets)) == 2
    assert all(Path(socket.strip()).is_absolute() for socket in sockets)


@pytest.mark.slow
def test_nothing_that_is_set_up_for_other_notebooks_reaches_a_kernel(tmp_path, monkeypatch):
    foreign = tmp_path / "jupyter" / "kernels" / "python3"
    foreign.mkdir(parents=True)
    (foreign / "kernel.json").write_text('{"argv": ["false"], "display_name": "Mine", "language": "python"}')
    (tmp_path / "startup.py").write_text("started = 'by a start-up file'")
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the current folder')")
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "startup.py"))
    monkeypatch.setenv("MPLBACKEND", "module://missing.backend")
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    code = (
        "import json\nfrom IPython.core import application\nprint('started' in dir(), application.SYSTEM_CONFIG_DIRS)"
    )
    notebook = write(tmp_path / "chapter.ipynb", nbformat.v4.new_code_cell(code, id="seen"))
    execute(notebook, tmp_path / "out.ipynb", {}, half_run=tmp_path / "half.ipynb")
    assert nbformat.read(tmp_path / "out.ipynb", 4).cells[-1].outputs[0].text == "False []\n"


@pytest.mark.slow
def test_a_notebook_may_be_saved_by_any_editor(tmp_path):
    cells = [PARAMETERS, nbformat.v4.new_raw_cell("raw"), nbformat.v4.new_code_cell("print(n)")]
    plain = nbformat.v4.new_notebook(cells=cells) | {"nbformat_minor": 4}
    for cell in plain["cells"]:
        cell.pop("id", None)
    (tmp_path / "chapter.ipynb").write_text(json.dumps(plain), encoding="utf-8-sig")
    for name in ("one", "two"):
        execute(tmp_path / "chapter.ipynb", tmp_path / f"{name}.ipynb", {"n": 2}, half_run=tmp_path / "half.ipynb")
    assert (tmp_path / "one.ipynb").read_bytes() == (tmp_path / "two.ipynb").read_bytes()
    executed = nbformat.read(tmp_path / "one.ipynb", 4)
    assert executed.cells[-1].outputs[0].text == "2\n"
    assert {cell.cell_type for cell in executed.cells} == {"code"}
    assert clean(executed, tmp_path).metadata.kernelspec.name == "python3"
