"""Dry runs of Snakemake by forks of one process that has imported it, a fifth of what each takes."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path


def run(arguments: Sequence[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess:
    """What `python -m snakemake` with these arguments does in a folder; its output is text."""
    with tempfile.TemporaryDirectory() as temporary:
        said = [Path(temporary, name) for name in ("stdout", "stderr")]
        for file in said:
            file.touch()
        request = {"arguments": arguments, "folder": str(folder), "environment": environment}
        print(json.dumps({**request, "streams": [str(file) for file in said]}), file=_server().stdin, flush=True)
        code = int(_server().stdout.readline())
        return subprocess.CompletedProcess(arguments, code, *(file.read_text() for file in said))


@cache
def _server() -> subprocess.Popen:
    """The process that forks; it ends with this one, which closes its input."""
    command = [sys.executable, __file__]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def serve() -> None:
    """Answer each request with an exit status; a fork leaves the loop, to end as a process of its own does."""
    from snakemake import cli

    for line in iter(sys.stdin.readline, ""):  # nothing is read ahead, which a fork would read again
        request = json.loads(line)
        if not (child := os.fork()):
            break
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    else:
        return
    _become(request, str(Path(cli.__file__).with_name("__main__.py")))
    cli.main(request["arguments"])


def _become(request: dict, program: str) -> None:
    """Take over a request's folder, environment, command line and streams."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [program, *request["arguments"]]
    sys.path[:1] = [request["folder"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    for number, file in enumerate(["/dev/null", *request["streams"]]):
        stream = os.open(file, os.O_RDWR)
        os.dup2(stream, number)
        os.close(stream)


if __name__ == "__main__":
    serve()
