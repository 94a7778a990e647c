"""Whether files of a configuration can be read at all; of one that it cannot read, Snakemake does not name the file."""

import sys

from cnnatlas.configuration import strict_yaml
from cnnatlas.errors import AtlasError


def main() -> None:
    """Read the files on the command line, which `make` then gives to Snakemake; or one line of what is wrong."""
    try:
        for file in sys.argv[1:]:
            strict_yaml.load(file)
    except AtlasError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
