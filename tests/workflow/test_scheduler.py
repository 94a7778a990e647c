"""A process ends with its main thread, whatever timers Snakemake's scheduler has left."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("end", "status"), [("", 0), ("raise KeyError", 1), ("sys.exit(3)", 3)])
def test_timers_do_not_keep_a_process_that_is_over(end, status):
    code = (
        "import sys, threading; sys.path.insert(0, 'scripts')\n"
        "from cnnatlas.workflow import scheduler\n"
        f"scheduler.end_reschedules_with_the_run(); threading.Timer(3600, print).start()\n{end}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert done.returncode == status
