"""The one exception that people are meant to read."""


class AtlasError(Exception):
    """A problem a person can solve: one line that names the file, key or value, and the way out."""

    def __init__(self, message: str):
        super().__init__(" ".join(str(message).split()))
