"""What chapters show of a prepared data set: its counts, and what was skipped."""

from collections import Counter

import numpy as np

from cnnatlas.evaluation.scores import NAMES
from cnnatlas.report.authoring import Results


class Dataset:
    """A prepared data set below `resources`, with its title; `command` builds the run."""

    def __init__(self, resources: str, name: str, title: str, command: str):
        self.title = title
        self.results = Results(f"{resources}/{name}", command)
        self.facts = self.results.json("dataset.json")
        self.labels = np.load(self.results.path("labels.npy"))
        with np.load(self.results.path("split.npz")) as saved:
            self.split = {split: saved[split] for split in NAMES if split in saved}

    def table(self, label: str) -> None:
        """Images per class and split."""
        rows = [self._row(name, self.labels == index) for index, name in enumerate(self.facts["classes"])]
        rows.append(self._row("all", np.ones(len(self.labels), bool)))
        self.results.table(rows, label, f"Images of {self.title} by class and split.", source="split.npz")

    def skipped(self) -> str:
        """How many files could not be decoded, and why."""
        reasons = Counter(item["reason"] for item in self.facts["skipped"])
        if not reasons:
            return "Every file that was read could be decoded."
        listed = "; ".join(f"{reason} ({number})" for reason, number in reasons.most_common())
        return f"Files that could not be decoded were skipped, {reasons.total()} in all: {listed}."

    def _row(self, name: str, chosen: np.ndarray) -> dict:
        row = {"class": name} | {NAMES[s]: int(chosen[indices].sum()) for s, indices in self.split.items()}
        return row | {"all": sum(value for value in row.values() if isinstance(value, int))}
