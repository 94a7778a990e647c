"""Reading files of weights: tensors, what describes them, and nothing executable."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor

from cnnatlas.errors import AtlasError

DESCRIPTION = "cnnatlas"  # the one key of a file's metadata: safetensors writes several in any order


def read_weights(path: Path | str) -> dict[str, Tensor]:
    """Read a network's tensors by name: a weights.safetensors of this project, or one of torchvision's (.pth).

    Raises AtlasError, naming the file, where it is missing, damaged, or holds anything but tensors.
    """
    try:
        if str(path).endswith(".pth"):
            weights: Any = torch.load(path, map_location="cpu", weights_only=True)
        else:
            weights = load_file(str(path))
    except FileNotFoundError:
        raise AtlasError(f"{path}: no such file; run the command again that creates it") from None
    except (MemoryError, AtlasError):
        raise
    except SafetensorError as error:
        raise _refused(path, str(error)) from error
    except Exception as error:  # a damaged pickle may raise anything
        raise _refused(path, type(error).__name__ if len(str(error)) > 200 else str(error)) from error
    if not isinstance(weights, dict) or not all(isinstance(value, Tensor) for value in weights.values()):
        raise _refused(path, "it holds something other than tensors")
    return weights


def read_description(path: Path | str) -> dict:
    """What a training's weights.safetensors says of its network: classes, preprocessing, seed, spec.

    Raises AtlasError, naming the file, where it is missing or damaged, or says nothing.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            text = (file.metadata() or {}).get(DESCRIPTION)
    except (FileNotFoundError, IsADirectoryError):
        raise AtlasError(f"{path}: no such file; name the weights.safetensors of a training") from None
    except Exception as error:  # of whatever else the file may be
        raise _refused(path, str(error)) from error
    if text is None:
        raise AtlasError(f"{path}: does not say what its network is, as the weights of a training in this version do; "
                         "delete it and run the command again that made it")  # fmt: skip
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _refused(path, str(error)) from error
    if not isinstance(found, dict) or sorted(found) != ["classes", "preprocessing", "seed", "spec"]:
        raise _refused(path, "its description is not that of a training")
    return found


def _refused(path: Path | str, why: str) -> AtlasError:
    return AtlasError(f"{path}: damaged, or no file of weights ({why}); delete it and run the same command again")
