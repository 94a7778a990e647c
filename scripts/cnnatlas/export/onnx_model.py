"""A network as an ONNX file that gives what torch gives."""

import logging
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.errors import AtlasError

PACKAGES = ("onnx", "onnxruntime", "onnxscript")
OPSET = 20
TOLERANCE = 1e-4  # of the largest logit, or absolute where that is below 1
BATCHES = (1, 2, 5)


def require() -> None:
    """Raises AtlasError where a package that exports or checks is missing."""
    if missing := [name for name in PACKAGES if not find_spec(name)]:
        raise AtlasError(f"{', '.join(missing)}: not installed here, and an export needs it; run it in the .venv that "
                         "`make .venv/.complete` brings up to date from requirements.lock")  # fmt: skip


def write(classifier: Classifier, size: int, path: Path) -> float:
    """Write `classifier`, its normalisation included; the largest difference from torch, relative to the logits' size.

    Input `images`: float32 (batch, 3, `size`, `size`) in [0, 1]; output `logits` (batch, classes). The file is run on
    images of noise, in batches of several sizes. Raises AtlasError where ONNX cannot express the network, and where a
    logit differs by more than TOLERANCE.
    """
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    example = torch.zeros(2, 3, size, size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the exporter's own code
        try:
            torch.onnx.export(
                classifier, (example,), path, input_names=["images"], output_names=["logits"], opset_version=OPSET,
                dynamic_shapes=({0: torch.export.Dim("batch")},), external_data=False, verbose=False,
            )  # fmt: skip
        except RuntimeError as error:  # the exporter's own are such
            reason = str(error).strip().splitlines()[0][:200]
            raise AtlasError(f"{type(classifier.network).__name__}: ONNX cannot express it ({reason})") from error
    found = difference(classifier, size, path)
    if not found <= TOLERANCE:
        raise AtlasError(f"{path.name}: its logits differ from torch's by {found:.1g} of their size, more than "
                         f"{TOLERANCE:g}; keep to weights.safetensors, and report this network")  # fmt: skip
    return found


def difference(classifier: Classifier, size: int, path: Path) -> float:
    """The largest difference between the logits of an ONNX file and torch's, relative to the larger of these and 1."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    generator, found = np.random.default_rng(0), []
    for batch in BATCHES:
        images = generator.random((batch, 3, size, size), dtype=np.float32)
        with torch.inference_mode():
            expected = classifier(torch.from_numpy(images)).numpy()
        (logits,) = session.run(["logits"], {"images": images})
        found.append(float(np.abs(logits - expected).max() / max(1.0, np.abs(expected).max())))
    return float(np.max(found))  # NaN where one is
