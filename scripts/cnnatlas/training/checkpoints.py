"""Checkpoints: files from which an interrupted training resumes.

A file holds the SHA-256 of all that follows the first line, a line of JSON, and tensors in safetensors' format. Its
name identifies the training (by a digest of spec, seed, data, sources, initial weights and environment) and the number
of steps. The two newest are kept, so that a damaged one costs little.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from hashlib import sha256
from logging import Logger
from pathlib import Path

import numpy as np
import safetensors.torch
from torch import Tensor

from cnnatlas.errors import AtlasError
from cnnatlas.files import remove_folder, remove_leftovers, replacing
from cnnatlas.locks import locked
from cnnatlas.training.stop_request import StopRequest

INTERVAL = 30.0  # seconds from one to the next, at least: a crash may lose as much, and the step or epoch under way
SHARE = 0.01  # of the time that writing may take: checkpoints that take long are written less often
GENERATIONS = 2
SUFFIX = ".checkpoint"
LOCK = "lock"


class Checkpoints:
    """The checkpoints of one training in a folder of their own; without a folder none are written.

    `sources` are the files whose code determines the result. With an interval of 0, one is due after every step.
    """

    def __init__(self, folder: Path | str | None, sources: Iterable[Path | str] = (), interval: float = INTERVAL):
        self.folder = Path(folder) if folder else None
        self.sources = list(sources)
        self.interval = self.pause = interval
        self.last = time.monotonic()
        self.stop_request = StopRequest()
        self.identify: Callable[[], dict] = dict  # set by the training; called when needed, for it reads all data

    @contextmanager
    def listening(self) -> Iterator[None]:
        """The context in which signals are taken as stop requests; without a folder they are left alone.

        The folder is this training's alone from here to the end of its process, or until it is interrupted. Raises
        AtlasError where another process has it.
        """
        if self.folder is None:
            yield
            return
        with self.stop_request.listening(), ExitStack() as interrupted:
            with suppress(OSError):  # where no checkpoint can be written, training goes on without
                self._lock = interrupted.enter_context(locked(self.folder / LOCK))
            yield
            interrupted.pop_all()

    @cached_property
    def identity(self) -> dict:
        """What a checkpoint must have in common with a training that resumes from it."""
        return self.identify()

    @cached_property
    def prefix(self) -> str:
        """The beginning of the names of this training's checkpoints."""
        return digest(json.dumps(self.identity, sort_keys=True).encode())[:16]

    def newest(self, log: Logger) -> tuple[dict, dict[str, Tensor]] | None:
        """Facts and tensors of the newest valid checkpoint, or None. Damaged ones are renamed."""
        if not self.folder:
            return None
        remove_leftovers(self.folder)
        for path in sorted(self.folder.glob(f"*{SUFFIX}"), reverse=True):
            if not path.name.startswith(self.prefix):
                log.info("%s is not used: it belongs to another %s", path, " and ".join(self._differences(path)))
                continue
            try:
                return read(path)
            except ValueError as error:
                aside = path.rename(path.with_suffix(".damaged"))
                log.warning("%s is damaged (%s); it is now called %s", path, error, aside.name)
        return None

    def _differences(self, path: Path) -> list[str]:
        """The parts of the identity in which another training's checkpoint differs."""
        theirs = _identity(path)
        return [key for key, value in self.identity.items() if theirs.get(key) != value]

    def due(self) -> bool:
        """Whether it is time for the next checkpoint."""
        return self.folder is not None and time.monotonic() - self.last >= self.pause

    def write(self, capture: Callable[[], tuple[dict, dict[str, Tensor]]], log: Logger) -> None:
        """Write the captured facts and tensors, and remove older checkpoints.

        Where that fails, training continues with a warning.
        """
        start = time.monotonic()
        facts, tensors = capture()
        path = self.folder / f"{self.prefix}-{facts['steps']:09d}{SUFFIX}"
        try:
            write(path, {**facts, "identity": self.identity}, tensors)
            for old in sorted(self.folder.glob(f"{self.prefix}-*{SUFFIX}"))[:-GENERATIONS]:
                old.unlink()
        except (AtlasError, OSError) as error:
            log.warning("no checkpoint was written, training continues: %s", error)
        self.last = time.monotonic()
        self.pause = self.interval and max(self.interval, (self.last - start) / SHARE)

    def remove(self) -> None:
        """Remove the folder, and the folders above it that are left empty."""
        if self.folder:
            remove_folder(self.folder)


def write(path: Path, facts: dict, tensors: dict[str, Tensor]) -> None:
    """Write a checkpoint under a temporary name, then rename it."""
    parts = json.dumps(facts).encode() + b"\n", safetensors.torch.save(tensors)
    with replacing(path) as temporary, temporary.open("wb") as stream:
        stream.writelines([digest(*parts).encode() + b"\n", *parts])


def read(path: Path) -> tuple[dict, dict[str, Tensor]]:
    """Facts and tensors of a checkpoint. Raises ValueError where its content is not what was written."""
    checksum, _, body = path.read_bytes().partition(b"\n")
    if digest(body).encode() != checksum:
        raise ValueError("its checksum is wrong")
    facts, _, tensors = body.partition(b"\n")
    return json.loads(facts), safetensors.torch.load(tensors)


def _identity(path: Path) -> dict:
    """The identity in a checkpoint that may be damaged; empty where it cannot be read."""
    try:
        with path.open("rb") as stream:
            stream.readline()
            return dict(json.loads(stream.readline())["identity"])
    except (ValueError, KeyError, TypeError):
        return {}


def identity(
    spec: dict,
    seed: int,
    arrays: Mapping[str, np.ndarray],
    initial_weights: Mapping[str, Path | str],
    sources: Iterable[Path | str],
    environment: dict,
) -> dict:
    """What determines the bits of a training, part by part, as digests."""
    return {
        "spec": _of_json(spec),
        "seed": seed,
        "data": _of_json({key: [*value.shape, str(value.dtype), _of_array(value)] for key, value in arrays.items()}),
        "initial weights": _of_json({key: digest(Path(path).read_bytes()) for key, path in initial_weights.items()}),
        "source": _of_json([[str(path), digest(Path(path).read_bytes())] for path in sources]),
        "environment": _of_json(environment),
    }


def digest(*parts: bytes | memoryview) -> str:
    """SHA-256 of the concatenated parts, in hexadecimal digits."""
    hashed = sha256()
    for part in parts:
        hashed.update(part)
    return hashed.hexdigest()


def _of_json(value: object) -> str:
    return digest(json.dumps(value, sort_keys=True).encode())


def _of_array(array: np.ndarray) -> str:
    return digest(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
