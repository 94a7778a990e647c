"""Reading files of weights: tensors, and nothing executable."""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from cnnatlas.errors import AtlasError


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


def _refused(path: Path | str, why: str) -> AtlasError:
    return AtlasError(f"{path}: damaged, or no file of weights ({why}); delete it and run the same command again")
