"""A trained network as a folder of files for other programs."""

import json
import shutil
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.export import model_card, onnx_model
from cnnatlas.files import read_json, replacing_folder, write_json
from cnnatlas.prediction.network import Network, load
from cnnatlas.prediction.trainings import Training


def export(training: Training, source: model_card.Source) -> Path:
    """Write weights, ONNX file, class names, configuration and model card; the folder, which is whole or not there.

    Raises AtlasError where the training has not been evaluated, and as `onnx_model.write` does.
    """
    onnx_model.require()
    facts = model_card.Facts(
        **{name: _read(training.place(*place)) for name, place in model_card.FILES.items()}, source=source
    )
    network = load(training.weights)
    folder = training.run / "export" / training.name
    with replacing_folder(folder) as temporary:
        shutil.copyfile(training.weights, temporary / "weights.safetensors")
        found = onnx_model.write(network.classifier, network.preprocessing["size"], temporary / "model.onnx")
        (temporary / "classes.json").write_text(
            json.dumps(network.classes, ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
        write_json(temporary / "config.json", _configuration(training, network, found))
        (temporary / "README.md").write_text(model_card.text(training, network, facts, found), "utf-8")
    return folder


def _configuration(training: Training, network: Network, difference: float) -> dict:
    """What a program needs that runs model.onnx or builds the network itself."""
    size = network.preprocessing["size"]
    return {
        "variant": training.variant,
        "run": training.run.name,
        "seed": network.seed,
        "architecture": network.spec["architecture"],
        "preprocessing": network.preprocessing,
        "spec": network.spec,
        "onnx": {
            "input": {
                "name": "images",
                "shape": ["batch", 3, size, size],
                "type": "float32",
                "values": "RGB in [0, 1]",
            },
            "output": {"name": "logits", "shape": ["batch", len(network.classes)], "type": "float32"},
            "includes": "subtracting the mean and dividing by the standard deviation",
            "opset": onnx_model.OPSET,
            "difference_from_torch": difference,
        },
    }


def _read(path: Path) -> dict:
    if not path.is_file():
        raise AtlasError(f"{path}: not there; run snakemake with this file as its target, and export again")
    return read_json(path)
