"""What newcomers and the ecosystem's tools read first: catalog, pre-commit, contributing, release notes."""

import re

import pytest
import yaml

from project import ROOT

PAGES = ("CONTRIBUTING.md", "docs/releases/0.1.0.md", "config/README.md", "README.md")


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text())


def linters() -> list[str]:
    """The commands of `make lint`."""
    text = (ROOT / "Makefile").read_text()
    words = dict(re.findall(r"^(BIN|EMBEDDED) := (.*)$", text, re.M))
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", text, re.M)
    return [re.sub(r"\$\((\w+)\)", lambda found: words[found[1]], line.strip()) for line in recipe.splitlines()]


def test_pre_commit_runs_the_linters_of_ci_and_downloads_nothing():
    (local,) = read(".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"
    assert [hook["entry"] for hook in local["hooks"]] == linters()
    assert all(hook["language"] == "system" and hook["pass_filenames"] is False for hook in local["hooks"])


def test_the_workflow_catalog_finds_what_standard_usage_needs():
    usage = read(".snakemake-workflow-catalog.yml")["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment"}
    assert usage["software-stack-deployment"] == {
        "conda": True, "apptainer": False, "apptainer+conda": True, "report": True,
    }  # fmt: skip
    assert all((ROOT / file).is_file() for file in ("workflow/Snakefile", "config/README.md", "README.md"))


@pytest.mark.parametrize("page", PAGES)
def test_the_files_that_a_page_names_are_there(page):
    text = (ROOT / page).read_text()
    folders = r"(?:scripts|tests|docs|workflow|config|report|profiles)"
    named = set(re.findall(rf"`({folders}/[\w./-]+)`", text)) - {"scripts/x.py"}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_contributing_names_the_commands_of_make():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text()))
    assert named and named <= targets


def test_the_release_notes_are_of_this_version():
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.M)[1]
    assert (ROOT / "docs" / "releases" / f"{version}.md").read_text().startswith(f"# CNN Atlas {version}\n")
