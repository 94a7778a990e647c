"""`make show`: where each value of a variant comes from, and in what it differs from its neighbours."""

import pytest

import plan
import show
from cnnatlas.errors import AtlasError
from project import ROOT, edit

RUN = "config/config.yaml"
DENSE_HEAD = "config/studies/dense_head_cifar10.yaml"
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
        f"  widths: [64, 128, 256, 384]  # {STUDY}:24",
        f"  name: stl_deep  # {STUDY}:22",
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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("c2c_trial", "`c2c_trial` is a search; name one of its variants: c2c_trial_1, c2c_trial_2, "),
        ("best(c2c_trial)", "`c2c_trial` is a search, of which only results know the best; name one of its variants: "),
        ("b2_gamma", "`b2_gamma` is a sweep; name one of its variants: b2_gamma_"),
        ("best(others)", "the best of a study but its final one ("),
        ("c2c_trail", "no such variant; did you mean `c2c_trial`?"),
    ],
)
def test_a_name_that_is_no_variant_says_what_it_is(name, said):
    with pytest.raises(AtlasError) as refused:
        show.show(name, str(ROOT / RUN))
    assert str(refused.value).startswith(f"VARIANT={name}: {said}")


@pytest.mark.parametrize("printed", [lambda: show.show("a2a_vgg_bn", RUN), lambda: plan.plan(RUN, 1)])
def test_a_network_that_cannot_be_built_is_named_with_its_place(project, monkeypatch, printed):
    for module in (show, plan):
        monkeypatch.setattr(module, "ROOT", project)
    monkeypatch.setattr(plan.dry_run, "jobs", lambda *_: [])
    monkeypatch.chdir(project)
    deep = "{widths: [8, 8, 8, 8, 8, 8], blocks: [1, 1, 1, 1, 1, 1]}"
    edit(project / DENSE_HEAD, "architecture: {batch_norm: true}", f"architecture: {deep}")
    with pytest.raises(AtlasError, match=f"^{DENSE_HEAD}:[0-9]+: variant `a2a_vgg_bn`: architecture vgg: .*too small"):
        printed()
