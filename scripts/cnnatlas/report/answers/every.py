"""All answers, which the findings list."""

from itertools import chain

from cnnatlas.report.answers import (
    a,
    b,
    c,
    d,
    data,
    e,
    findings,
    introduction,
    mytorch,
    reliability,
    theory_b,
    theory_c,
)
from cnnatlas.report.answers.registry import Answers

CHAPTERS = (a, b, c, d, data, e, findings, introduction, mytorch, reliability, theory_b, theory_c)
ANSWERS = Answers(
    {item: answer for chapter in CHAPTERS for item, answer in chapter.ANSWERS.items()},
    chain.from_iterable(chapter.ANSWERS.stated for chapter in CHAPTERS),
)
