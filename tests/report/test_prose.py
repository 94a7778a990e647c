"""Prose states nothing that the run has not computed: no numbers, causes or descriptions of the data typed by hand.

A sentence may hold them if it cites a source, or says that it repeats the assignment. Code, formulas, references and
names such as CIFAR-10 do not count. Theory chapters, whose reasons are cited and whose numbers are checked, are exempt.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest
import yaml

NOTEBOOKS = Path("report/notebooks")
CHAPTERS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb") if not path.stem.startswith("theory_"))
LIBRARY = sorted(
    [
        *Path("scripts/cnnatlas/report").rglob("*.py"),
        *Path("scripts/cnnatlas/audit").glob("*.py"),
        *Path("scripts/cnnatlas/evaluation").glob("*.py"),
        *Path("scripts/cnnatlas/interpretation/sentences").glob("*.py"),
        Path("scripts/cnnatlas/interpretation/reliability/sentences.py"),
    ]
)
NO_PROSE = "|".join(
    (
        *(r"```.*?```", r"\$\$.*?\$\$", r"\$[^$]*\$", r"`[^`]*`", r"\{#[^}]*\}", r"@[\w-]+"),
        r"\b(?:EE|CS) \d+|ECE\d+/\d+|[Hh]omework 2",
        r"\b[A-Za-z]+-?\d+(?:\.\d+)*[a-z]?\b",  # CIFAR-10, B2.11, VGG16, L1
        r"\b20[012]\d\b",
        r"\b\d+ [x×] \d+ (?:convolutions?|design|blur|cells)|\bstrides? \d",
        r"\b95 %",
        r"\b8[ -]bits?\b|\[0, 1\]|< 0\.001",  # of images, of floats, of p
        r"\\cdot 10\^\{[^}]*\}",  # a part of a formula
        r"\w+=\"[^\"]*\"|\w+\.\w[\w.]*\([^)]*\)|\(\?:.*?\)",  # SVG, calls, regular expressions
    )
)
SOURCE = re.compile(r"\[@|\bassignment\b", re.I)
NUMBER = re.compile(r"\d+")
COUNT = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|hundred|thousand) (\w+ )?(images|epochs|seeds|trials|target)",
    re.I,
)
FRACTION = re.compile(r"\b(an?|one|each|every|at|by) (half|third|quarter|fifth|tenth)\b", re.I)
CAUSE = re.compile(
    r"\b(because|since|so that|therefore|thus|hence|due to|thanks to|owing to|addresses|answers to|explains?|prevents?"
    r"|helps?|would not|otherwise|which is why)\b",
    re.I,
)
DATA = re.compile(r"\b(photographs?|people|persons?|faces)\b", re.I)
PEOPLE = re.compile(r"\b(people|persons?|faces)\b", re.I)  # where photographs are those that somebody gives
WORD = re.compile(r"[^\W\d_]{2,}")
ALLOWED = {  # reasons that no result could contradict
    "since a pickle may otherwise run any code": "Python's documentation of pickle",
    "the split has changed since": "time, in an error",
    "cannot be compared, since": "the number of mistakes, which follows, is computed",
    "since both were evaluated on the same images": "what paired tests are for",
    "which is therefore optimistic": "a maximum over variants is biased upwards",
    "as well, since the function has": "the number of parameters, against that of pixels",
    "so that it has no answer for “none of them”": "a softmax divides 1 among the classes that there are",
    "scores sum to 1 over these classes": "so a softmax is defined",
    "that is shown a person answers one of its ten": "a network that is imagined, of any ten classes",
    "is 0 outside the image": "so zero padding is defined",
    "has an empty sum, and so the gradient 0": "a sum of nothing",
    "digits of 8 × 8 pixels": "those that scikit-learn is installed with",
    "Normalised entropy is 1 where": "so it is defined",
    "one over the whole image 25 %": "the middle half of the rows by that of the columns",
    "1 in the number of classes": "guessing among equally likely classes",
    "than to 100 %": "the highest accuracy that there is",
    "its training accuracy is 100 % from epoch": "the epoch, which follows, is computed as the one of which that holds",
    "A data set may show people": "a possibility, of data sets in general",
    "An image of a person that serves no purpose": "advice, whatever the data show",
}


def sentences(text):
    plain = " ".join(text.split())
    for phrase in ALLOWED:
        plain = plain.replace(phrase, "")
    return re.split(r"(?<=[.:;?!])\s+(?=[A-Z“*@])", plain)


def offences(text, *patterns):
    """The sentences of a text without a source in which one of the patterns is found."""
    unsourced = [sentence for sentence in sentences(text) if not SOURCE.search(sentence)]
    plain = [re.sub(NO_PROSE, " ", sentence, flags=re.S) for sentence in unsourced]
    return [sentence for sentence in plain if any(pattern.search(sentence) for pattern in patterns)]


def rules(path):
    """The patterns that nothing in a file may match; of theory, whose numbers are checked, causes alone."""
    if path.stem.startswith("theory"):
        return (CAUSE,)
    return NUMBER, COUNT, FRACTION, CAUSE, PEOPLE if path.stem == "photographs" else DATA


def stated(text):
    """Whether a text of a module states something: labels, keys and paths have fewer words."""
    return len(WORD.findall(text)) > 2


def texts(source):
    """The strings of a module that hold several words, docstrings excluded; what is computed in them is left out."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    skipped = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented)
               and node.body and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node)} - {id(node)}
    for node in ast.walk(tree):
        if id(node) not in skipped and isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif id(node) not in skipped and isinstance(node, ast.Constant) and " " in str(node.value):
            yield str(node.value)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapters_state_no_numbers_causes_or_contents_of_the_data(chapter):
    path = NOTEBOOKS / f"{chapter}.ipynb"
    cells = nbformat.read(path, nbformat.NO_CONVERT).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    computed = [
        cell.source for cell in cells if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])
    ]
    prose += [text for source in computed for text in texts(source)]
    assert [offence for text in prose for offence in offences(text, *rules(path))] == []


@pytest.mark.parametrize("path", LIBRARY, ids=str)
def test_computed_sentences_state_no_numbers_causes_or_contents_of_the_data(path):
    found = [text for text in texts(path.read_text()) if stated(text)]
    assert [offence for text in found for offence in offences(text, *rules(path))] == []


def test_every_answer_and_every_chapter_but_theory_is_read():
    assert {path.stem for path in LIBRARY if path.parent.name == "answers"} >= {"a", "b", "c", "d", "e", "data"}
    assert {"data", "mytorch", "photographs"} < set(CHAPTERS)


@pytest.mark.parametrize("path", sorted(Path("config/studies").glob("*.yaml")), ids=lambda path: path.stem)
def test_questions_of_studies_describe_no_data(path):
    assert offences(yaml.safe_load(path.read_text())["question"], NUMBER, COUNT, FRACTION, CAUSE, DATA) == []


@pytest.mark.parametrize(
    "text",
    [
        "What do they gain on 8,000 labelled images?",
        "Each image is given four target classes.",
        "A tenth of the batches is set aside.",
        "Its augmentation addresses the gap.",
        "Its shortcuts are identities; otherwise it would not train.",
        "Many of the images are faces of people.",
        "Bold: 60 % of the digits are right.",
    ],
)
def test_what_is_not_computed_is_found(text):
    assert offences(text, NUMBER, COUNT, FRACTION, CAUSE, DATA)
    assert not offences(f"{text[:-1]} [@he2016]{text[-1]}", NUMBER, COUNT, FRACTION, CAUSE, DATA)


def test_names_formulas_and_computed_numbers_are_no_offence():
    text = "## B2.6 LeNet-5 {#sec-b2-6}\n\nOn CIFAR-10, $n = 3$ and `seed 0` (@fig-2); a 3 x 3 convolution of stride 2."
    assert not offences(text, NUMBER, COUNT, FRACTION, CAUSE, DATA)
    assert list(texts('show(f"of {n} images, {n:.2f} % are right")')) == ["of … images, … % are right"]
