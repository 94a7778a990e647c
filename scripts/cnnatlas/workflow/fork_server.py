"""A process that has imported what jobs import, and becomes each of them by forking: `python -m` this module.

Half of a small training is the import of torch. A job that is forked shares the imported modules with all others, and
is otherwise a process of its own: what a script does, and its result bit for bit, is as if Python had started for it.
Nothing of this project is kept imported, so that each job reads the sources as they are when it starts.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import threading
from contextlib import suppress

# With one thread for linear algebra none of them starts another thread, or this process could not be forked
IMPORTED = (
    "numpy", "torch", "PIL.Image", "scipy.ndimage", "scipy.optimize", "scipy.stats", "seaborn",
    "matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
    "snakemake.iocontainers", "snakemake.logging",
)  # fmt: skip
LONGEST = 1 << 20  # bytes of a request
# What a terminal or a batch system sends to all processes of a run is for jobs; this one ends when Snakemake has ended
FOR_JOBS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Children:
    """The jobs under way, and for each the socket on which its number is told, and then its exit status."""

    def __init__(self) -> None:
        self._answers: dict[int, socket.socket] = {}
        # No handler waits for a child: while it does another child can end, and handlers interrupt each other
        self.ended, self._wake = socket.socketpair()
        self.ended.setblocking(False)
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def fork(self, answer: socket.socket) -> bool:
        """Whether this is the child. No answer tells Snakemake that there is none."""
        try:
            pid = os.fork()
        except OSError:  # no memory, or too many processes
            answer.close()
            return False
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.set_wakeup_fd(-1)
            self.ended.close()
            self._wake.close()
            return True
        self._answers[pid] = answer
        _send(answer, pid)
        return False

    def tell_ended(self) -> None:
        """Tell the exit status of each child that has ended since `ended` could be read."""
        with suppress(BlockingIOError):
            self.ended.recv(LONGEST)
        while self._answers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with self._answers.pop(pid) as answer:
                _send(answer, os.waitstatus_to_exitcode(status))


def serve(requests: socket.socket) -> dict | None:
    """In each child, what it was asked for; in the server, None once nobody can ask any more."""
    own = {number: signal.signal(number, signal.SIG_IGN) for number in FOR_JOBS}
    for module in IMPORTED:
        with suppress(ImportError):  # a launcher may have no torch; then its jobs have environments of their own
            importlib.import_module(module)
    gc.freeze()  # or each child's garbage collection would copy all of it
    children = Children()
    requests.send(b"ready")
    while True:
        if children.ended in (readable := select.select([requests, children.ended], [], [])[0]):
            children.tell_ended()
        if requests not in readable:
            continue
        message, descriptors, *_ = socket.recv_fds(requests, LONGEST, 1)
        if not message:
            return None
        answer = socket.socket(fileno=descriptors[0])
        if children.fork(answer):
            for number, handler in own.items():
                signal.signal(number, handler)
            requests.close()
            return json.loads(message) if answer.recv(2) else None  # once Snakemake is ready to measure it


def become(script: str, environment: dict[str, str]) -> None:
    """Run a script as Python would if it had been started for it."""
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # which TMPDIR decides
    for name in [name for name in sys.modules if name.partition(".")[0] == "cnnatlas"]:
        del sys.modules[name]
    sys.argv = [script]
    runpy.run_path(script, run_name="__main__")
    _leave()


def _leave() -> None:
    """End as Python does, but for the half second in which it takes down each of the shared modules."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _send(answer: socket.socket, number: int) -> None:
    with suppress(OSError):  # Snakemake has been killed
        answer.send(str(number).encode())


if __name__ == "__main__":
    if (asked := serve(socket.socket(fileno=int(sys.argv[1])))) is not None:
        become(**asked)
