"""What is downloaded: the archives of data sets, and the weights that torchvision publishes."""

from dataclasses import dataclass
from functools import cached_property

from cnnatlas.configuration.studies import Atlas

# What identifies a file. A data set's archive is given all keys of its kind, absent or not
IDENTITY = {"datasets": ("file", "md5", "members_md5", "urls"), "pretrained": ("file", "sha256_begins", "urls")}


@dataclass(frozen=True)
class Downloads:
    """The files of `resources/upstream/archives/`, by name."""

    atlas: Atlas

    @cached_property
    def specs(self) -> dict[str, dict]:
        """File -> what the job that fetches it is given: where it is published, and its checksums."""
        found = {}
        for kind, keys in IDENTITY.items():
            for entry in getattr(self.atlas, kind).values():
                if "file" in entry:  # a folder of images is there already
                    found[entry["file"]] = {key: entry.get(key) for key in keys}
        return found
