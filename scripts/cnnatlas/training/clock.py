"""How long a training takes, interruptions excluded: what differs between runs that are otherwise equal."""

import time
from dataclasses import dataclass, field


@dataclass
class Stopwatch:
    """Seconds while it runs, added to those before an interruption."""

    gathered: float = 0.0
    since: float | None = None

    def start(self) -> None:
        """Start, or continue."""
        self.since = time.perf_counter()

    def stop(self) -> None:
        """Pause."""
        self.gathered, self.since = self.read(), None

    def read(self) -> float:
        """Seconds so far."""
        return self.gathered + (time.perf_counter() - self.since if self.since is not None else 0.0)


@dataclass
class Clock:
    """The whole training's time, that of the epoch in progress, a row per finished epoch, and how often it resumed."""

    whole: Stopwatch = field(default_factory=Stopwatch)
    epoch: Stopwatch = field(default_factory=Stopwatch)
    epochs: list[dict] = field(default_factory=list)
    interruptions: int = 0

    def end_epoch(self, images: int) -> None:
        """Record the time of an epoch of so many images."""
        seconds = self.epoch.read()
        speed = round(images / seconds, 1)
        self.epochs.append({"epoch": len(self.epochs) + 1, "seconds": round(seconds, 3), "images_per_second": speed})
        self.epoch = Stopwatch()

    def facts(self) -> dict:
        """As saved in a checkpoint."""
        return {
            "whole": self.whole.read(),
            "epoch": self.epoch.read(),
            "epochs": self.epochs,
            "interruptions": self.interruptions,
        }

    def resume(self, facts: dict) -> None:
        """Continue from the time of a checkpoint: one more interruption."""
        self.whole.gathered, self.epoch.gathered = facts["whole"], facts["epoch"]
        self.epochs, self.interruptions = facts["epochs"], facts["interruptions"] + 1

    def record(self) -> dict:
        """As saved in timing.json; images per second are those of all training epochs together."""
        training = sum(row["seconds"] for row in self.epochs)
        images = sum(row["seconds"] * row["images_per_second"] for row in self.epochs)
        return {
            "seconds": round(self.whole.read(), 3),
            "images_per_second": round(images / training, 1) if training else None,
            "epochs": self.epochs,
            "interruptions": self.interruptions,
        }
