"""CNN Atlas: the library behind the workflow, and `load`, which opens a trained network."""

from importlib import import_module


def __getattr__(name: str) -> object:
    """`load`, once it is asked for: planning imports this package too, and needs no torch.

    By name, not by an import statement: every job depends on what this file imports (cnnatlas.workflow.sources).
    """
    if name == "load":
        return import_module("cnnatlas.prediction.network").load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
