"""Jobs that are forked from one process: as if Python had started for each, and told apart."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from snakemake.benchmark import BenchmarkRecord

from cnnatlas.workflow.fast_start import ONE_THREAD, ForkServer
from project import ROOT

pytestmark = pytest.mark.slow  # a server imports torch

ENVIRONMENT = os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT / "scripts")}
# A network's training, random numbers and a figure: what jobs compute
COMPUTES = """
import sys
import numpy as np, torch
from matplotlib.figure import Figure
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.Flatten(),
                              torch.nn.Linear(8 * 30 * 30, 10))
optimiser = torch.optim.SGD(network.parameters(), 0.1)
for _ in range(3):
    loss = network(torch.randn(16, 3, 32, 32)).logsumexp(1).mean()
    optimiser.zero_grad(); loss.backward(); optimiser.step()
figure = Figure()
figure.subplots().plot(np.random.default_rng(0).random((64, 64)) @ np.random.default_rng(1).random((64, 3)))
figure.savefig("FOLDER/figure.png")
np.save("FOLDER/weights.npy", torch.nn.utils.parameters_to_vector(network.parameters()).detach().numpy())
"""


def started() -> ForkServer:
    server = ForkServer()
    while not server.ready():
        assert server.process.poll() is None
        time.sleep(0.05)
    return server


@pytest.fixture(scope="module")
def server():
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT / "scripts")
    try:
        yield started()
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


@pytest.fixture
def script(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "script.py"
        path.write_text(text)
        return str(path)

    return write


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 0),
        ("raise SystemExit(3)", 3),
        ("1 / 0", 1),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        (  # a command that a shell started in the background ignores the signal, and so would what it starts
            "import os, signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nos.kill(os.getpid(), signal.SIGINT)",
            -signal.SIGINT,
        ),
        ("import atexit, os; atexit.register(os._exit, 7)", 7),
        (
            "import os, threading, time\ndef end(): time.sleep(0.3); os._exit(5)\nthreading.Thread(target=end).start()",
            5,
        ),
    ],
)
def test_the_exit_status_is_that_of_the_script(server, script, text, status):
    assert server.run(script(text), ENVIRONMENT) == status


def test_a_script_finds_what_a_fresh_python_would_show_it(server, script, tmp_path):
    text = (
        "import json, os, sys, tempfile\n"
        "ours = [name for name in sys.modules if name.startswith('cnnatlas')]\n"
        "import cnnatlas\n"
        "found = [__name__, sys.argv, dict(os.environ), tempfile.gettempdir(), ours, cnnatlas.__file__]\n"
        "json.dump(found, open(os.environ['FOUND'], 'w'))\n"
    )
    path, found = script(text), tmp_path / "found.json"
    environment = ENVIRONMENT | {"FOUND": str(found), "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, path], env=environment, check=True)
    fresh = json.loads(found.read_text())
    assert server.run(path, environment) == 0
    assert json.loads(found.read_text()) == fresh


def test_the_server_has_one_thread_and_may_fork(server):
    assert len(list(Path("/proc", str(server.process.pid), "task").iterdir())) == 1


def test_modules_are_there_already(server, script):
    assert server.run(script("import sys; sys.exit(not {'torch', 'numpy'} <= set(sys.modules))"), ENVIRONMENT) == 0


def test_results_are_those_of_a_process_of_its_own_bit_for_bit(server, script, tmp_path):
    made = []
    for name in ("alone", "forked"):
        folder = tmp_path / name
        folder.mkdir()
        path = script(COMPUTES.replace("FOLDER", str(folder)))
        if name == "alone":
            subprocess.run([sys.executable, path], env=ENVIRONMENT, check=True)
        else:
            assert server.run(path, ENVIRONMENT) == 0
        made.append([(folder / file).read_bytes() for file in ("weights.npy", "figure.png")])
    assert made[0] == made[1]


def test_each_of_many_jobs_gets_its_own_answer(server, tmp_path):
    def run(number: int) -> int:
        path = tmp_path / f"{number}.py"
        path.write_text(f"import time; time.sleep({number % 3} / 10); raise SystemExit({number})")
        return server.run(str(path), ENVIRONMENT)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(40))) == list(range(40))


def test_signals_in_quick_succession_leave_the_server_as_it_is(server, script):
    path, other = script(""), started()
    storm = [sys.executable, "-c", f"import os\nwhile True: os.kill({other.process.pid}, {int(signal.SIGCHLD)})"]
    with subprocess.Popen(storm, stderr=subprocess.DEVNULL) as process:
        try:
            assert not any(other.run(path, ENVIRONMENT) for _ in range(100))
        finally:
            process.kill()


def test_a_job_is_measured_however_short(server, script):
    record = BenchmarkRecord()
    assert server.run(script(""), ENVIRONMENT, record) == 0
    assert record.data_collected


def test_the_server_ends_with_its_owner_and_a_job_under_way_goes_on(script, tmp_path):
    path, done = script(f"import time; time.sleep(2); open({str(tmp_path / 'done')!r}, 'w')"), tmp_path / "done"
    owner = (
        "import os, threading, time\n"
        "from cnnatlas.workflow.fast_start import ForkServer\n"
        "server = ForkServer()\n"
        "while not server.ready(): time.sleep(0.05)\n"
        f"threading.Thread(target=server.run, args=({path!r}, dict(os.environ)), daemon=True).start()\n"
        "time.sleep(0.5)\n"
        "print(server.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", owner]
    pid = int(subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False).stdout)
    deadline = time.monotonic() + 60
    while (Path("/proc", str(pid)).exists() or not done.exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert done.exists() and not Path("/proc", str(pid)).exists()


def test_without_its_server_a_job_is_said_not_to_have_started(server, script):
    other = started()
    other.process.kill()
    other.process.wait()
    assert other.run(script(""), ENVIRONMENT) is None


def test_a_job_whose_server_is_killed_ends_too(server, script, tmp_path):
    pid = tmp_path / "pid"
    other, path = (
        started(),
        script(f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)"),
    )
    with ThreadPoolExecutor(1) as pool:
        status = pool.submit(other.run, path, ENVIRONMENT)
        while not pid.exists() or not pid.read_text():
            time.sleep(0.05)
        other.process.kill()
        assert status.result() == -signal.SIGKILL
    deadline = time.monotonic() + 60
    while Path("/proc", pid.read_text()).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path("/proc", pid.read_text()).exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_a_terminal_sends_to_all_ends_jobs_and_leaves_the_server(server, script, number):
    server.process.send_signal(number)
    ended = 0 if signal.getsignal(number) == signal.SIG_IGN else -number  # under nohup all ignore SIGHUP
    assert server.run(script(f"import os; os.kill(os.getpid(), {int(number)})"), ENVIRONMENT) == ended
    assert server.process.poll() is None
