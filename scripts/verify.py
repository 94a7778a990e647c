"""Compare two runs by the checksums of their files, and name the first difference and its cause.

make verify A=results/embedded B=../again/results/embedded
"""

import sys
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.workflow.verification import compare


def main() -> None:
    """Print how many files agree; exit with status 1 where any differs."""
    try:
        comparison = compare(*map(Path, sys.argv[1:]))
    except AtlasError as error:
        sys.exit(f"error: {error}")
    print(comparison.report())
    sys.exit(comparison.first is not None)


if __name__ == "__main__":
    main()
