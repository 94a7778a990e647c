"""All answers, which the findings list."""

from cnnatlas.report.answers import a, b, c, d, data, e, introduction, mytorch, reliability, theory_b, theory_c
from cnnatlas.report.answers.registry import Answers

CHAPTERS = (a, b, c, d, data, e, introduction, mytorch, reliability, theory_b, theory_c)
ANSWERS = Answers({item: answer for chapter in CHAPTERS for item, answer in chapter.ANSWERS.items()})
