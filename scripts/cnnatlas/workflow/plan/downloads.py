"""What is downloaded: the archives of data sets, and the weights that torchvision publishes."""

from collections.abc import Iterable
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

    def check(self, mirror: str | None, archives: Path, pretrained: Iterable[str | None]) -> None:
        """Raise AtlasError where the mirror is no folder, and files are to come that are not in `archives` yet.

        They are those of the data sets and of the networks in `pretrained` or under some variant's `base`.
        """
        bases = {spec["base"] for spec in self.atlas.specs.values()}
        networks = [own for name, own in self.atlas.pretrained.items() if name in bases | {*pretrained}]
        files = [entry["file"] for entry in (*self.atlas.datasets.values(), *networks) if "file" in entry]
        if mirror and not _is_folder(mirror) and not all((archives / file).is_file() for file in files):
            where = self.atlas.levels.overlay.run.where(("mirror",))
            raise AtlasError(f"{where}: `mirror` is {mirror}, no such folder; correct it, or leave it out to download")


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:  # a disk that is gone, a folder that may not be entered
        return False
