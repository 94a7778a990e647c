"""The theory's answers and arrays as the workflow saves them, computed once per process."""

import json
from functools import cache

import torch

from cnnatlas.theory import answers_b, answers_c, scene
from cnnatlas.theory.agreement import Answers


@cache
def theory_results():
    """(content of answers.json, content of arrays.npz)."""
    torch.set_num_threads(1)  # small tensors: more threads would wait for each other
    answers, drawn = Answers(), scene.draw(seed=0)
    answers_b.everything(answers, scene.grey(drawn.image))
    arrays = answers_c.everything(answers, drawn)
    return json.loads(json.dumps(answers.entries, allow_nan=False)), arrays
