"""Everything to know of a GPU in one command of a few minutes, on a machine that may have little more than torch.

    python benchmarks/gpu.py prepare FOLDER [--cifar10 resources/upstream/cifar10]    where the project is installed
    python benchmarks/gpu.py check FOLDER [--only bits speed] [--minutes 8] [--quick] where the GPU is

`prepare` writes the resolved specs of the full study's networks, and CIFAR-10 in parts of at most 60 MiB. `check`
needs torch, NumPy, safetensors and tqdm, no Snakemake, captum, pooch or jsonschema. It prints a table, writes
FOLDER/gpu.json after each check, and ends with status 1 where one failed. Without a GPU it does the same on the CPU,
which shows that the script works and nothing else; --quick shrinks all of it to that end.

agreement     every network, augmentation, optimiser and method of interpretation against the CPU, in float32, and the
              largest difference as a share of the largest value (benchmarks/gpu_agreement.py)
bits          two trainings with one seed; one killed with SIGKILL and resumed: the same bytes of weights
memory        a GPU that is too small ends a training in one line that names `batch_size`
waits         a step after the first waits for no value (torch.cuda.set_sync_debug_mode)
speed         per network: images/s of a training epoch as it is (CUDA graphs), with single operations, and of a plain
              PyTorch loop (DataLoader, autocast, torch.optim); and the share of an epoch in which the GPU computes
together      images/s of 1, 2, 4 and 8 trainings at once on one GPU, without and with NVIDIA's multi-process service
recipe        time, work and test accuracy of `a2b_final` on CIFAR-10, shortened (goal: 94 %) and whole (goal: 96 %)
"""

import argparse
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]

import gpu_agreement  # noqa: E402

from cnnatlas.architectures.describe import describe  # noqa: E402
from cnnatlas.errors import AtlasError  # noqa: E402
from cnnatlas.training import device as devices  # noqa: E402
from cnnatlas.training import loop, precision, steps  # noqa: E402
from cnnatlas.training.checkpoints import Checkpoints  # noqa: E402
from cnnatlas.training.data import to_device  # noqa: E402
from cnnatlas.training.run import Run  # noqa: E402

LOG = logging.getLogger("gpu")
PART = 20_000  # images of CIFAR-10 in a file: 59 MiB
TOGETHER = (1, 2, 4, 8)
MPS = "nvidia-cuda-mps-control"
SHORT = 12  # epochs, about the work of the published recipe for 94 %
PUBLISHED = 3.6e14  # operations of that recipe: Jordan (2404.00498)
PASSES = 3  # of a training step, in forward passes, as in cnnatlas.costs.work, which imports jsonschema


@dataclass(frozen=True)
class Row:
    """A line of the table. `passed` is None where something is measured and nothing is asked for."""

    check: str
    subject: str
    result: str
    passed: bool | None = None


@dataclass(frozen=True)
class Setting:
    """What all checks share: the prepared content, the device, and whether all is shrunk."""

    folder: Path
    specs: dict
    device: torch.device
    quick: bool

    def spec(self, variant: str, **changes) -> dict:
        """A resolved spec with changes, for this device."""
        same = {"device": "gpu" if self.device.type == "cuda" else "cpu", "train_images": None, "progressive": 1.0}
        small = {"batch_size": 8, "epochs": 2} if self.quick else {}
        return {**self.specs[variant]["spec"], **same, **small, **changes}

    def noise(self, variant: str, images: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], int]:
        """So many training images, and a tenth for validation, of noise in which the class brightens a channel."""
        size, classes = self.specs[variant]["size"], self.specs[variant]["classes"]
        generator, count = np.random.default_rng(0), images + images // 10
        labels = np.arange(count) % classes
        pixels = generator.integers(0, 200, (count, size, size, 3), dtype=np.uint8)
        pixels[np.arange(count), :, :, labels % 3] += 40
        return pixels, labels, {"train": np.arange(images), "validation": np.arange(images, count)}, classes


def agreement(setting: Setting) -> Iterator[Row]:
    """Networks, augmentations, optimisers and methods on the device against the CPU."""
    with devices.reproducible(1):
        for kind, subject, difference, limit in gpu_agreement.differences(setting.specs, setting.device):
            yield Row("agreement", f"{kind} {subject}", f"{difference:.1e} of {limit:.0e}", difference <= limit)
        for (kind, subject), reason in gpu_agreement.untried().items():
            yield Row("agreement", f"{kind} {subject}", f"{reason}: not tried")


def bits(setting: Setting) -> Iterator[Row]:
    """The same seed twice, and once killed and resumed."""
    for variant in setting.specs:
        first, second = (_digest(_trained(setting, variant, images=1024, epochs=2)) for _ in range(2))
        yield _equal(f"{variant}: the same seed twice", first, second)
    with TemporaryDirectory() as folder:
        whole = _killed(setting, Path(folder) / "whole", kills=0)
        resumed = _killed(setting, Path(folder) / "killed", kills=1 if setting.quick else 3)
        yield _equal("killed and resumed", whole, resumed)


def _equal(subject: str, first: bytes, second: bytes) -> Row:
    return Row("bits", subject, "equal" if first == second else "DIFFERENT", first == second)


def _trained(setting: Setting, variant: str, images: int, **changes) -> loop.Result:
    images = 64 if setting.quick else images
    return loop.train(setting.spec(variant, **changes), 0, *setting.noise(variant, images), LOG)


def _digest(result: loop.Result) -> bytes:
    return b"".join(value.cpu().numpy().tobytes() for value in result.classifier.state_dict().values())


def _killed(setting: Setting, folder: Path, kills: int) -> bytes:
    """The weights of a training in a process of its own that is killed so many times, after its next checkpoint."""
    command = [sys.executable, __file__, "train", str(setting.folder), "--into", str(folder)]
    command += ["--quick"] if setting.quick else []
    for _ in range(kills):
        known = set(folder.glob("*/*.checkpoint"))
        process = subprocess.Popen(command)
        while process.poll() is None and not set(folder.glob("*/*.checkpoint")) - known:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, check=True)
    return (folder / "weights").read_bytes()


def train_alone(setting: Setting, folder: Path) -> None:
    """The training that is killed: with a checkpoint after every step, its weights in a file at the end."""
    spec, images = setting.spec("a2b_final", epochs=3), 64 if setting.quick else 4096
    keep = Checkpoints(folder / "checkpoints", interval=0)
    result = loop.train(spec, 0, *setting.noise("a2b_final", images), LOG, checkpoints=keep)
    (folder / "weights").write_bytes(_digest(result))


def memory(setting: Setting) -> Iterator[Row]:
    """A GPU that is too small."""
    if setting.device.type != "cuda":
        yield Row("memory", "no GPU", "not tried")
        return
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(0.02)
    try:
        _trained(setting, "e3_resnet18_small", images=4096, batch_size=4096, epochs=1)
        line = "no error"
    except AtlasError as error:
        line = str(error)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        torch.cuda.empty_cache()
    yield Row("memory", "batches of 4,096 in 2 % of the GPU", line, line.startswith("batch_size: with 4096"))


def waits(setting: Setting) -> Iterator[Row]:
    """Steps of every network, once they have been taken for the first time."""
    if setting.device.type != "cuda":
        yield Row("waits", "no GPU", "not tried")
        return
    for variant in setting.specs:
        spec, (images, labels, split, classes) = setting.spec(variant), setting.noise(variant, 64)
        data = to_device(images, labels, split, setting.device)
        run = Run({**spec, "batch_size": 16}, 0, data, classes, precision.choose(setting.device), {})
        run.train_mode()
        take, index = steps.steps(run, LOG), data.splits["train"][:16]
        take(index)
        yield Row("waits", variant, *_waiting(take, index))


def _waiting(take: Callable[[torch.Tensor], object], index: torch.Tensor) -> tuple[str, bool]:
    torch.cuda.set_sync_debug_mode("error")
    try:
        take(index)
    except RuntimeError as error:
        return str(error).splitlines()[0], False
    finally:
        torch.cuda.set_sync_debug_mode("default")
    return "waits for nothing", True


def speed(setting: Setting) -> Iterator[Row]:
    """Images per second of each network, by the loop as it is, by single operations, and by a plain loop."""
    for variant in setting.specs:
        images = 8192 if setting.specs[variant]["size"] <= 64 else 2048
        ours, single = (_images_per_second(setting, variant, images, singly) for singly in (False, True))
        noise = setting.noise(variant, 64 if setting.quick else images)
        plain = gpu_agreement.plain_images_per_second(setting.spec(variant), noise, setting.device)
        rates = f"{ours:,.0f} images/s, {single:,.0f} by single operations, {plain:,.0f} by a plain loop"
        yield Row("speed", variant, f"{rates} ({ours / plain:.1f} times); {_busy(setting, variant, images)}")


def _images_per_second(setting: Setting, variant: str, images: int, singly: bool = False) -> float:
    """The best of three epochs, the first of which also captures."""
    kept, loop.steps = loop.steps, _singly if singly else loop.steps
    try:
        result = _trained(setting, variant, images, epochs=3, allow_divergence=True, select_epoch="last")
    finally:
        loop.steps = kept
    return max((row["images_per_second"] for row in result.timing["epochs"]), default=float("nan"))


def _singly(run: Run, log: logging.Logger) -> Callable[[torch.Tensor], torch.Tensor]:
    taking = steps.steps(run, log)
    if isinstance(taking, steps.Captured):
        taking.refused = True
    return taking


def _busy(setting: Setting, variant: str, images: int) -> str:
    """The share of an epoch's steps in which a kernel runs, by torch's profiler."""
    if setting.device.type != "cuda":
        return "no GPU"
    data = to_device(*setting.noise(variant, images)[:3], setting.device)
    run = Run(setting.spec(variant), 0, data, setting.specs[variant]["classes"], precision.choose(setting.device), {})
    run.train_mode()
    take, batches = steps.steps(run, LOG), data.splits["train"].split(run.spec["batch_size"])[:20]
    take(batches[0])
    torch.cuda.synchronize()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        start = time.perf_counter()
        for index in batches:
            take(index)
        torch.cuda.synchronize()
        seconds = time.perf_counter() - start
    computing = sum(event.self_device_time_total for event in profile.key_averages()) / 1e6
    return f"the GPU computes {computing / seconds:.0%} of the time"


def together(setting: Setting) -> Iterator[Row]:
    """Several trainings at once, without and with NVIDIA's multi-process service: images per second of all of them."""
    counts = TOGETHER[:1] if setting.quick else TOGETHER
    alone = 0.0
    for name, service in (("", nullcontext), (", with MPS", _multi_process_service)):
        if service is _multi_process_service and not shutil.which(MPS):
            yield Row("together", f"{MPS} is missing", "not tried")
            return
        with service():
            for count in counts:
                with ThreadPoolExecutor(count) as pool:
                    rate = sum(pool.map(_in_a_process, [setting] * count))
                alone = alone or rate
                yield Row("together", f"{count} at once{name}", f"{rate:,.0f} images/s, {rate / alone:.2f} times one")


@contextmanager
def _multi_process_service() -> Iterator[None]:
    """The service for this process's children, in a folder of its own; it changes no setting of the GPU."""
    with TemporaryDirectory() as folder:
        own = {"CUDA_MPS_PIPE_DIRECTORY": folder, "CUDA_MPS_LOG_DIRECTORY": folder}
        os.environ |= own
        subprocess.run([MPS, "-d"], check=True)
        try:
            yield
        finally:
            subprocess.run([MPS], input="quit\n", text=True, check=False)
            for name in own:
                del os.environ[name]


def _in_a_process(setting: Setting) -> float:
    """Images per second of a training in a process of its own."""
    command = [sys.executable, __file__, "epochs", str(setting.folder), *(["--quick"] if setting.quick else [])]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-1])


def recipe(setting: Setting) -> Iterator[Row]:
    """`a2b_final` on CIFAR-10, shortened and whole."""
    parts = [np.load(path) for path in sorted(setting.folder.glob("cifar10-*.npz"))]
    if not parts:
        yield Row("recipe", "a2b_final", "CIFAR-10 is not in the folder: not tried")
        return
    images, labels = (np.concatenate([part[key] for part in parts]) for key in ("images", "labels"))
    split = {key: parts[0][key] for key in ("train", "validation", "test")}
    if setting.quick:
        split = {name: index[:64] for name, index in split.items()}
    for epochs, goal in ((SHORT, 94.0), (setting.specs["a2b_final"]["spec"]["epochs"], 96.0)):
        spec = setting.spec("a2b_final", **({} if setting.quick else {"epochs": epochs}))
        yield from _recipe(spec, images, labels, split, None if setting.quick else goal)


def _recipe(spec: dict, images: np.ndarray, labels: np.ndarray, split: dict, goal: float | None) -> Iterator[Row]:
    start = time.perf_counter()
    result = loop.train(spec, 0, images, labels, split, 10, LOG)
    minutes = (time.perf_counter() - start) / 60
    each = describe(result.classifier.network, images.shape[1])["multiply_adds"]
    work = 2 * PASSES * each * spec["epochs"] * len(split["train"])
    share = 100 * float((result.scores["test_mirrored"].argmax(1) == labels[split["test"]]).mean())
    line = (
        f"{share:.2f} % of {len(split['test']):,} test images, mirrored, in {minutes:.2f} min from start to scores; "
        f"{work:.1e} operations, {work / PUBLISHED:.1f} times the published recipe's for 94 %"
    )
    yield Row("recipe", f"a2b_final, {spec['epochs']} epochs", line, None if goal is None else share >= goal)


CHECKS = (agreement, bits, memory, waits, speed, together, recipe)


def check(setting: Setting, only: list[str], minutes: float) -> bool:
    """Make the checks that are asked for, in order, as long as there is time; whether none failed."""
    rows, end = [], time.monotonic() + 60 * minutes
    for each in CHECKS:
        if only and each.__name__ not in only:
            continue
        if time.monotonic() > end:
            rows.append(_printed(Row(each.__name__, "no time left", "not tried", False)))
            continue
        try:
            for row in each(setting):
                rows.append(_printed(row))
        except Exception as error:  # a check that breaks must not keep the others from being made
            rows.append(_printed(Row(each.__name__, type(error).__name__, " ".join(str(error).split())[:300], False)))
        _write(setting, rows)
    return all(row.passed is not False for row in rows)


def _printed(row: Row) -> Row:
    outcome = {True: "passed", False: "FAILED", None: ""}[row.passed]
    print(f"{row.check:10}  {row.subject:44}  {outcome:6}  {row.result}", flush=True)
    return row


def _write(setting: Setting, rows: list[Row]) -> None:
    name = torch.cuda.get_device_name() if setting.device.type == "cuda" else "no GPU"
    content = {
        "device": name,
        "torch": torch.__version__,
        "quick": setting.quick,
        "rows": [asdict(row) for row in rows],
    }
    (setting.folder / "gpu.json").write_text(json.dumps(content, indent=1) + "\n")


def prepare(folder: Path, cifar10: Path | None) -> None:
    """Write what `check` needs and a machine without the project's packages cannot make."""
    from gpu_specs import one_of_each  # imports jsonschema

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specs.json").write_text(json.dumps(one_of_each(ROOT), indent=1))
    if cifar10:
        images, labels, split = (np.load(cifar10 / name) for name in ("images.npy", "labels.npy", "split.npz"))
        for number, start in enumerate(range(0, len(images), PART)):
            part = slice(start, start + PART)
            np.savez(folder / f"cifar10-{number}.npz", images=images[part], labels=labels[part], **split)


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["prepare", "check", "train", "epochs"], help="the last two: for `check`")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cifar10", type=Path, help="the folder of the prepared data set")
    parser.add_argument("--only", nargs="+", default=[], choices=[each.__name__ for each in CHECKS], metavar="CHECK")
    parser.add_argument("--minutes", type=float, default=8, help="after which no further check is begun")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Do what was typed."""
    given = arguments()
    if given.action == "prepare":
        return prepare(given.folder, given.cifar10)
    file = given.folder / "specs.json"
    if not file.exists():
        sys.exit(f"error: {file} is missing; make it: python benchmarks/gpu.py prepare {given.folder}")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    specs = json.loads(file.read_text())
    setting = Setting(given.folder, specs, torch.device("cuda" if torch.cuda.is_available() else "cpu"), given.quick)
    if given.action == "train":
        return train_alone(setting, given.into)
    if given.action == "epochs":
        return print(_images_per_second(setting, "a2a_vgg_bn", 8192))
    sys.exit(not check(setting, given.only, given.minutes))


if __name__ == "__main__":
    main()
