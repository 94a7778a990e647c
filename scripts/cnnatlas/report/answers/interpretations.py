"""What interpretations say, in the few words of an answer."""

import re
from collections.abc import Mapping

from cnnatlas.evaluation.markers import MARKERS
from cnnatlas.report.answers.registry import lined
from cnnatlas.report.claims import Claims

BRIEF = {  # what a sentence of an interpretation loses or becomes in an answer
    r" \([^()]*95 % interval[^()]*\)": "",
    r" \(maps of [^()]*\)|(?<=maps) of [\w.]+(?= (?:is|are) dead)|\bnetwork\.|^of these methods, ": "",
    r"deletion and insertion say nothing, as [^;]*": "deletion and insertion say nothing",
    r"localisation is not tested, as .*": "localisation is not tested",
    r"^[Oo]n average over (?:[5-9]|\d[\d,]+) images, ": "",
    r"the mass of a map lies in the central quarter of the image": "the mass lies in the central quarter",
    r"^[Oo]f (?:[5-9]|\d[\d,]+) images the object’s pixels are known: ": "",  # of fewer their number matters
    "dead on every image": "zero on every image shown",
    r"lies on the object, which covers (?P<share>[\d.]+ %) of the image:": (
        r"lies on the object (\g<share> of the image),"
    ),
    ": with eight parameters for": "; with eight parameters for",  # the first clause is the line
    "; the share of zeros rises on one image and falls on the other": "",
    r"the last layer shown, [\w.]+,": "the last layer shown",
    r" on (?P<images>(?:both|all \d+) images|the one image), compared with the first layer shown, [\w.]+": (
        r" than the first, on \g<images>"
    ),
    r", compared with the first layer shown, [\w.]+": ", compared with the first",
    "responds more sparsely": "is sparser",
    "responds more widely": "is less sparse",
    "keeps more of the image's edges": "keeps more edges",
    "keeps less of the image's edges": "keeps fewer edges",
    r"with permuted weights it is": "with permuted weights",
    "the maps are about the object more than about the background": "more than in an even map",
    "the maps are about the background more than about the object": "less than in an even map",
    "whether the maps are about the object or the background is open": "not clearly more or less than in an even map",
}
MARKS = f" {''.join(MARKERS.values())}"  # with which a network's name may end
CONTRAST = ("where the network errs", "is not significant")  # how a sentence on right and wrong predictions is known
PERMUTED = re.compile(r"; with permuted weights it is (?P<other>[^,;]+)")
COMPARABLE = re.compile(  # the same of those images only whose maps can be compared
    r"; for the (?P<images>[\d,]+ images?) whose map has any mass with permuted weights too it is (?P<own>[^,;]+), and "
    r"(?P<other>[^,;]+) with permuted weights"
)
LAYERS = re.compile(r"(?<=filters of )\w+\.[\w.]+(?:(?:, | and )[\w.]+)+")


def two(sentences: Mapping[str, str], *further: str) -> str:
    """What is said of two networks, by what they are called, before `further` details; void where it is of both."""
    if all(sentence.startswith("void") for sentence in sentences.values()):
        return "void: both networks are at chance or collapsed; their maps mean nothing"
    plain = {name: plainly(sentence) for name, sentence in sentences.items()}
    marked = {name[len(name.rstrip(MARKS)) :] for name in plain}
    if len(set(plain.values())) == len(marked) == 1:
        line, _, details = next(iter(plain.values())).partition("; ")
        return lined(f"In both networks{marked.pop()} {line}", details, *further)
    return of_all(plain, *further)


def of_all(sentences: Mapping[str, str], *further: str) -> str:
    """What is said of networks, by their titles: the first clause of each, the others as details; void if of all."""
    if all(sentence.startswith("void") for sentence in sentences.values()):
        return next(iter(sentences.values()))
    parts = [(name, *sentence.partition("; ")) for name, sentence in sentences.items()]
    line = ". ".join(f"{name}: {first}" for name, first, *_ in parts)
    named = {name: f"{name}: " if len(parts) > 1 else "" for name, *_ in parts}
    return lined(line, *(f"{named[name]}{details}" for name, _, _, details in parts if details), *further)


def plainly(sentence: str) -> str:
    """A sentence in brief that follows a colon: without the words that say that it concludes."""
    start, colon, rest = sentence.partition(": ")
    text = brief(rest if colon and start.startswith("Conclusion") else sentence)
    named = text.partition(" ")[0][1:] != text.partition(" ")[0][1:].lower()  # CAM, Grad-CAM, SmoothGrad
    return text if named else text[:1].lower() + text[1:]


def brief(sentence: str) -> str:
    """A sentence of an interpretation without what its chapter gives in full: intervals, numbers of images, layers."""
    for pattern, words in BRIEF.items():
        sentence = re.sub(pattern, words, sentence)
    return LAYERS.sub(lambda names: f"{len(re.split(', | and ', names[0]))} layers", sentence)


def beside_permuted(sentence: str) -> str:
    """A sentence whose first clause, an answer's line, has the comparison with permuted weights too.

    What maps of permuted weights have as well, no training has put there: a line must not leave that out.
    """
    said = PERMUTED.sub(r", and with permuted weights \g<other>", sentence, count=1)
    return COMPARABLE.sub(
        r", and with permuted weights \g<other>, against \g<own> on the same \g<images>", said, count=1
    )


def contrasted(claims: Claims, network: str, method: str, *words: str) -> str:
    """A sentence on a method's maps beside permuted ones', and how those of right and wrong predictions differ."""
    said, contrast = beside_permuted(claims.shown(network, method, *words)), claims.shown(network, method, *CONTRAST)
    if said.startswith("void") or not any(word in contrast for word in CONTRAST):
        return said
    differ = "right and wrong predictions do not differ significantly"
    return f"{said}; {differ if CONTRAST[1] in contrast else contrast.partition(': ')[2]}"
