"""The exception whose message is for the user."""

from pathlib import Path


class AtlasError(Exception):
    """A problem that the user can solve: one line that names the file, key or value, and the way out.

    Characters that no terminal can show, such as those of a hostile file name, are escaped.
    """

    def __init__(self, message: str):
        line = " ".join(str(message).split())
        super().__init__("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line))


class DamagedFile(AtlasError):
    """A result or resource that is not as a job wrote it; `path` is the file."""

    def __init__(self, path: Path | str, message: str):
        super().__init__(message)
        self.path = str(path)


class Stopped(BaseException):
    """A request to stop that is obeyed: one line. Like KeyboardInterrupt it is no Exception.

    So nothing on the way out takes it for an error of its own, such as a damaged file.
    """


def damaged(path: Path | str, why: str) -> DamagedFile:
    """The error of a result or resource that is not as a job wrote it."""
    message = f"{path}: damaged ({why}); delete it and run the same command again, which makes it anew"
    return DamagedFile(path, message)
