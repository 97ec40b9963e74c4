"""Clips, feed and media over HTTP."""

from uuid import uuid4

import pytest

from tests.fixtures.site import Member, Site


async def state(site: Site, video_id: str, by: Member | None = None) -> tuple[int, dict[str, object]]:
    answer = await site.client.get(f"/api/v1/videos/{video_id}", headers=by.headers if by else {})
    return answer.status_code, answer.json()


async def test_a_clip_from_one_region_is_watched_in_another_and_deleted_from_both(
    site: Site, phone_clip: bytes
) -> None:
    author, viewer = await site.join("DE"), await site.join("US")
    assert (author.region, viewer.region) == ("eu", "us")
    video_id = await site.publish(author, phone_clip)
    for somebody in (author, viewer, None):
        status, video = await state(site, video_id, somebody)
        assert (status, video["state"], video["handle"]) == (200, "published", author.handle)
    feed = (await site.client.get("/api/v1/feed", headers=viewer.headers)).json()
    card = next(card for card in feed["cards"] if card["id"] == video_id)

    led = await site.client.get(f"/api/v1/videos/{video_id}/media", headers=viewer.headers, follow_redirects=False)
    assert led.status_code == 302
    assert led.headers["location"] == card["media"]
    whole = await site.client.get(card["media"])
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert whole.content[4:8] == b"ftyp"
    poster = await site.client.get(card["poster"])
    assert (poster.status_code, poster.headers["content-type"], poster.content[8:12]) == (200, "image/webp", b"WEBP")

    assert (await site.client.delete(f"/api/v1/videos/{video_id}", headers=viewer.headers)).status_code == 404
    assert (await site.client.delete(f"/api/v1/videos/{video_id}", headers=author.headers)).status_code == 204
    for address in (card["media"], card["poster"]):
        assert (await site.client.get(address)).status_code == 404
        assert (await site.client.get(address, headers={"if-none-match": whole.headers["etag"]})).status_code == 404
    await site.work(video_id)
    status, video = await state(site, video_id, author)
    assert (status, video["state"], video["media"]) == (200, "withdrawn", None)
    assert (await state(site, video_id, viewer))[0] == 404
    feed = (await site.client.get("/api/v1/feed", headers=viewer.headers)).json()
    assert video_id not in [card["id"] for card in feed["cards"]]
    assert (await site.client.delete(f"/api/v1/videos/{video_id}", headers=author.headers)).status_code == 204


async def test_authors_are_told_where_their_clip_is_and_others_nothing(site: Site, small_clip: bytes) -> None:
    author, other = await site.join("DE"), await site.join("DE")
    video_id = await site.upload(author, small_clip)
    status, video = await state(site, video_id, author)
    assert (status, video["state"], video["progress"]) == (200, "processing", {"step": "waiting", "percent": 0})
    early = await site.client.get(f"/api/v1/videos/{video_id}/media", headers=author.headers, follow_redirects=False)
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    for somebody in (other, None):
        assert (await state(site, video_id, somebody))[0] == 404
    missing = await site.client.get(f"/api/v1/videos/{uuid4()}", headers=other.headers)
    hidden = await site.client.get(f"/api/v1/videos/{video_id}", headers=other.headers)
    assert missing.json() == hidden.json()


async def test_a_file_that_is_no_clip_gets_a_sentence(site: Site) -> None:
    author = await site.join()
    video_id = await site.publish(author, b"this is no video" * 100)
    status, video = await state(site, video_id, author)
    assert (status, video["state"], video["reason"]) == (200, "failed", "not_a_video")
    assert "MP4" in str(video["detail"])
    gone = await site.client.get(f"/api/v1/videos/{video_id}/media", headers=author.headers, follow_redirects=False)
    assert gone.status_code == 404


@pytest.fixture
async def media(site: Site, small_clip: bytes) -> str:
    author = await site.join()
    video_id = await site.publish(author, small_clip)
    return str((await state(site, video_id))[1]["media"])


async def test_media_come_in_ranges(site: Site, media: str) -> None:
    whole = await site.client.get(media)
    size, etag = len(whole.content), whole.headers["etag"]
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-length"] == str(size)
    head = await site.client.head(media)
    assert (head.status_code, head.headers["content-length"], head.headers["etag"]) == (200, str(size), etag)
    part = await site.client.get(media, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{size}"
    beyond = await site.client.get(media, headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    old = await site.client.get(media, headers={"range": "bytes=10-19", "if-range": '"older"'})
    assert (old.status_code, old.content) == (200, whole.content)
    known = await site.client.get(media, headers={"if-none-match": etag})
    assert (known.status_code, known.content) == (304, b"")
    assert "no-cache" in whole.headers["cache-control"]


async def test_a_large_file_is_streamed_whole(site: Site, large_clip: bytes) -> None:
    padded = large_clip + b"\x00\x09\x27\xc8mdat" + bytes(600_000)
    author = await site.join()
    video_id = await site.upload(author, padded)
    await site.work(video_id)
    cell = site.runtime.cells.named("us")
    rows = await cell.database.fetch(
        "SELECT object_key, size FROM rendition WHERE video_id = $1 AND name = 'source'", video_id
    )
    data = b"x" * 700_001
    await cell.objects.put(rows[0]["object_key"], data)
    await cell.database.fetch("UPDATE rendition SET size = 700001 WHERE video_id = $1 AND name = 'source'", video_id)
    address = (await state(site, video_id))[1]["media"]
    whole = await site.client.get(str(address))
    assert (whole.status_code, whole.content, whole.headers["content-length"]) == (200, data, "700001")
    rest = await site.client.get(str(address), headers={"range": "bytes=100001-"})
    assert (rest.status_code, len(rest.content)) == (206, 600_000)


async def test_a_media_address_can_not_be_bent(site: Site, media: str) -> None:
    path, query = media.split("?")
    signature = query.split("s=")[1]
    bent = [
        f"{path}?{query[:-1]}{'A' if query[-1] != 'A' else 'B'}",
        f"{path.replace('/us/', '/eu/')}?{query}",
        f"{path.replace('/us/', '/mars/')}?{query}",
        f"{path.rsplit('/', 1)[0]}/poster?{query}",
        f"{path}?{query.replace('v=us', 'v=eu')}",
        f"{path}?{query}&o=1",
        f"{path}?e=99999999999&v=us&s={signature}",
        f"{path}/../../../etc/passwd?{query}",
    ]
    for address in bent:
        assert (await site.client.get(address)).status_code == 404, address
    for missing in (path, f"{path}?e=x&v=us&s={signature}"):
        assert (await site.client.get(missing)).status_code == 400


async def test_media_that_cross_a_border_are_counted(site: Site, small_clip: bytes) -> None:
    author, viewer = await site.join("DE"), await site.join("US")
    video_id = await site.publish(author, small_clip)
    _, video = await state(site, video_id, viewer)
    await site.client.get(str(video["media"]), headers={"range": "bytes=0-99"})
    await site.client.get(str(video["media"]), headers={"range": "bytes=100-199"})
    await site.runtime.flush()
    rows = await site.runtime.cells.named("eu").database.fetch(
        "SELECT sum(count)::int AS n FROM crossing_count WHERE to_cell = 'us' AND category = 'user.content.public'"
    )
    assert rows[0]["n"] >= 1


async def test_the_feed_is_paged_and_refuses_made_up_cursors(site: Site, small_clip: bytes) -> None:
    author = await site.join()
    published = [await site.publish(author, small_clip) for _ in range(3)]
    first = (await site.client.get("/api/v1/feed", params={"limit": 2})).json()
    assert len(first["cards"]) == 2
    second = (await site.client.get("/api/v1/feed", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    got = [card["id"] for card in first["cards"] + second["cards"]]
    assert len(set(got)) == len(got)
    assert set(published) <= set(got)
    assert (await site.client.get("/api/v1/feed", params={"cursor": "made-up"})).status_code == 400
    assert (await site.client.get("/api/v1/feed", params={"limit": 0})).status_code == 400


async def test_children_are_not_shown_what_nobody_picked_for_them(site: Site, small_clip: bytes) -> None:
    author, child = await site.join(), await site.join(birth_date="2017-01-01")
    video_id = await site.publish(author, small_clip)
    assert (await state(site, video_id, child))[0] == 404
    feed = (await site.client.get("/api/v1/feed", headers=child.headers)).json()
    assert feed["cards"] == []
    assert (await site.client.delete(f"/api/v1/videos/{video_id}", headers=child.headers)).status_code == 404
