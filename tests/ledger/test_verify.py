"""The verifier: any byte of any file that changes is found, and what it says of a sound log is true."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kept.kit import new_id
from kept.ledger import CannotRead, Checkpoint, Entry, Signer, UrlSource, Waiting, source_of, verify
from kept.ledger.entry import write
from tests.ledger.workbench import NOON, ORIGIN, SIGNER, flips, waiting, written

SIZES = (5, 251, 200, 100, 44)
FILES = [
    "checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/44", "tile/0/002.p/88", "tile/1/000.p/1", "tile/1/000.p/2",
    "tile/entries/000", "tile/entries/001", "tile/entries/002.p/44", "tile/entries/002.p/88", "vkey",
]  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    written(folder, [waiting(size) for size in SIZES])
    return folder


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "log"))


def test_a_log_of_600_entries_verifies_and_has_exactly_these_files(published: Path) -> None:
    report = verify(source_of(published), vkey=SIGNER.vkey.text)
    assert report.deviations == []
    assert (report.good, report.pinned, report.size, report.entries) == (True, True, 600, 600)
    assert (report.events, report.cells) == ({"video.published": 600}, {"eu": 600})
    assert report.first_at == report.last_at == "2026-11-23T12:00:00.000Z"
    assert sorted(p.relative_to(published).as_posix() for p in published.rglob("*") if p.is_file()) == sorted(FILES)


@pytest.mark.parametrize("key", FILES)
def test_a_flipped_byte_in_any_file_is_found(copy: Path, key: str) -> None:
    whole = (copy / key).read_bytes()
    for flipped in flips(whole, samples=5):
        (copy / key).write_bytes(flipped)
        assert not verify(source_of(copy)).good
    (copy / key).write_bytes(whole)
    assert verify(source_of(copy)).good


@pytest.mark.parametrize("key", FILES)
def test_a_file_that_was_cut_or_grew_is_found(copy: Path, key: str) -> None:
    whole = (copy / key).read_bytes()
    for data in (b"", whole[:-1], whole[:-32], whole + b"\0", whole + b"\n", whole + whole):
        (copy / key).write_bytes(data)
        assert not verify(source_of(copy)).good


@pytest.mark.parametrize("key", FILES)
def test_a_file_that_is_needed_and_missing_is_named(copy: Path, key: str) -> None:
    (copy / key).unlink()
    report = verify(source_of(copy))
    obsolete = key in ("tile/0/002.p/44", "tile/1/000.p/1", "tile/entries/002.p/44")
    assert report.good if obsolete else key in report.deviations[0]


def test_a_file_that_is_not_of_the_log_is_named(copy: Path) -> None:
    (copy / "tile/0/notes.txt").write_text("hello")
    assert verify(source_of(copy)).deviations == ["tile/0/notes.txt: this file is not part of a log"]


def test_tiles_beyond_the_checkpoint_are_counted_and_not_believed(copy: Path) -> None:
    (copy / "tile/0/002.p/99").write_bytes(b"x")
    report = verify(source_of(copy))
    assert (report.good, report.unpublished) == (True, 1)


def test_two_tiles_that_changed_places_are_found(copy: Path) -> None:
    one, two = copy / "tile/entries/000", copy / "tile/entries/001"
    one_data, two_data = one.read_bytes(), two.read_bytes()
    one.write_bytes(two_data), two.write_bytes(one_data)
    assert not verify(source_of(copy)).good


def test_a_whole_log_rewritten_under_another_key_is_found_by_who_kept_the_key(copy: Path, tmp_path: Path) -> None:
    stranger = Signer(ORIGIN, bytes(32))
    head = (copy / "checkpoint").read_text().split("\n")
    import base64

    forged = Checkpoint(ORIGIN, int(head[1]), base64.b64decode(head[2])).signed(stranger)
    (copy / "checkpoint").write_text(forged)
    (copy / "vkey").write_text(stranger.vkey.text)
    assert verify(source_of(copy)).good
    assert not verify(source_of(copy)).pinned
    assert not verify(source_of(copy), vkey=SIGNER.vkey.text).good


def test_another_history_under_a_signed_checkpoint_is_found(copy: Path, tmp_path: Path) -> None:
    """Entries and tiles agree with one another; only the root tells."""
    note = (copy / "checkpoint").read_text()
    written(tmp_path / "other", [waiting(size) for size in SIZES])
    (tmp_path / "other" / "checkpoint").write_text(note)
    assert verify(source_of(tmp_path / "other")).deviations == ["checkpoint: its root is not that of the 600 entries"]


def test_a_log_that_publishes_another_key_is_found_by_who_kept_it(copy: Path) -> None:
    (copy / "vkey").write_text(Signer(ORIGIN, bytes(32)).vkey.text)
    report = verify(source_of(copy), vkey=SIGNER.vkey.text)
    assert report.deviations == ["vkey: the log publishes another key than the one given"]


def test_entries_that_no_writer_of_ours_would_log_are_named(tmp_path: Path) -> None:
    (good,) = waiting(1)
    spaced = Waiting(new_id(), good.payload.replace(b":", b": ", 1))
    personal = Waiting(new_id(), b'{"email":"ada@example.org"}')
    written(tmp_path, [[good, spaced, personal, good]])
    report = verify(source_of(tmp_path))
    assert report.entries == 1 + 1
    assert [line.split(":")[0] for line in report.deviations] == ["entry 1", "entry 2", "entry 3"]
    assert report.deviations[2] == "entry 3: it has the id of entry 0"


def test_an_empty_log_verifies_and_no_log_does_not(tmp_path: Path) -> None:
    written(tmp_path, [])
    report = verify(source_of(tmp_path))
    assert (report.good, report.size, report.entries, report.first_at) == (True, 0, 0, "")
    assert not verify(source_of(tmp_path / "nothing")).good


def test_events_are_counted_by_name(tmp_path: Path) -> None:
    events = ["account.created", "video.published", "video.published"]
    written(tmp_path, [[write(Entry(event), cell="us", now=NOON)[0] for event in events]])
    assert verify(source_of(tmp_path)).events == {"account.created": 1, "video.published": 2}


@pytest.fixture
def address(copy: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(copy))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_served_log_verifies_from_its_address(address: str, copy: Path) -> None:
    assert verify(source_of(address), vkey=SIGNER.vkey.text).good
    for key in ("checkpoint", "tile/0/001", "tile/1/000.p/2", "tile/entries/002.p/88"):
        whole = (copy / key).read_bytes()
        (copy / key).write_bytes(flips(whole, samples=0)[1])
        assert not verify(source_of(address)).good
        (copy / key).write_bytes(whole)


def test_an_address_that_does_not_answer_is_not_a_deviation() -> None:
    with pytest.raises(CannotRead):
        verify(UrlSource("http://127.0.0.1:9/ledger"))
    with pytest.raises(CannotRead):
        source_of("file:///etc") and UrlSource("file:///etc")
