"""Ending a training on a signal of the system or the user, at a moment from which it can resume."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from cnnatlas.errors import Stopped

SIGNALS = (signal.SIGTERM, signal.SIGINT)  # of schedulers, and of a terminal's Ctrl-C


class StopRequest:
    """A request to stop, by the name of its signal: it ends the training at once, or, while `deferred`, at a check."""

    def __init__(self):
        self.signal: str | None = None
        self.is_deferred = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle the signals, in the main thread; the previous handlers are restored afterwards."""
        before = {number: signal.signal(number, self._receive) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Do not interrupt what runs here: the loop checks `signal` itself. A second signal interrupts even this."""
        self.is_deferred = True
        try:
            yield
        finally:
            self.is_deferred = False
        if self.signal:
            self.end_training()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        again, self.signal = self.signal, signal.Signals(number).name
        if again or not self.is_deferred:
            self.end_training()

    def end_training(self, where: str = "") -> None:
        """Raises Stopped, which ends the job with one line."""
        raise Stopped(f"stopped by {self.signal}{where}; run the same command to resume")
