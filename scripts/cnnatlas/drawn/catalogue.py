"""Which function draws which class."""

from cnnatlas.drawn.subject import Subject
from cnnatlas.drawn.subjects import birds, household, instruments, mammals, symbols, vehicles, wildlife

SUBJECTS: dict[str, Subject] = {}
for _family in (vehicles, mammals, birds, wildlife, household, instruments, symbols):
    SUBJECTS |= _family.SUBJECTS
