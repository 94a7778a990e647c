"""What a run cannot make is refused, also where the results of an earlier run lie there."""

from types import SimpleNamespace

import pytest
import yaml

from cnnatlas.errors import AtlasError
from cnnatlas.workflow import completeness
from project import copy_project, edit


@pytest.fixture
def earlier(tmp_path):
    """A project with some results of an earlier run: of one rule, executed notebooks, and what is made of them."""
    project = copy_project(tmp_path)
    chapters = yaml.safe_load((project.folder / "config/report.yaml").read_text())["chapters"]
    results = [f"studies/{path.stem}/factorial.svg" for path in (project.folder / "config/studies").glob("*.yaml")]
    for each in ("report/{}.ipynb", "report/build/{}.ipynb", "report/build/{}.json", "report/media/{}/figure.svg"):
        results += map(each.format, chapters)
    for result in results:
        (project.folder / "results/tiny" / result).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / "results/tiny" / result).touch()
    return project


def refused(project, *arguments):
    """The line with which a dry run ends."""
    result = project.snakemake("--dry-run", *arguments)
    assert result.returncode == 1, result.stdout
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    return line


@pytest.mark.slow
def test_a_file_that_no_rule_makes_is_named_with_its_reader(earlier):
    edit(earlier.folder / "workflow/rules/evaluate.smk", "{study}/factorial.svg", "{study}/interaction.svg")
    assert "/factorial.svg: rule `execute` reads it, and no rule makes it" in refused(earlier)


@pytest.mark.slow
def test_a_misspelt_input_is_named(earlier):
    edit(earlier.folder / "workflow/rules/evaluate.smk", "scores.npz", "score.npz")
    assert "/score.npz: rule `evaluate` reads it, and no rule makes it" in refused(earlier)


@pytest.mark.slow
def test_an_input_function_that_raises_stops_the_plan(earlier):
    edit(earlier.folder / "workflow/rules/report.smk", "REPORT_PLAN.files(", "REPORT_PLAN.file(")
    result = earlier.snakemake("--dry-run")
    assert result.returncode == 1
    assert "no attribute 'file'" in result.stdout and "(rule execute, " in result.stdout


@pytest.mark.slow
def test_a_deleted_notebook_is_named(earlier):
    (earlier.folder / "report/notebooks/d.ipynb").unlink()
    assert "`d` is no notebook in report/notebooks" in refused(earlier)


@pytest.mark.slow
def test_a_misspelt_target_is_refused_by_snakemake_itself(earlier):
    arguments = ("data", "--omit-from", "prepair")  # which Snakemake would pass over
    assert refused(earlier, *arguments) == "error: prepair: no rule makes it; did you mean `prepare`?"


@pytest.mark.slow
@pytest.mark.parametrize("target", ["report.pdf", "index.html", "d.html", "d.ipynb", "media/d", "build/labels.json"])
def test_a_run_of_some_studies_mixes_no_chapters_with_those_of_another(earlier, target):
    edit(earlier.folder / "config/tiny.yaml", "run: tiny", "run: tiny\nstudies: [stl10]")
    result = earlier.snakemake("--dry-run", f"results/tiny/report/{target}")
    assert result.returncode == 1
    assert "studies: the report needs all of them" in result.stdout + result.stderr


RULES = [SimpleNamespace(name=name, products=tuple) for name in ("data", "models")]
FILES = ["results/tiny/report/report.pdf", "results/tiny/models/a/seed0/weights.npz", "resources/embedded/a/images.npy"]


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("results/tiny/models/a/seed0/weight.npz", "did you mean `results/tiny/models/a/seed0/weights.npz`?"),
        ("./report.pfd", "did you mean `results/tiny/report/report.pdf`?"),
        ("modles", "did you mean `models`?"),
        (
            "results/cpu/report/report.pdf",
            "this run's files are below resources/embedded and results/tiny: name the --configfile of the other run",
        ),
        *((typed, "name a file, or all, data, models or check") for typed in ("?", ".", "..", "/")),
    ],
)
@pytest.mark.parametrize("option", [[], ["--forcerun"], ["--until"], ["--omit-from"]])
def test_what_no_rule_makes_is_refused_with_a_suggestion(target, hint, option):
    command = ["/bin/snakemake", "--cores", "1", "data", *option, target]
    with pytest.raises(AtlasError) as caught:
        completeness.check_typed(RULES, FILES, command)
    assert str(caught.value) == f"{target}: no rule makes it; {hint}"


def test_rules_are_targets_and_the_command_of_another_program_is_not_read():
    completeness.check_typed(RULES, FILES, ["/lib/snakemake/__main__.py", "data", "-R", "models", "--cores", "1"])
    completeness.check_typed(RULES, FILES, ["/bin/pytest", "nonsense"])
