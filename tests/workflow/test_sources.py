"""Import closures: all that a script is made of, and nothing else."""

import json
import sys
from pathlib import Path

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.workflow import sources

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path, monkeypatch):
    files = {
        "scripts/a.py": "import numpy\nfrom cnnlib.inner import leaf\n",
        "scripts/b.py": "def f():\n    import cnnlib.late\n",
        "scripts/cnnlib/__init__.py": "",
        "scripts/cnnlib/late.py": "import cnnlib.late\n",  # a cycle must end
        "scripts/cnnlib/inner/__init__.py": "",
        "scripts/cnnlib/inner/leaf.py": "from cnnlib import twig\n",
        "scripts/cnnlib/twig.py": "",
        "scripts/cnnlib/unused.py": "",
        "n.ipynb": '{"cells": [{"cell_type": "code", "source": ["from cnnlib import twig\\n"]}, '
        '{"cell_type": "markdown", "source": ["import cnnlib.unused"]}]}',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    monkeypatch.setattr(sources, "LIBRARY", tmp_path / "scripts")
    sources._imports.cache_clear()
    yield tmp_path
    sources._imports.cache_clear()


def test_imports_are_followed_through_packages(library):
    expected = ["a.py", "cnnlib/__init__.py", "cnnlib/inner/__init__.py", "cnnlib/inner/leaf.py", "cnnlib/twig.py"]
    assert sources.closure("scripts/a.py") == [f"scripts/{name}" for name in expected]


def test_imports_inside_functions_count_and_cycles_end(library):
    assert sources.closure("scripts/b.py") == ["scripts/b.py", "scripts/cnnlib/__init__.py", "scripts/cnnlib/late.py"]


@pytest.mark.parametrize(
    "code",
    [
        "if f():\n    pass\nelif g():\n    pass\nelse:\n    {}",
        "try:\n    pass\nexcept OSError:\n    {}",
        "try:\n    pass\nfinally:\n    {}",
        "match f():\n    case 1:\n        {}",
        "class A:\n    def f(self):\n        with g():\n            {}",
        "for i in f():\n    pass\nelse:\n    {}",
    ],
)
def test_imports_count_wherever_a_statement_can_stand(library, code):
    (library / "scripts/a.py").write_text(code.format("import cnnlib.twig"))
    assert "scripts/cnnlib/twig.py" in sources.closure("scripts/a.py")


def test_a_module_counts_of_which_only_names_are_imported(library):
    (library / "scripts/a.py").write_text("from cnnlib.twig import grow\n")
    assert sources.closure("scripts/a.py") == ["scripts/a.py", "scripts/cnnlib/__init__.py", "scripts/cnnlib/twig.py"]


def test_notebooks_are_followed_by_their_code_only(library):
    assert sources.closure("n.ipynb") == ["n.ipynb", "scripts/cnnlib/__init__.py", "scripts/cnnlib/twig.py"]


def test_other_files_stand_for_themselves(library):
    (library / "style.css").write_text("a{}")
    assert sources.closure("style.css") == ["style.css"]


def test_relative_imports_are_followed(library):
    (library / "scripts/cnnlib/inner/leaf.py").write_text(
        "from .. import twig\nfrom . import bud\nfrom ..late import f\n"
    )
    (library / "scripts/cnnlib/inner/bud.py").write_text("")
    closure = sources.closure("scripts/cnnlib/inner/leaf.py")
    names = ["__init__", "inner/__init__", "inner/bud", "inner/leaf", "late", "twig"]
    assert closure == [f"scripts/cnnlib/{name}.py" for name in names]


def test_relative_imports_of_a_package_start_from_itself(library):
    (library / "scripts/cnnlib/inner/__init__.py").write_text("from .leaf import f\n")
    assert "scripts/cnnlib/inner/leaf.py" in sources.closure("scripts/cnnlib/inner/__init__.py")


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("scripts/cnnlib/twig.py", b"import cnnlib\n<<<<<<< HEAD\n", "scripts/cnnlib/twig.py:2: not valid Python: "),
        ("scripts/cnnlib/unused.py", b"def f(:\n", "scripts/cnnlib/unused.py:1: not valid Python: "),
        ("scripts/cnnlib/twig.py", b"\x00\x01", "scripts/cnnlib/twig.py"),
        ("scripts/cnnlib/twig.py", b"'\xe9'", "scripts/cnnlib/twig.py"),
        ("report/notebooks/d.ipynb", b'{"cells": [\n<<<<<<< HEAD\n', "report/notebooks/d.ipynb:2: not valid JSON: "),
        ("report/notebooks/d.ipynb", b"", "report/notebooks/d.ipynb:1: not valid JSON: "),
        ("report/notebooks/d.ipynb", b"[]", "report/notebooks/d.ipynb: no notebook"),
        ("report/notebooks/d.ipynb", b'{"worksheets": []}', "report/notebooks/d.ipynb: no notebook"),
        (
            "report/notebooks/d.ipynb",
            b'{"cells": [{"cell_type": "markdown", "source": "%"}, {"cell_type": "code", "source": ["%matplotlib"]}]}',
            "report/notebooks/d.ipynb, cell 2:1: `%matplotlib` is a command of Jupyter's, no Python; remove it",
        ),
    ],
)
def test_a_source_that_cannot_be_parsed_is_named_before_anything_is_planned(library, file, content, said):
    (library / file).parent.mkdir(parents=True, exist_ok=True)
    (library / file).write_bytes(content)
    with pytest.raises(AtlasError) as e:
        sources.check()
    assert str(e.value).startswith(said)


@pytest.mark.parametrize(
    "line", ["%matplotlib inline", "%%bash", "!ls", "files = !ls", "    !ls", "cnnlib?", "?cnnlib"]
)
def test_a_command_of_jupyters_is_named_with_its_cell(library, line):
    cells = [{"cell_type": "raw", "source": "%"}, {"cell_type": "code", "source": ["if 1:\n    pass\n", line]}]
    (library / "n.ipynb").write_text(json.dumps({"cells": cells}))
    with pytest.raises(AtlasError) as e:
        sources.closure("n.ipynb")
    assert str(e.value) == f"n.ipynb, cell 2:3: `{line.strip()}` is a command of Jupyter's, no Python; remove it"


def test_other_invalid_lines_are_no_commands_of_jupyters(library):
    (library / "scripts/a.py").write_text("x = 5 % 2 !\n")
    with pytest.raises(AtlasError, match=r"scripts/a\.py:1: not valid Python: "):
        sources.closure("scripts/a.py")


def test_a_source_that_is_gone_is_named(library):
    with pytest.raises(AtlasError, match=r"scripts/gone\.py: cannot be read \(No such file or directory\)"):
        sources.closure("scripts/gone.py")


def test_hidden_files_are_no_sources(library):
    (library / "scripts/cnnlib/.#twig.py").symlink_to("user@host.1")  # Emacs, while a file is edited
    (library / "scripts/cnnlib/._twig.py").write_bytes(b"\x00\x05\x16\x07")  # macOS, on other file systems
    (library / "scripts/.ipynb_checkpoints").mkdir()
    (library / "scripts/.ipynb_checkpoints/twig.py").write_text("def f(:")
    sources.check()


def test_a_byte_order_mark_is_no_error(library):
    (library / "scripts/cnnlib/twig.py").write_bytes(b"\xef\xbb\xbfimport cnnlib.late\n")
    (library / "n.ipynb").write_bytes(b"\xef\xbb\xbf" + (library / "n.ipynb").read_bytes())
    sources.check()
    assert "scripts/cnnlib/late.py" in sources.closure("scripts/cnnlib/twig.py")
    assert "scripts/cnnlib/twig.py" in sources.closure("n.ipynb")


def test_the_closure_of_a_real_script_is_what_python_imports():
    """The static reading against the truth: what importing a library module brings in."""
    import importlib

    importlib.import_module("cnnatlas.configuration.studies")
    closure = sources.closure("scripts/cnnatlas/configuration/studies.py")
    for module in (
        "cnnatlas.configuration.schemas",
        "cnnatlas.configuration.strict_yaml",
        "cnnatlas.architectures.registry",
    ):
        file = Path(sys.modules[module].__file__).relative_to(ROOT)
        assert str(file) in closure


def test_training_depends_on_no_architecture_but_its_own():
    closure = sources.closure("scripts/train.py", "scripts/cnnatlas/architectures/vgg.py")
    families = {Path(f).stem for f in closure if "/architectures/" in f}
    assert "vgg" in families
    assert not families & {"lenet", "stl", "resnet"}


def test_training_depends_on_no_augmentation():
    found = {Path(f).stem for f in sources.closure("scripts/train.py") if "/augmentations/" in f}
    assert found == {"__init__", "batch", "pipeline", "registry"}


def test_figures_and_evaluation_never_import_torch():
    for file in [*ROOT.glob("scripts/cnnatlas/figures/*.py"), *ROOT.glob("scripts/cnnatlas/evaluation/*.py")]:
        for source in sources.closure(str(file.relative_to(ROOT))):
            text = (ROOT / source).read_text()
            assert "import torch" not in text, f"{file} reaches torch through {source}"
