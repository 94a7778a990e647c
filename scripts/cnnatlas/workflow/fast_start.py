"""Jobs on this machine that start without waiting for imports: cnnatlas.workflow.fork_server becomes them.

Snakemake has no way to say how a script is started, so its method is replaced. What needs another environment, or more
than one thread (which libraries read when they are imported), starts as ever, and so do all jobs until the server is
ready.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import nullcontext, suppress
from pathlib import Path

from snakemake.benchmark import benchmarked
from snakemake.script import PythonScript

WORTHWHILE = 10  # jobs; the server itself imports as much as a few of them
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")}
ORDINARY = PythonScript.execute_script


class ForkServer:
    """The server, as Snakemake's process sees it, with which it ends."""

    def __init__(self) -> None:
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", "-m", "cnnatlas.workflow.fork_server", str(theirs.fileno())]
        with theirs:
            self.process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=os.environ | ONE_THREAD, stdin=subprocess.DEVNULL
            )
        self._ready = False

    def ready(self) -> bool:
        """Whether it has imported everything."""
        if not self._ready and select.select([self._requests], [], [], 0)[0]:
            self._ready = self._requests.recv(16) == b"ready"
        return self._ready

    def run(self, script: str, environment: dict[str, str], record: object = None) -> int | None:
        """The exit status of a script, negative the signal that ended it; None where it could not be started.

        A benchmark goes into `record`.
        """
        answer, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with answer:
            if not (pid := self._start(script, environment, answer, theirs)):
                return None
            with benchmarked(pid, record) if record is not None else nullcontext():
                with suppress(OSError):  # it was killed before it began
                    answer.send(b"go")  # no earlier: of a process that has ended nothing could be measured
                if status := answer.recv(16):
                    return int(status)
            with suppress(ProcessLookupError):  # the server was killed, and nobody else waits for its jobs
                os.kill(pid, signal.SIGKILL)
            return -signal.SIGKILL

    def _start(self, script: str, environment: dict[str, str], answer: socket.socket, theirs: socket.socket) -> int:
        """The process number of a job that waits for its go; 0 where there is none."""
        request = json.dumps({"script": script, "environment": environment}).encode()
        with theirs, suppress(OSError):
            socket.send_fds(self._requests, [request], [theirs.fileno()])
        return int(answer.recv(16) or 0)


def install(workflow, scripts: Path) -> None:
    """Let the jobs of the scripts in this folder start fast, in a run that has enough jobs."""
    if sys.platform != "linux" or not workflow.local_exec:
        return  # elsewhere a process that uses the system's libraries may not fork
    server, lock = None, threading.Lock()

    def execute_script(self: PythonScript, fname: str, edit: bool = False) -> None:
        nonlocal server
        with lock:
            if server is None and _fits(self, scripts) and _worthwhile(workflow):
                server = ForkServer()
            ready = server is not None and _fits(self, scripts) and server.ready()
        status = server.run(fname, _environment(self), self.bench_record) if ready else None
        if status is None:
            ORDINARY(self, fname, edit)
        elif status:
            raise subprocess.CalledProcessError(status, f"{sys.executable} {fname}")

    PythonScript.execute_script = execute_script


def _fits(script: PythonScript, scripts: Path) -> bool:
    own = Path(script.path.get_path_or_uri(secret_free=True)).resolve().parent == scripts
    return own and script.threads == 1 and not (script.conda_env or script.container_img or script.env_modules)


def _worthwhile(workflow) -> bool:
    """Whether a run has enough jobs, and none needs the terminal."""
    jobs = sum(1 for _ in workflow.dag.needrun_jobs(exclude_finished=False))
    return jobs >= WORTHWHILE and not workflow.execution_settings.debug


def _environment(script: PythonScript) -> dict[str, str]:
    """What snakemake.shell starts a job with."""
    temporary = script.resources.get("tmpdir")
    folders = dict.fromkeys(("TMPDIR", "TMP", "TEMPDIR", "TEMP"), temporary) if temporary else {}
    return os.environ | ONE_THREAD | folders
