import errno
import hashlib
import os
import stat
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pooch
import pytest
import requests
import yaml
from archive_builders import md5, tar_gz

from cnnatlas.data import fetching
from cnnatlas.data.fetching import fetch
from cnnatlas.errors import AtlasError

MEMBERS = {"set/a.bin": b"a" * 100, "set/b.bin": b"b" * 100}
CONTENT = tar_gz(MEMBERS)
URL = "https://example.org/files/set.tar.gz"
SPEC = {
    "file": "set.tar.gz",
    "urls": [URL],
    "md5": md5(CONTENT),
    "members_md5": {Path(name).name: md5(content) for name, content in MEMBERS.items()},
}
UNPUBLISHED = {**SPEC, "md5": None, "members_md5": {}}


@pytest.fixture
def network(monkeypatch):
    """A network of {url: bytes, or an exception to raise}; empty at first. Records what was asked for."""
    answers, asked = {}, []

    def download(self, url, output_file, pooch, check_only=False):
        asked.append(url)
        answer = answers.get(url, requests.ConnectionError("no route"))
        if isinstance(answer, Exception):
            raise answer
        Path(output_file).write_bytes(answer)

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", download)
    monkeypatch.setattr("time.sleep", lambda _: None)
    answers["asked"] = asked
    return answers


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "archives" / "set.tar.gz"


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


def put(mirror, content, stated=None):
    (mirror / "set.tar.gz").write_bytes(content)
    if stated is not None:
        entry = {"sha256": hashlib.sha256(stated).hexdigest(), "note": "smaller"}
        (mirror / "mirror.yaml").write_text(yaml.safe_dump({"set.tar.gz": entry}))


def assert_nothing_left(archive):
    assert not archive.parent.exists() or list(archive.parent.iterdir()) == []


def test_a_download_with_upstreams_checksum(archive, network):
    network[URL] = CONTENT
    provenance = fetch(SPEC, None, archive)
    assert archive.read_bytes() == CONTENT
    assert provenance == {
        "file": "set.tar.gz",
        "bytes": len(CONTENT),
        "md5": md5(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "origin": "upstream",
        "url": URL,
        "checksum": "upstream",
        "note": "",
    }
    assert [path.name for path in archive.parent.iterdir()] == ["set.tar.gz"]


def test_an_unpublished_checksum_is_recorded_as_none(archive, network):
    network[URL] = CONTENT
    assert fetch(UNPUBLISHED, None, archive)["checksum"] == "none"


def test_the_first_digits_of_a_sum_are_checked_where_only_they_are_published(archive, mirror, network):
    weights = {"file": "set.tar.gz", "urls": [URL], "sha256_begins": hashlib.sha256(CONTENT).hexdigest()[:8]}
    network[URL] = CONTENT
    assert fetch(weights, None, archive)["checksum"] == "upstream"
    archive.unlink()
    network[URL] = CONTENT + b"x"
    with pytest.raises(AtlasError, match=f"wrong checksum.*not sha256 {weights['sha256_begins']}"):
        fetch(weights, None, archive)
    put(mirror, CONTENT + b"x", stated=CONTENT + b"x")
    assert fetch(weights, mirror, archive)["checksum"] == "mirror manifest"


def test_the_mirror_comes_first(archive, mirror, network):
    put(mirror, CONTENT)
    provenance = fetch(SPEC, mirror, archive)
    assert (provenance["origin"], provenance["checksum"]) == ("mirror", "upstream")
    assert network["asked"] == []
    assert archive.read_bytes() == CONTENT


def test_a_repacked_archive_passes_by_its_members(archive, mirror):
    put(mirror, tar_gz(dict(reversed(MEMBERS.items()))), stated=b"")
    provenance = fetch(SPEC, mirror, archive)
    assert provenance["checksum"] == "upstream, per member"
    assert provenance["note"] == "smaller; 2 of 2 files inside have their published md5"


def test_a_file_that_differs_passes_by_the_mirrors_own_statement(archive, mirror):
    other = tar_gz({**MEMBERS, "set/b.bin": b"c"})
    put(mirror, other, stated=other)
    provenance = fetch(SPEC, mirror, archive)
    assert provenance["checksum"] == "mirror manifest"
    assert provenance["note"] == "smaller; 1 of 2 files inside have their published md5"


@pytest.mark.parametrize("stated", [None, CONTENT])
@pytest.mark.parametrize("content", [CONTENT[:-20], b"", tar_gz({"set/a.bin": b"x"})])
def test_a_mirrors_wrong_file_is_refused_by_name(archive, mirror, content, stated):
    put(mirror, content, stated)
    with pytest.raises(AtlasError, match=r"mirror/set\.tar\.gz: wrong checksum.*get it again"):
        fetch(SPEC, mirror, archive)
    assert_nothing_left(archive)


def test_a_manifest_binds_where_upstream_publishes_nothing(archive, mirror):
    put(mirror, CONTENT, stated=CONTENT + b"x")
    with pytest.raises(AtlasError, match=r"wrong checksum.*mirror\.yaml's sha256"):
        fetch(UNPUBLISHED, mirror, archive)
    assert_nothing_left(archive)


def test_a_wrong_download_is_refused_and_the_next_source_asked(archive, network):
    second = "https://example.com/set.tar.gz"
    network[URL] = CONTENT[:50]
    with pytest.raises(AtlasError, match=r"example\.org.*wrong checksum.*mirror=DIR"):
        fetch(SPEC, None, archive)
    assert_nothing_left(archive)
    network[second] = CONTENT
    assert fetch({**SPEC, "urls": [URL, second]}, None, archive)["url"] == second


def test_no_network_is_one_line_with_url_file_and_the_way_out(archive, network):
    with pytest.raises(AtlasError) as caught:
        fetch(SPEC, None, archive)
    message = str(caught.value)
    assert URL in message
    assert "set.tar.gz could not be downloaded" in message
    assert "--config mirror=DIR" in message
    assert "\n" not in message
    assert len(network["asked"]) == 1 + fetching.RETRIES
    assert_nothing_left(archive)


def test_a_refusal_of_the_server_shows_its_status(archive, network):
    response = requests.Response()
    response.status_code = 403
    network[URL] = requests.HTTPError("forbidden", response=response)
    with pytest.raises(AtlasError, match=r"set\.tar\.gz \(403\)"):
        fetch(SPEC, None, archive)


def test_a_file_not_in_the_mirror_is_downloaded(archive, mirror, network):
    with pytest.raises(AtlasError, match=r"mirror has no set\.tar\.gz, and it could not be downloaded.*example\.org"):
        fetch(SPEC, mirror, archive)
    network[URL] = CONTENT
    assert fetch(SPEC, mirror, archive)["origin"] == "upstream"


def test_a_mirror_that_is_not_there_starts_no_download(archive, tmp_path, network):
    with pytest.raises(AtlasError, match=r"mirror=.*elsewhere: no such folder"):
        fetch(SPEC, tmp_path / "elsewhere", archive)
    assert network["asked"] == []


SUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "not valid YAML"),
        ("- a", "expected `key: value` lines"),
        ("set.tar.gz: 3", "should be a mapping of bytes, note, sha256"),
        ("set.tar.gz:", "should be a mapping"),
        (f"set.tar.gz: {{sha: {SUM}}}", "unknown key `sha` of `set.tar.gz`; known: bytes, note, sha256"),
        (f"set.tar.gz: {{sha256: {SUM[1:]}}}", "not 64 digits"),
        ("set.tar.gz: {sha256: 12}", "not 64 digits"),
        ("set.tar.gz: {sha256: null}", "not 64 digits"),
        ("set.tar.gz: {note: 12}", "not text"),
        ("set.tar.gz: {bytes: many}", "not a whole number"),
        ("set.tar.gz: {bytes: 5000000}", r"set\.tar\.gz has [\d,]+ bytes and should have 5,000,000; copy it .* again"),
        (f"set.tar.gz: {{sha256: {SUM}}}\nset.tar.gz: {{}}", "appears twice"),
        (f"sett.tar.gz: {{sha256: {SUM}}}", "`sett.tar.gz` is no file of .*mirror, and set.tar.gz has no entry"),
    ],
)
def test_a_manifest_that_could_state_no_checksum_by_mistake_is_refused(archive, mirror, text, said):
    put(mirror, CONTENT)
    (mirror / "mirror.yaml").write_text(text)
    for spec in (SPEC, UNPUBLISHED):
        with pytest.raises(AtlasError, match=rf"mirror\.yaml:\d: .*{said}"):
            fetch(spec, mirror, archive)
    assert_nothing_left(archive)


def test_a_sum_in_upper_case_is_a_sum(archive, mirror):
    put(mirror, CONTENT)
    (mirror / "mirror.yaml").write_text(f"set.tar.gz: {{sha256: {SUM.upper()}}}")
    assert fetch(UNPUBLISHED, mirror, archive)["checksum"] == "mirror manifest"


def test_a_manifest_may_state_more_than_there_is(archive, mirror):
    put(mirror, CONTENT)
    (mirror / "mirror.yaml").write_text(f"set.tar.gz: {{sha256: {SUM}}}\nother.zip: {{bytes: 3}}\n")
    assert fetch(UNPUBLISHED, mirror, archive)["checksum"] == "mirror manifest"


@pytest.fixture
def server(tmp_path):
    """A real server of the files in tmp_path/served; gives its address."""
    (tmp_path / "served").mkdir()
    handler = partial(QuietHandler, directory=tmp_path / "served")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def end_headers(self):
        if self.path.endswith(".gz"):
            self.send_header("Content-Encoding", "gzip")  # as servers do that guess it from the name
        super().end_headers()

    def log_message(self, *_):
        pass


def test_a_real_download_shows_how_far_it_is(archive, server, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(fetching, "RETRIES", 0)
    (tmp_path / "served" / "set.tar.gz").write_bytes(CONTENT)
    assert fetch({**SPEC, "urls": [f"{server}/set.tar.gz"]}, None, archive)["checksum"] == "upstream"
    assert archive.read_bytes() == CONTENT
    assert "100%" in capsys.readouterr().err
    with pytest.raises(AtlasError, match=r"absent\.tar\.gz \(404\)"):
        fetch({**SPEC, "urls": [f"{server}/absent.tar.gz"]}, None, archive.with_name("other"))


def test_a_full_disk_leaves_nothing_and_says_so(archive, network):
    network[URL] = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(AtlasError, match=r"set\.tar\.gz: the disk is full"):
        fetch(SPEC, None, archive)
    assert_nothing_left(archive)
    assert len(network["asked"]) == 1


def test_a_full_disk_while_copying_from_a_mirror(archive, mirror, monkeypatch):
    put(mirror, CONTENT)

    def full(source, target):
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetching, "_copy", full)
    with pytest.raises(AtlasError, match="the disk is full"):
        fetch(SPEC, mirror, archive)
    assert_nothing_left(archive)


@pytest.mark.parametrize("name", ["ALL_PROXY", "https_proxy"])
def test_a_proxy_that_cannot_be_used_is_named(archive, monkeypatch, name):
    monkeypatch.setattr(fetching, "RETRIES", 0)
    monkeypatch.setenv(name, "socks5://user:secret@127.0.0.1:9")
    with pytest.raises(AtlasError, match=rf"example\.org.*SOCKS.*unset {name}") as caught:
        fetch(SPEC, None, archive)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_not_there_are_named(archive, monkeypatch, name):
    for variable in fetching.CERTIFICATES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, "/nowhere/certificates.pem")
    with pytest.raises(AtlasError, match=rf"set\.tar\.gz: .*/nowhere/certificates\.pem; correct or unset {name}"):
        fetch(SPEC, None, archive)
    assert_nothing_left(archive)


def test_a_file_system_that_knows_no_permissions_takes_an_archive(archive, mirror, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    put(mirror, CONTENT)
    for name in ("chmod", "utime"):
        monkeypatch.setattr(os, name, refuse)
    fetch(SPEC, mirror, archive)
    assert archive.read_bytes() == CONTENT


def test_an_archive_has_the_permissions_that_the_umask_leaves(archive, mirror):
    put(mirror, CONTENT)
    before = os.umask(0o027)
    try:
        fetch(SPEC, mirror, archive)
    finally:
        os.umask(before)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o640
