"""`make show`: where each value of a variant comes from, and in what it differs from its neighbours."""

import pytest

import show
from project import edit

STUDY = "config/studies/stl10.yaml"
WIDE = "  d2_deep_wide: {title: Wide, like: d2_deep, architecture: {widths: [64, 128, 256, 384]}}\n"


@pytest.mark.slow
def test_a_variant_is_shown_with_the_places_of_its_values_and_its_differences(project, monkeypatch):
    monkeypatch.setattr(show, "ROOT", project)
    edit(project / STUDY, "  d2_deep_normalised:\n", WIDE + "  d2_deep_normalised:\n")
    edit(project / STUDY, "compare:\n", "compare:\n  - [d2_deep_wide, d2_deep_normalised]\n")
    edit(project / "config/embedded.yaml", "overlay:\n  all:\n", "overlay:\n  all:\n    l1: 0.25\n")
    lines = show.show("d2_deep_wide", str(project / "config/embedded.yaml")).splitlines()
    for line in (
        f"dataset: stl10  # {STUDY}:9",
        f"  widths: [64, 128, 256, 384]  # {STUDY}:23",
        f"  name: stl_deep  # {STUDY}:21",
        "l1: 0.25  # config/embedded.yaml:25",
        "base: null  # config/defaults.yaml:10",
    ):
        assert line in lines
    wide = "  architecture.widths: [64, 128, 256, 384]  # there: not set"
    start = lines.index("differences from d2_deep:")
    assert lines[start : start + 5] == [
        *("differences from d2_deep:", wide),
        *("differences from d2_deep_normalised:", wide, "  normalise: false  # there: true"),
    ]
