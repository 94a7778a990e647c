"""Getting an upstream archive from a mirror or from its home, and telling how far it is the original.

Pooch does the transfer from both: into a temporary file beside the target, checked there, then renamed.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath

import pooch
import requests
from tqdm import tqdm

from cnnatlas.data import manifest
from cnnatlas.data.archives import Allowance, open_tar_gz, reading
from cnnatlas.errors import AtlasError
from cnnatlas.files import replacing

log = logging.getLogger(__name__)
pooch.get_logger().setLevel(logging.WARNING)  # it would name temporary files, past the job's log

RETRIES = 3
TIMEOUT = (15, 60)  # seconds until a server answers, and between two pieces of the answer
BLOCK = 1 << 20
# Variables that change how requests reaches a server, in capitals; and what it raises when one is not usable
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
SETTINGS = {
    requests.exceptions.InvalidSchema: PROXIES,  # SOCKS, which takes another package
    requests.exceptions.ProxyError: PROXIES,
    requests.exceptions.InvalidProxyURL: PROXIES,
    requests.exceptions.SSLError: CERTIFICATES,
}
UNPACKED = {"bytes": 1e10, "members": 1e6}  # while checksums are taken; prepare applies the data set's own limits


class WrongChecksumError(AtlasError):
    """A file is not the one it should be; another source may have the right one."""


def fetch(spec: Mapping, mirror: Path | None, archive: Path) -> dict:
    """Bring spec["file"] to `archive` and return its provenance.

    spec: file, urls, and what upstream publishes of the sums: md5, members_md5 (by file inside), sha256_begins (its
    first digits), each optional. A mirror that has the file is taken before the urls. Raises
    AtlasError where no source has it, or where a source's file is not the right one.
    """
    if mirror is not None and not mirror.is_dir():
        raise AtlasError(f"mirror={mirror}: no such folder; correct --config mirror=DIR, or leave it out to download")
    if mirror is not None and (mirror / spec["file"]).is_file():
        return _from_mirror(spec, mirror, archive)
    return _from_upstream(spec, mirror, archive)


def _from_mirror(spec: Mapping, mirror: Path, archive: Path) -> dict:
    path = mirror / spec["file"]
    stated = manifest.stated(mirror, spec["file"])
    identity = _transfer(spec, str(path), archive, _copy, stated.get("sha256"))
    note = "; ".join(filter(None, [stated.get("note"), identity.pop("note")]))
    return {**identity, "file": spec["file"], "origin": "mirror", "url": spec["urls"][0], "note": note}


def _from_upstream(spec: Mapping, mirror: Path | None, archive: Path) -> dict:
    problems = []
    for url in spec["urls"]:
        try:
            identity = _transfer(spec, url, archive, _download, None)
            return {**identity, "file": spec["file"], "origin": "upstream", "url": url}
        except requests.RequestException as error:
            problems.append(f"{url} ({_reason(error)})")
        except WrongChecksumError as error:
            problems.append(str(error))
        log.info("no luck: %s", problems[-1])
    absent = f"{mirror} has no {spec['file']}, and it" if mirror else spec["file"]
    raise AtlasError(
        f"{absent} could not be downloaded: {'; '.join(problems)}; "
        f"get {spec['file']} by other means and run with --config mirror=DIR, the folder that holds it"
    )


def _reason(error: requests.RequestException) -> str:
    """Why there was no file: the server's status, or the kind of error and the variables that may have led to it."""
    if error.response is not None:
        return str(error.response.status_code)
    names = _in_environment(SETTINGS.get(type(error), ()))
    return f"{type(error).__name__}: {error}; correct or unset {names}" if names else type(error).__name__


def _in_environment(names: Collection[str]) -> str:
    return ", ".join(sorted(name for name in os.environ if name.upper() in names))


def _transfer(spec: Mapping, source: str, archive: Path, transport: Callable, sha256: str | None) -> dict:
    """Bring a file to `archive` by `transport(source, target)`, and return what it was found to be."""
    identity = {}

    def downloader(url: str, target: str, _: pooch.Pooch) -> None:
        log.info("%s from %s", spec["file"], url)
        Path(target).unlink()  # pooch's own is readable by its owner alone
        transport(url, Path(target))
        identity.update(_identify(Path(target), spec, source, sha256))

    with replacing(archive) as temporary:
        temporary.unlink()  # pooch brings only what is not there yet
        name = temporary.name
        store = pooch.Pooch(temporary.parent, "", {name: None}, {name: source}, retry_if_failed=RETRIES)
        store.fetch(name, downloader=downloader)
    return identity


def _progress(name: str, total: int = 1) -> tqdm:
    return tqdm(total=total, desc=name, unit="B", unit_scale=True, mininterval=5)


def _copy(source: str, target: Path) -> None:
    """Copy a mirror's file."""
    path = Path(source)
    try:
        with (
            path.open("rb") as reader,
            target.open("wb") as writer,
            _progress(path.name, path.stat().st_size) as progress,
        ):
            while block := reader.read(BLOCK):
                writer.write(block)
                progress.update(len(block))
    except PermissionError as error:
        raise AtlasError(f"{source}: no permission to read it; change its mode, or choose another mirror") from error


def _download(url: str, target: Path) -> None:
    """Download by HTTP, byte for byte; pooch sets the progress bar's total once the server has stated it."""
    options = {"headers": {"Accept-Encoding": "identity"}, "hooks": {"response": _keep_packed}, "timeout": TIMEOUT}
    try:
        with _progress(PurePosixPath(url).name) as progress:
            pooch.HTTPDownloader(progressbar=progress, chunk_size=BLOCK, **options)(url, str(target), None)
    except OSError as error:
        if isinstance(error, requests.RequestException) or error.errno:
            raise
        raise AtlasError(f"{url}: {error}; correct or unset {_in_environment(CERTIFICATES)}") from error


def _keep_packed(response: requests.Response, **_) -> None:
    """Keep requests from unpacking a .tar.gz that a server labels as a compressed transfer of a .tar."""
    response.raw.headers.pop("Content-Encoding", None)


def _identify(path: Path, spec: Mapping, source: str, sha256: str | None) -> dict:
    """Sums and size of a file, and the strongest of the checksums that it passes.

    In this order: upstream's own; upstream's for every member; the mirror's manifest. "none" only where none is
    stated. Raises AtlasError, naming the source, for a file that passes none of those stated.
    """
    identity = {
        "bytes": path.stat().st_size,
        "md5": _digest(path, "md5"),
        "sha256": _digest(path, "sha256"),
        "note": "",
    }
    md5, beginning, published = (spec.get(key) for key in ("md5", "sha256_begins", "members_md5"))
    if identity["md5"] == md5 or (beginning and identity["sha256"].startswith(beginning)):
        return {**identity, "checksum": "upstream"}
    same = _members_as_published(path, published) if published else 0
    if published:
        identity["note"] = f"{same} of {len(published)} files inside have their published md5"
    if published and same == len(published):
        return {**identity, "checksum": "upstream, per member"}
    if identity["sha256"] == sha256:
        return {**identity, "checksum": "mirror manifest"}
    if not (md5 or beginning or sha256 or published):
        return {**identity, "checksum": "none"}
    stated = [
        md5 and f"md5 {md5}",
        beginning and f"sha256 {beginning}...",
        sha256 and f"{manifest.NAME}'s sha256 {sha256}",
    ]
    raise WrongChecksumError(
        f"{source}: wrong checksum: md5 {identity['md5']}, sha256 {identity['sha256']}, not "
        f"{' nor '.join(filter(None, stated))} ({identity['bytes']:,} bytes); "
        f"the file is damaged or incomplete: get it again"
    )


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def _members_as_published(path: Path, published: Mapping[str, str]) -> int:
    """How many of a .tar.gz's files have the md5 published for their name; 0 where it cannot be read to its end."""
    same = set()
    try:
        with reading(path), open_tar_gz(path, Allowance(path, UNPACKED)) as files:
            for name, stream in files:
                member = PureWindowsPath(name).name  # of both separators
                if member in published and hashlib.file_digest(stream, "md5").hexdigest() == published[member]:
                    same.add(member)
    except AtlasError:
        return 0
    return len(same)
