"""What a small site is made of: the files of the pages, and the explorer's data of three variants."""

from project import ROOT

SITE = ROOT / "report" / "site"

ENDS = [f"{split}_{end}" for split in ("train", "validation", "test") for end in ("accuracy", "low", "high")]


def row(name: str, dataset: str, accuracy: float, **values: object) -> dict:
    """A variant of the explorer."""
    counts = {"parameters": 1000, "multiply_adds": 2e6, "epochs": 3.0, "best_epoch": 2.0, "seeds": 1, "diverged": 0}
    texts = {"title": name.capitalize(), "interval": "Wilson", "flags": [], "studies": ["Study"]}
    return {"variant": name, "dataset": dataset, **dict.fromkeys(ENDS, accuracy), **counts, **texts, **values}


def curve(name: str, values: list[float | None]) -> dict:
    """A training's learning curve of the explorer."""
    series = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
    return {"variant": name, "seed": 0, "epoch": list(range(1, len(values) + 1)), **dict.fromkeys(series, values)}


EXPLORER = {
    "datasets": {"cifar10": "CIFAR-10", "stl10": "STL-10"},
    "variants": [
        row("plain", "stl10", 0.25),
        row("deep", "stl10", 0.5, multiply_adds=3e7, flags=["at chance"]),
        row("small", "cifar10", 0.125, studies=["Study", "Other </script>"], **dict.fromkeys(ENDS[-3:])),
    ],
    "curves": [curve("plain", [0.1, 0.2]), curve("deep", [0.2, 0.3, None]), curve("small", [0.3, 0.1])],
}
