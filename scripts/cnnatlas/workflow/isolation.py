"""Keeping a run apart from what its user has set up for other work."""

import os
from collections.abc import MutableMapping

# By variable, what jobs are started with; None where they are started without it
SETTINGS = {
    "PYTHONUTF8": "1",  # files and outputs are UTF-8, whatever the locale
    "PYTHONIOENCODING": None,
    "MATPLOTLIBRC": os.devnull,  # no style of the user's: it may be one that cannot even be read
    "MPLBACKEND": None,  # Jupyter's terminals set it, to a module that need not be installed here
    "PYTHONSTARTUP": None,
}


def isolate(environment: MutableMapping[str, str] = os.environ) -> None:
    """Change the environment that jobs inherit so that results and errors are those of any other user."""
    for name, value in SETTINGS.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
