"""Ending a training when the system or a person asks for it, at a moment from which it can go on."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from cnnatlas.errors import AtlasError

SIGNALS = (signal.SIGTERM, signal.SIGINT)  # of schedulers, and of a terminal's Ctrl-C


class Stop:
    """The wish to stop, by the name of its signal; it is obeyed at once, or, within `patience`, where the loop asks."""

    def __init__(self):
        self.wished: str | None = None
        self.patient = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen to signals, in the main thread; the handlers before come back afterwards."""
        before = {number: signal.signal(number, self._receive) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def patience(self) -> Iterator[None]:
        """Do not interrupt what runs here: the loop looks at `wished`. A second signal ends even this."""
        self.patient = True
        try:
            yield
        finally:
            self.patient = False
        if self.wished:
            self.obey()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        again, self.wished = self.wished, signal.Signals(number).name
        if again or not self.patient:
            self.obey()

    def obey(self, where: str = "") -> None:
        """Raises AtlasError, which ends the job with one line."""
        raise AtlasError(f"stopped by {self.wished}{where}; run the same command to go on")
