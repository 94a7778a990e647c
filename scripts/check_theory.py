"""Compute the answers to the theoretical questions (B1, C0), each in two ways that must agree.

Inputs: sources. Outputs: answers (json), every answer with its second computation and their difference; arrays (npz),
what the chapters' figures show.
Method: cnnatlas.theory.{answers_b,answers_c}.
"""

import numpy as np
import torch

from cnnatlas.files import replacing, write_json
from cnnatlas.theory import answers_b, answers_c, scene
from cnnatlas.theory.agreement import Answers
from cnnatlas.workflow.jobs import job

with job(snakemake):
    torch.set_num_threads(1)
    answers, drawn = Answers(), scene.draw(seed=0)
    answers_b.everything(answers, scene.grey(drawn.image))
    arrays = answers_c.everything(answers, drawn)
    write_json(snakemake.output.answers, answers.entries)
    with replacing(snakemake.output.arrays) as temporary:
        np.savez_compressed(temporary, **arrays)
