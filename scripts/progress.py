"""Print the trainings of a run that are under way: epoch, validation accuracy, images per second, time left.

make progress
make progress RUN=results/cpu WATCH=10   again every ten seconds, until Ctrl-C
"""

import sys
import time
from contextlib import suppress
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.workflow import progress

DAY = 86400.0  # seconds


def main() -> None:
    """Print the table, once or again and again; or one line of what is wrong."""
    try:
        results, pause = Path(sys.argv[1]), _seconds(sys.argv[2:])
        print(progress.table(results), flush=True)
        with suppress(KeyboardInterrupt):
            while pause:
                time.sleep(pause)
                clear = "\033[H\033[J" if sys.stdout.isatty() else ""
                print(f"{clear}{progress.table(results)}", flush=True)
    except AtlasError as error:
        sys.exit(f"error: {error}")


def _seconds(stated: list[str]) -> float:
    try:
        pause = float(*stated or "0")
    except ValueError:
        pause = -1.0
    if not 0 <= pause <= DAY:
        raise AtlasError(f"WATCH={stated[0]}: not a number of seconds up to a day; say WATCH=10")
    return pause


if __name__ == "__main__":
    main()
