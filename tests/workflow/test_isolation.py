import os
import subprocess
import sys

import pytest

from cnnatlas.workflow.isolation import isolate
from project import ROOT

PRINT = "import sys; print(sys.stdout.encoding, 'é')"
DRAW = """
from cnnatlas.figures import style
drawn = style.figure(2)
drawn.add_subplot().plot([1, 2])
style.save(drawn, "drawn.svg")
"""


def python(code, folder, environment):
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=True, encoding="utf-8"
    )
    return found.stdout


def job_environment(**own):
    environment = os.environ | own | {"PYTHONPATH": str(ROOT / "scripts")}
    isolate(environment)
    return environment


@pytest.mark.parametrize("name", ["PYTHONUTF8", "PYTHONIOENCODING"])
def test_jobs_read_and_write_utf8_in_every_locale(tmp_path, name):
    own = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", name: "0" if name == "PYTHONUTF8" else "ascii"}
    assert python(PRINT, tmp_path, job_environment(**own)) == "utf-8 é\n"


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["module://missing.backend", "nonsense"])
def test_figures_do_not_depend_on_a_style_or_backend_of_the_users(tmp_path, backend):
    own = tmp_path / "own"
    own.mkdir()
    (own / "matplotlibrc").write_text("savefig.facecolor: black\ntext.usetex: true\nlines.marker: o\n")
    (tmp_path / "broken").write_bytes(b"\xff")
    (tmp_path / "plain").mkdir()
    python(DRAW, own, job_environment(MPLBACKEND=backend, MATPLOTLIBRC=str(tmp_path / "broken")))
    python(DRAW, tmp_path / "plain", job_environment())
    assert (own / "drawn.svg").read_bytes() == (tmp_path / "plain" / "drawn.svg").read_bytes()


@pytest.mark.slow
def test_the_workflow_isolates_its_jobs(tmp_path):
    rule = 'rule seen:\n    output: "seen"\n    shell: "env > {output}"\n'
    (tmp_path / "Snakefile").write_text(f'include: "{ROOT}/workflow/rules/common.smk"\n{rule}')
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "seen"]
    subprocess.run(command, cwd=tmp_path, env=os.environ | {"MPLBACKEND": "mine"}, check=True, capture_output=True)
    seen = (tmp_path / "seen").read_text().splitlines()
    assert "PYTHONUTF8=1" in seen
    assert not [line for line in seen if line.startswith("MPLBACKEND=")]
