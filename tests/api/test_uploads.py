"""Uploads over HTTP, in both dialects, as their specifications have them."""

import base64
import hashlib
from uuid import uuid4

import pytest

from tests.fixtures.site import TUS, Site

PART = {"content-type": "application/partial-upload"}


def metadata(**words: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items())


async def test_options_say_what_uploads_can_be(site: Site) -> None:
    answer = await site.client.options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert {"creation", "creation-with-upload", "termination", "expiration"} <= set(
        answer.headers["tus-extension"].split(",")
    )
    assert answer.headers["tus-max-size"] == str(32 * 1024 * 1024)
    assert "application/partial-upload" in answer.headers["accept-patch"]


async def test_tus_from_end_to_end(site: Site, small_clip: bytes) -> None:
    by = await site.join("DE")
    words = metadata(filename="IMG_0042.MOV", filetype="video/mp4", caption="Hallo, Welt ✓")
    begun = await site.begin(by, len(small_clip), **{"upload-metadata": words})
    assert begun.status_code == 201
    place = begun.headers["location"]
    assert (begun.headers["tus-resumable"], begun.headers["upload-offset"]) == ("1.0.0", "0")
    assert begun.headers["upload-expires"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    half = len(small_clip) // 2
    first = await site.send(by, place, small_clip[:half])
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(half))
    assert "video-id" not in first.headers
    stand = await site.client.head(place, headers=TUS | by.headers)
    assert (stand.status_code, stand.headers["cache-control"]) == (200, "no-store")
    assert (stand.headers["upload-offset"], stand.headers["upload-length"]) == (str(half), str(len(small_clip)))
    assert stand.headers["upload-metadata"] == metadata(caption="Hallo, Welt ✓")
    last = await site.send(by, place, small_clip[half:], half)
    assert last.status_code == 204
    video_id = last.headers["video-id"]
    again = await site.client.head(place, headers=TUS | by.headers)
    assert (again.headers["video-id"], again.headers["upload-offset"]) == (video_id, str(len(small_clip)))
    video = (await site.client.get(f"/api/v1/videos/{video_id}", headers=by.headers)).json()
    assert (video["state"], video["caption"], video["progress"]["step"]) == ("processing", "Hallo, Welt ✓", "waiting")


async def test_tus_creation_may_bring_bytes(site: Site) -> None:
    by = await site.join()
    said = {"upload-length": "9", "content-type": "application/offset+octet-stream"}
    begun = await site.client.post("/api/v1/uploads", content=b"first", headers=TUS | by.headers | said)
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "5")
    whole = await site.client.post("/api/v1/uploads", content=b"all of it", headers=TUS | by.headers | said)
    assert (whole.status_code, whole.headers["upload-offset"]) == (201, "9")
    assert whole.headers["video-id"]


async def test_tus_lengths_may_come_later(site: Site) -> None:
    by = await site.join()
    begun = await site.begin(by, None)
    assert begun.headers["upload-defer-length"] == "1"
    place = begun.headers["location"]
    assert (await site.send(by, place, b"one")).headers["upload-defer-length"] == "1"
    last = await site.send(
        by,
        place,
        b"two",
        3,
        **{"upload-length": "6", "upload-metadata": metadata(caption="at last", filename="clip.webm")},
    )
    video = await site.client.get(f"/api/v1/videos/{last.headers['video-id']}", headers=by.headers)
    assert video.json()["caption"] == "at last"


async def test_tus_termination(site: Site) -> None:
    by = await site.join()
    place = (await site.begin(by, 10)).headers["location"]
    assert (await site.client.delete(place, headers=TUS | by.headers)).status_code == 204
    for gone in (site.client.head(place, headers=TUS | by.headers), site.send(by, place, b"x")):
        assert (await gone).status_code == 404


async def test_tus_methods_may_be_overridden(site: Site) -> None:
    by = await site.join()
    place = (await site.begin(by, 10)).headers["location"]
    kind = {"content-type": "application/offset+octet-stream", "upload-offset": "0", "x-http-method-override": "PATCH"}
    taken = await site.client.post(place, content=b"abc", headers=TUS | by.headers | kind)
    assert (taken.status_code, taken.headers["upload-offset"]) == (204, "3")
    dropped = await site.client.post(place, headers=TUS | by.headers | {"x-http-method-override": "DELETE"})
    assert dropped.status_code == 204
    assert (await site.client.post(place, headers=TUS | by.headers)).status_code == 405


async def test_tus_checksums(site: Site) -> None:
    by = await site.join()
    place = (await site.begin(by, 10)).headers["location"]
    good = base64.b64encode(hashlib.sha1(b"hello", usedforsecurity=False).digest()).decode()
    wrong = await site.send(by, place, b"hallo", **{"upload-checksum": f"sha1 {good}"})
    assert (wrong.status_code, wrong.headers["tus-resumable"]) == (460, "1.0.0")
    assert (await site.send(by, place, b"hello", **{"upload-checksum": f"sha1 {good}"})).headers["upload-offset"] == "5"
    for unreadable in ("md5 AAAA", "sha1 ***", "sha1", ""):
        answer = await site.send(by, place, b"x", 5, **{"upload-checksum": unreadable})
        assert answer.status_code in (400, 460), unreadable


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 412),
        ({"tus-resumable": "0.2.2", "upload-length": "5"}, 412),
        ({"tus-resumable": "1.0.0"}, 400),
        ({"tus-resumable": "1.0.0", "upload-length": "-1"}, 400),
        ({"tus-resumable": "1.0.0", "upload-length": "ten"}, 400),
        ({"tus-resumable": "1.0.0", "upload-length": "5", "upload-defer-length": "1"}, 400),
        ({"tus-resumable": "1.0.0", "upload-defer-length": "2"}, 400),
        ({"tus-resumable": "1.0.0", "upload-length": "0"}, 422),
        ({"tus-resumable": "1.0.0", "upload-length": str(32 * 1024 * 1024 + 1)}, 413),
        ({"tus-resumable": "1.0.0", "upload-length": "9" * 400}, 400),
        ({"tus-resumable": "1.0.0", "upload-length": "5", "upload-metadata": "caption"}, 201),
        ({"tus-resumable": "1.0.0", "upload-length": "5", "upload-metadata": "caption *"}, 400),
        ({"tus-resumable": "1.0.0", "upload-length": "5", "upload-metadata": "caption /w=="}, 400),
        ({"tus-resumable": "1.0.0", "upload-length": "5", "upload-metadata": "gps NDguODU3Nw=="}, 422),
        ({"tus-resumable": "1.0.0", "upload-length": "5", "upload-metadata": metadata(caption="x" * 301)}, 422),
        (
            {
                "tus-resumable": "1.0.0",
                "upload-length": "5",
                "upload-metadata": metadata(caption="my 00:1b:44:11:3a:b7"),
            },
            422,
        ),
        ({"upload-complete": "yes"}, 412),
    ],
)
async def test_a_creation_that_can_not_be_is_refused_with_a_reason(
    site: Site, headers: dict[str, str], status: int
) -> None:
    by = await site.join()
    answer = await site.client.post("/api/v1/uploads", headers=by.headers | headers)
    assert answer.status_code == status, answer.text
    if status != 201:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) > 10
    if status == 412:
        assert answer.headers["tus-version"] == "1.0.0"
    if status == 413:
        assert answer.headers["upload-limit"] == f"max-size={32 * 1024 * 1024}"


async def test_parts_that_can_not_be_are_refused(site: Site) -> None:
    by = await site.join()
    place = (await site.begin(by, 10)).headers["location"]
    mismatch = await site.send(by, place, b"abc", 4)
    assert (mismatch.status_code, mismatch.headers["upload-offset"]) == (409, "0")
    assert (await site.send(by, place, b"abc", **{"content-type": "video/mp4"})).status_code == 415
    assert (await site.send(by, place, b"abc", **{"upload-offset": "x"})).status_code == 400
    assert (await site.send(by, place, b"a" * 11)).status_code == 413
    assert (await site.send(by, place, b"abc", **{"upload-length": "11"})).status_code == 400
    for missing in (f"/api/v1/uploads/{uuid4()}", "/api/v1/uploads/../../etc/passwd", "/api/v1/uploads/1"):
        assert (await site.send(by, missing, b"abc")).status_code in (404, 405)


async def test_nobody_reaches_another_ones_upload(site: Site) -> None:
    by, other = await site.join(), await site.join("DE")
    place = (await site.begin(by, 10)).headers["location"]
    assert (await site.client.head(place, headers=TUS | other.headers)).status_code == 404
    assert (await site.send(other, place, b"abc")).status_code == 404
    assert (await site.client.delete(place, headers=TUS | other.headers)).status_code == 404
    assert (await site.client.head(place, headers=TUS)).status_code == 401
    assert (await site.client.head(place, headers=TUS | {"authorization": "Bearer nothing"})).status_code == 401


async def test_under_13_nobody_uploads(site: Site) -> None:
    child = await site.join(birth_date="2017-01-01")
    answer = await site.begin(child, 10)
    assert (answer.status_code, answer.json()["code"]) == (403, "refused")


async def test_ietf_in_one_request(site: Site, small_clip: bytes) -> None:
    by = await site.join()
    answer = await site.client.post(
        "/api/v1/uploads", content=small_clip, headers=by.headers | {"upload-complete": "?1"}
    )
    assert (answer.status_code, answer.headers["upload-complete"]) == (201, "?1")
    assert "tus-resumable" not in answer.headers
    video = await site.client.get(f"/api/v1/videos/{answer.headers['video-id']}", headers=by.headers)
    assert video.json()["state"] == "processing"


async def test_ietf_in_several_requests(site: Site) -> None:
    by = await site.join()
    begun = await site.client.post("/api/v1/uploads", content=b"one", headers=by.headers | {"upload-complete": "?0"})
    assert (begun.status_code, begun.headers["upload-complete"], begun.headers["upload-offset"]) == (201, "?0", "3")
    assert begun.headers["upload-limit"].startswith("max-size=")
    place = begun.headers["location"]
    middle = await site.client.patch(
        place, content=b"two", headers=by.headers | PART | {"upload-complete": "?0", "upload-offset": "3"}
    )
    assert (middle.status_code, middle.headers["upload-complete"]) == (204, "?0")
    stand = await site.client.head(place, headers=by.headers)
    assert (stand.status_code, stand.headers["upload-offset"], stand.headers["upload-complete"]) == (204, "6", "?0")
    assert "max-age=86400" in stand.headers["upload-limit"]
    wrong = await site.client.patch(
        place, content=b"!", headers=by.headers | PART | {"upload-complete": "?1", "upload-offset": "5"}
    )
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "6")
    last = await site.client.patch(
        place, headers=by.headers | PART | {"upload-complete": "?1", "upload-offset": "6", "content-length": "0"}
    )
    assert (last.status_code, last.headers["upload-complete"], last.headers["upload-length"]) == (204, "?1", "6")
    assert last.headers["video-id"]
    ended = await site.client.head(place, headers=by.headers)
    assert (ended.headers["upload-complete"], ended.headers["video-id"]) == ("?1", last.headers["video-id"])


async def test_ietf_digests_and_lengths_are_held_to(site: Site) -> None:
    by = await site.join()
    digest = base64.b64encode(hashlib.sha256(b"right").digest()).decode()
    said = {"upload-complete": "?1", "content-digest": f"sha-256=:{digest}:"}
    wrong = await site.client.post("/api/v1/uploads", content=b"wrong", headers=by.headers | said)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "checksum_mismatch")
    lying = await site.client.post(
        "/api/v1/uploads", content=b"right", headers=by.headers | {"upload-complete": "?1", "upload-length": "6"}
    )
    assert (lying.status_code, lying.json()["code"]) == (400, "length_mismatch")
    empty = await site.client.post("/api/v1/uploads", headers=by.headers | {"upload-complete": "?1"})
    assert (empty.status_code, empty.json()["code"]) == (422, "empty_upload")


async def test_what_was_begun_as_a_draft_is_not_published_in_either_dialect(site: Site, small_clip: bytes) -> None:
    by = await site.join("DE")
    half = len(small_clip) // 2
    begun = await site.begin(by, len(small_clip), **{"upload-metadata": metadata(draft="1", caption="Not yet")})
    place = begun.headers["location"]
    first = await site.send(by, place, small_clip[:half])
    assert not {"draft-id", "video-id"} & set(first.headers)
    last = await site.send(by, place, small_clip[half:], half)
    assert (last.status_code, last.headers["draft-id"]) == (204, place.rsplit("/", 1)[-1])
    stand = await site.client.head(place, headers=TUS | by.headers)
    assert (stand.headers["draft-id"], stand.headers["upload-offset"]) == (last.headers["draft-id"], str(len(small_clip)))
    assert not {"video-id", "upload-metadata", "upload-expires"} & set(stand.headers)
    said = {"upload-complete": "?1", "upload-metadata": metadata(draft="1")}
    once = await site.client.post("/api/v1/uploads", content=small_clip, headers=PART | by.headers | said)
    assert (once.status_code, once.headers["upload-complete"]) == (201, "?1")
    for answer in (last, once):
        draft = answer.headers["draft-id"]
        assert "video-id" not in answer.headers
        assert (await site.client.get(f"/api/v1/videos/{draft}", headers=by.headers)).status_code == 404
    for wrong in ("0", "yes", ""):
        refused = await site.begin(by, 10, **{"upload-metadata": metadata(draft=wrong)})
        assert refused.status_code == 422, wrong
