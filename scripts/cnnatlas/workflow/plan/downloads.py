"""What is downloaded: the archives of data sets, and the weights that torchvision publishes."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cnnatlas.configuration.studies import Atlas
from cnnatlas.errors import AtlasError

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

    def check(self, mirror: str | None, archives: Path) -> None:
        """Raise AtlasError where the mirror is no folder, and files are to come that are not in `archives` yet."""
        if mirror and not Path(mirror).is_dir() and not all((archives / file).is_file() for file in self.specs):
            where = self.atlas.levels.overlay.run.where(("mirror",))
            raise AtlasError(f"{where}: `mirror` is {mirror}, no such folder; correct it, or leave it out to download")
