"""`kill -9` at every step of a clip's life: nothing is lost, nothing is half there, and it all comes right by itself."""

import hashlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kept.media import find_ffmpeg
from tests.faults.onlooker import Onlooker
from tests.faults.uploader import Uploader
from tests.faults.wreck import Wreck, until
from tests.journeys.people import Person

HOME, AWAY = "kept_eu", "kept_us"
"""Databases of the author's region and of the viewer's."""

STEP = "SELECT step FROM job WHERE subject_id = %s::uuid AND kind = %s AND state = 'running'"
PLANNED = "SELECT 1 FROM rendition WHERE video_id = %s::uuid AND name = %s"

Moment = Callable[[Wreck, Uploader], Iterator[None]]
"""Brings an upload to a certain moment, and holds it there until the process was killed."""


def between_two_parts(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    upload.send(len(upload.data) // 2)
    yield


def in_a_part(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    sending = in_a_thread(lambda: upload.send(slowly=4))
    time.sleep(0.5)
    yield
    sending.join()


def while_the_upload_becomes_a_clip(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    with wreck.standing_still(HOME, "job") as somebody_waits:
        sending = in_a_thread(upload.send)
        until(somebody_waits, 20)
        yield
    sending.join()


def right_after_the_last_byte(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    upload.send()
    yield


def while_it_is_parsed(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    upload.send()
    until(lambda: wreck.rows(HOME, PLANNED, upload.video_id, "source"), 30)
    time.sleep(0.2)
    yield


def when_it_is_stored_but_not_recorded(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    upload.send()
    until(lambda: wreck.rows(HOME, PLANNED, upload.video_id, "source"), 30)
    with wreck.standing_still(HOME, "rendition") as somebody_waits:
        until(somebody_waits, 30)
        yield


def between_two_steps(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    upload.send()
    until(lambda: wreck.rows(HOME, PLANNED, upload.video_id, "source"), 30)
    with wreck.standing_still(HOME, "job") as somebody_waits:
        until(somebody_waits, 30)
        yield


def in_the_middle_of_publication(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    with wreck.standing_still(HOME, "shelf_card") as somebody_waits:
        upload.send()
        until(somebody_waits, 30)
        yield


def on_the_way_across(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    with wreck.standing_still(AWAY, "shelf_card") as somebody_waits:
        upload.send()
        until(somebody_waits, 30)
        yield


def while_a_lighter_form_is_recorded(wreck: Wreck, upload: Uploader) -> Iterator[None]:
    upload.send()
    until(lambda: wreck.rows(HOME, PLANNED, upload.video_id, "540"), 30)
    with wreck.standing_still(HOME, "rendition") as somebody_waits:
        until(somebody_waits, 30)
        yield


FAULTS: list[tuple[Moment, str]] = [
    (between_two_parts, "serve"),
    (in_a_part, "serve"),
    (while_the_upload_becomes_a_clip, "serve"),
    (while_the_upload_becomes_a_clip, "postgres"),
    (right_after_the_last_byte, "work"),
    (right_after_the_last_byte, "supervisor"),
    (while_it_is_parsed, "work"),
    (when_it_is_stored_but_not_recorded, "work"),
    (when_it_is_stored_but_not_recorded, "supervisor"),
    (between_two_steps, "postgres"),
    (in_the_middle_of_publication, "work"),
    (in_the_middle_of_publication, "postgres"),
    (in_the_middle_of_publication, "supervisor"),
    (on_the_way_across, "work"),
    (on_the_way_across, "postgres"),
    (while_a_lighter_form_is_recorded, "work"),
]


@pytest.mark.parametrize(("moment", "victim"), FAULTS, ids=[f"{moment.__name__}-{victim}" for moment, victim in FAULTS])
def test_a_clip_survives(
    wreck: Wreck, author: Person, viewer: Person, clip: bytes, somewhere: Path, moment: Moment, victim: str
) -> None:
    upload = Uploader(author, clip, caption=f"{moment.__name__} {victim}")
    with Onlooker(viewer, upload.video_id) as onlooker:
        with contextmanager(moment)(wreck, upload):
            wreck.kill(victim)
        wreck.recover()
        upload.finish()
        published = author.wait_for(upload.video_id, "published")
        viewer.wait_for(upload.video_id, "published", seconds=20)
        until(lambda: onlooker.seen, 20, "the viewer never saw it")
    assert onlooker.complaints == []
    assert 1 <= len(onlooker.seen) <= 3, "the source, then its renditions: each was whole, or there would be a complaint"
    assert published["caption"] == f"{moment.__name__} {victim}"
    assert is_playable(viewer.media(upload.video_id).content, somewhere)
    everything_is_in_order(wreck, upload.video_id)


@pytest.mark.parametrize("victim", ["serve", "postgres"])
def test_a_withdrawal_happens_whole_or_not_at_all(
    wreck: Wreck, author: Person, viewer: Person, clip: bytes, victim: str
) -> None:
    video_id = published(wreck, author, clip)
    viewer.wait_for(video_id, "published", seconds=20)
    with Onlooker(viewer, video_id) as onlooker:
        with wreck.standing_still(HOME, "shelf_card") as somebody_waits:
            asking = in_a_thread(lambda: withdraw(author, video_id))
            until(somebody_waits, 20)
            wreck.kill(victim)
        asking.join()
        wreck.recover()
        assert author.video(video_id)["state"] == "published", "it was not answered, and did not happen"
        withdraw(author, video_id)
        viewer.wait_for(video_id, "gone", seconds=20)
    # No address of it works from that moment on; the other region's shelf hears of it next.
    assert [one for one in onlooker.complaints if not one.startswith("404 for")] == []
    nothing_is_left(wreck, video_id)


def test_the_files_of_a_withdrawn_clip_go_even_if_their_remover_is_killed(
    wreck: Wreck, author: Person, clip: bytes
) -> None:
    video_id = published(wreck, author, clip)
    with wreck.standing_still(HOME, "rendition") as somebody_waits:
        withdraw(author, video_id)
        until(somebody_waits, 20)
        wreck.kill("work")
    wreck.recover()
    nothing_is_left(wreck, video_id)


def published(wreck: Wreck, author: Person, clip: bytes) -> str:
    upload = Uploader(author, clip, caption="to be withdrawn")
    upload.finish()
    author.wait_for(upload.video_id, "published")
    until(lambda: not wreck.rows(HOME, "SELECT 1 FROM job WHERE state IN ('waiting', 'running')"), 60)
    return upload.video_id


def withdraw(author: Person, video_id: str) -> None:
    answer = author.http.delete(f"/api/v1/videos/{video_id}")
    assert answer.status_code in (204, 503), answer.text


def nothing_is_left(wreck: Wreck, video_id: str) -> None:
    """Neither rows nor files of a clip that was withdrawn, and it was withdrawn once."""
    files = "SELECT name FROM rendition WHERE video_id = %s::uuid"
    until(lambda: not wreck.rows(HOME, files, video_id), 60)
    for database in (HOME, AWAY):
        assert wreck.rows(database, "SELECT 1 FROM shelf_card WHERE item_id = %s::uuid", video_id) == []
    assert wreck.orphans() == []
    withdrawn = wreck.rows(HOME, "SELECT count(*) AS n FROM video WHERE state = 'withdrawn'")[0]["n"]
    assert wreck.verified().events["video.withdrawn"] == withdrawn


def everything_is_in_order(wreck: Wreck, video_id: str) -> None:
    """All work is done, what is stored is what is recorded, and the ledger tells of it once."""
    jobs = "SELECT kind, state FROM job WHERE subject_id = %s::uuid ORDER BY 1"
    done = [{"kind": kind, "state": "done"} for kind in ("process_video", "render_video")]
    until(lambda: wreck.rows(HOME, jobs, video_id) == done, 60, lambda: str(wreck.rows(HOME, jobs, video_id)))
    files = wreck.rows(HOME, "SELECT name, object_key, sha256 FROM rendition WHERE video_id = %s::uuid", video_id)
    assert {file["name"] for file in files} == {"source", "poster", "540"}
    for file in files:
        stored = wreck.platform.folder / "objects" / "eu" / file["object_key"]
        assert hashlib.sha256(stored.read_bytes()).digest() == file["sha256"], file["name"]
    assert wreck.orphans() == []
    told = wreck.verified().events
    clips = wreck.rows(HOME, "SELECT count(*) AS n FROM video")[0]["n"]
    assert (told["video.received"], told["video.published"]) == (clips, clips)


def is_playable(film: bytes, folder: Path) -> bool:
    """Whether every frame can be decoded."""
    path = folder / "film.mp4"
    path.write_bytes(film)
    command = [str(find_ffmpeg().path), "-nostdin", "-v", "error", "-xerror", "-i", str(path), "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, check=False)
    return told.returncode == 0 and not told.stderr


def in_a_thread(send: Callable[[], None]) -> threading.Thread:
    """Send beside the test; the connection may break."""

    def run() -> None:
        try:
            send()
        except httpx.TransportError:
            return

    thread = threading.Thread(target=run)
    thread.start()
    return thread
