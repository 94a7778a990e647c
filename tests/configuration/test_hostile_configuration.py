"""Whatever someone writes into the real configuration, it resolves, or one line says what is wrong where."""

import json
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnatlas.configuration import interpretations, strict_yaml, studies
from cnnatlas.configuration import run as configuration
from cnnatlas.errors import AtlasError
from cnnatlas.workflow.plan import chapters
from project import ROOT

RUN = ("config/config.yaml", "config/embedded.yaml")
FILES = [*RUN, "config/datasets.yaml", "config/defaults.yaml", "config/interpretation.yaml", "config/pretrained.yaml"]
FILES += [
    "config/report.yaml",
    *(f"config/studies/{name}.yaml" for name in ("blocks_cifar10", "cats_dogs", "stl10", "transfer_cats_dogs")),
]
SOME = settings(max_examples=60, derandomize=True, deadline=None, database=None,
                suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip

SCALARS = [
    None, True, False, 0, 1, -1, 0.5, -0.5, 1e308, 10**30, 10**400, float("inf"), float("nan"), "", " ", "x", "null",
    "1e-4", "../../etc/passwd", "/etc/passwd", "a/b", "Ünïcödé ☃ \u202e", "a\nb", "a\tb", "best(c2c_trial)", "{seed}",
    "stl10", "cifar10", "d2_own", "adam", "vgg", "on_base", "squeezenet1_1", "name", b"\xff",
]  # fmt: skip
JUNK = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "key", "x", 1, None]), inner),
    max_leaves=4,
)


@cache
def content(file: str) -> dict:
    return yaml.safe_load((ROOT / file).read_text())


def places(value: object, place: tuple = ()) -> list[tuple]:
    """The key paths of everything in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(deeper for key, item in inner for deeper in places(item, (*place, key)))]


@st.composite
def edited_trees(draw) -> tuple[str, str]:
    """A file of the configuration, and its text after one to three edits of its keys and values."""
    file = draw(st.sampled_from(FILES))
    tree = json.loads(json.dumps(content(file)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(tree)[1:] or [()]))
        if not place:
            break
        holder = tree
        for key in place[:-1]:
            holder = holder[key]
        way = draw(st.sampled_from(["replace", "delete", "rename", "add", "wrap", "move"]))
        old = holder[place[-1]] if way in ("replace", "wrap") else holder.pop(place[-1])
        if way == "replace":
            holder[place[-1]] = draw(JUNK)
        elif way == "wrap":
            holder[place[-1]] = draw(st.sampled_from([[old], {"name": old}, {"x": {"y": old}}]))
        elif way == "rename" and isinstance(holder, dict):
            holder[f"{place[-1]}{draw(st.sampled_from(['s', ' ', '_', '.', '/../x', 'é']))}"] = old
        elif way == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(["x", 1, None, "name", "seeds", "<<"]))] = draw(JUNK)
        elif way == "move":
            tree[place[-1]] = old
    return file, yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)


@st.composite
def edited_texts(draw) -> tuple[str, str]:
    """A file of the configuration, and its text with pieces taken out, put in or written twice."""
    file = draw(st.sampled_from(FILES))
    text = (ROOT / file).read_text()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        until = min(len(text), at + draw(st.sampled_from([0, 1, 2, 30, 300])))
        new = draw(st.sampled_from(["", " ", "\t", "\n", ":", "- ", "{", "]", "&a ", "*a", "!!int ", "? ", "<<: ", "'",
                                    "\x00", "\x85", "\ufeff", "---\n", "|", "null", text[at:until] * 2]))  # fmt: skip
        text = text[:at] + new + text[until:]
    return file, text


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("configuration")
    shutil.copytree(ROOT / "config", folder / "config")
    return folder


def resolve(root: Path) -> None:
    """What Snakemake's processes do with the configuration; what comes out is fit for file names and JSON."""
    files = [root / file for file in RUN]
    config: dict = {}
    for file in files:
        config = configuration.merge(config, strict_yaml.load(file, str(file.relative_to(root))).content)
    atlas = studies.load(root, config, [str(file) for file in files])
    loaded = interpretations.load(root, config, atlas)
    chapters.load(root)
    complete = set(content("config/defaults.yaml"))
    assert all(set(spec) == complete for spec in atlas.specs.values())
    json.dumps([atlas.specs, atlas.titles, atlas.datasets, atlas.pretrained, loaded.reliability], allow_nan=False)
    assert all(spec["dataset"] in atlas.datasets for spec in atlas.specs.values())
    assert all(re.fullmatch(r"[a-z][\w.-]*", name) for name in atlas.specs)
    for entry in (*atlas.datasets.values(), *atlas.pretrained.values()):
        assert "/" not in entry["file"] and not entry["file"].startswith(".")


def check(root: Path, file: str, text: str) -> AtlasError | None:
    """Resolve the configuration with `text` in the place of `file`."""
    before = (root / file).read_bytes()
    try:
        (root / file).write_text(text, encoding="utf-8", newline="")
        resolve(root)
    except AtlasError as error:
        assert "\n" not in str(error)
        assert re.search(r"config/[\w/]+\.yaml|--config", str(error)), error
        return error
    finally:
        (root / file).write_bytes(before)
    return None


def test_the_real_configuration_resolves(root):
    assert check(root, FILES[0], (ROOT / FILES[0]).read_text()) is None


@pytest.mark.slow
@SOME
@given(edit=edited_trees())
def test_any_edit_of_keys_and_values_resolves_or_is_one_line(root, edit):
    check(root, *edit)


@pytest.mark.slow
@SOME
@given(edit=edited_texts())
def test_any_edit_of_the_text_resolves_or_is_one_line(root, edit):
    check(root, *edit)


LAUGHS = "a: &a0 [x, x]\n" + "".join(f"b{k}: &a{k} [*a{k - 1}, *a{k - 1}]\n" for k in range(1, 60))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (LAUGHS, ":2: the alias `*a0`; write the value out"),
        ("a: &a {b: *a}\n", ":1: the alias `*a`"),
        ("a:\n  b: " + "[" * 100_000, ":2: more than 30 lists and mappings inside each other"),
        (
            "a: !!python/object/apply:os.system ['true']\n",
            ":1: the tag `tag:yaml.org,2002:python/object/apply:os.system`",
        ),
        ("a: !!int many\n", ":1: the tag `tag:yaml.org,2002:int`"),
        ("a: [1, .nan]\n", ":1: `a.1` is `.nan`, not a finite number"),
        ("a: 1.0e+999\n", "`a` is `1.0e+999`, not a finite number"),
        ("a: [010]\n", ":1: `a.0` is `010`, which YAML reads as 8; write 8, or put it in quotes"),
        ("a: 1:30\n", "`a` is `1:30`, which YAML reads as 90"),
        ("a: 0x1F\n", "`a` is `0x1F`, which YAML reads as 31"),
        ("a: 1_000\n", "`a` is `1_000`, which YAML reads as 1000"),
        ("a: 1" + "0" * 5000 + "\n", ", not a finite number"),
        ("a: 2026-11-21\n", "`a` is `2026-11-21`, which YAML reads as a timestamp; put it in quotes"),
        ("a:\n  on: 1\n", ":2: the key `on` is not text to YAML; put it in quotes"),
        ("? [1]\n: 2\n", "the key `a sequence` is not text"),
        ("<<: {a: 1}\n", "the key `<<` is not text"),
        ("a: 1\n--- \nb: 1\n", "not valid YAML"),
        ("a: \x00\n", "not valid YAML"),
        ("- a\n", "expected `key: value` lines"),
    ],
    ids=range(19),
)
def test_what_yaml_could_hold_and_a_study_must_not(tmp_path, text, named):
    (tmp_path / "a.yaml").write_text(text, newline="")
    with pytest.raises(AtlasError) as caught:
        strict_yaml.load(tmp_path / "a.yaml", "a.yaml")
    assert str(caught.value).startswith("a.yaml:") and "\n" not in str(caught.value)
    assert named in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\n")
    for name, said in {"latin.yaml": "not UTF-8", ".": "cannot be read", "none.yaml": "no such file"}.items():
        with pytest.raises(AtlasError, match=f"a.yaml: {said}"):
            strict_yaml.load(tmp_path / name, "a.yaml")


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("config/defaults.yaml", "batch_size: 128\n", "", "defaults.yaml:5: key `batch_size` is missing"),
        ("config/defaults.yaml", "  momentum: 0.0 ", "  # ", "key `optimiser.momentum` is missing"),
        ("config/config.yaml", "mirror: null ", "# ", "config/config.yaml:1: key `mirror` is missing"),
        ("config/pretrained.yaml", "  file: squeezenet1_1-b8a52dc0.pth\n", "", "`squeezenet1_1.file` is missing"),
        ("config/pretrained.yaml", "squeezenet1_1-b8a52dc0.pth\n", "../x.pth\n", "squeezenet1_1.file"),
        ("config/datasets.yaml", "file: stl10_binary.tar.gz", "file: /tmp/stl10.tar.gz", "stl10.file"),
        ("config/datasets.yaml", "  per_class: 2000 ", "  # ", "key `cats_dogs.per_class` is missing"),
        ("config/datasets.yaml", "  classes: 101\n", "  classes: 101\n  per_class: 5\n", "no effect there; remove it"),
        ("config/datasets.yaml", "stl10:\n", "stl11:\n", "stl11"),
        ("config/studies/schedules_cifar10.yaml", "values: [0.003,", "values: [../../x,", "would name a variant"),
        (
            "config/studies/schedules_cifar10.yaml",
            "key: schedule.gamma",
            "key: like",
            "`like` of `b2_gamma` changes no",
        ),
        (
            "config/studies/blocks_cifar10.yaml",
            "architecture.dropout: [",
            "title: [",
            "`title` of `c2c_trial` changes no",
        ),
    ],
    ids=range(12),
)
def test_what_used_to_end_in_a_traceback_or_a_job(root, file, old, new, named):
    text = (ROOT / file).read_text()
    assert old in text
    error = check(root, file, text.replace(old, new, 1))
    assert named in str(error)
