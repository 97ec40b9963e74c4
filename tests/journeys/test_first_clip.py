"""The first journey: a clip from a phone, GPS tag and all, uploaded in the EU and watched in the US a moment later."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fixtures.platform import Platform
from tests.journeys.people import Person, sign_up
from tests.media import recordings

GPS = recordings.PLACE.rstrip("/").encode()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "phone.mp4"
    recordings.phone(path, seconds=4)
    assert GPS in path.read_bytes(), "the phone's clip tells where it was made"
    return path


@pytest.fixture
def author(platform: Platform) -> Person:
    return sign_up(platform.url, country="FR")


def stored_bytes(platform: Platform) -> Iterator[tuple[Path, bytes]]:
    for folder, _, names in os.walk(platform.folder):
        for name in names:
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                try:
                    yield path, path.read_bytes()
                except FileNotFoundError:
                    continue


def test_members_live_where_their_country_belongs(platform: Platform) -> None:
    assert sign_up(platform.url, country="FR").region == "eu"
    assert sign_up(platform.url, country="US").region == "us"


def test_a_clip_is_watched_in_another_region_and_gone_from_both(platform: Platform, author: Person, clip: Path) -> None:
    viewer = sign_up(platform.url, country="US")
    video_id = author.upload(clip, "By the river")
    assert author.video(video_id)["state"] in ("processing", "published")
    author.wait_for(video_id, "published")
    viewer.wait_for(video_id, "published", seconds=10)
    assert any(card["id"] == video_id for card in viewer.feed())

    played = viewer.media(video_id)
    assert played.status_code == 200
    assert played.headers["content-type"] == "video/mp4"
    assert played.content[4:8] == b"ftyp"
    assert GPS not in played.content
    address = str(played.url)
    part = httpx.get(address, headers={"range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)

    assert author.http.delete(f"/api/v1/videos/{video_id}").status_code in (200, 204)
    assert httpx.get(address).status_code in (404, 410), "the address stops at once"
    author.wait_for(video_id, "gone", "withdrawn")
    viewer.wait_for(video_id, "gone", seconds=10)
    assert all(card["id"] != video_id for card in viewer.feed())


def test_the_gps_tag_is_in_no_stored_byte(platform: Platform, author: Person, clip: Path) -> None:
    author.wait_for(author.upload(clip), "published")
    found = [str(path) for path, content in stored_bytes(platform) if GPS in content]
    assert found == []


def test_a_child_can_watch_and_nothing_else(platform: Platform) -> None:
    child = sign_up(platform.url, birth_date="2017-03-04")
    refused = child.http.post("/api/v1/uploads", headers={"tus-resumable": "1.0.0", "upload-length": "10"})
    assert refused.status_code == 403
    assert "watching" in refused.json()["detail"]
    assert child.http.get("/api/v1/feed").status_code == 200


def test_the_service_is_not_offered_in_a_listed_country(platform: Platform) -> None:
    body = {
        "handle": "somebody.there",
        "password": "amber-walnut-lantern-58",
        "birth_date": "1990-01-01",
        "country": "CN",
        "accept_terms": "current",
    }
    assert httpx.post(f"{platform.url}/api/v1/accounts", json=body).status_code == 451


def test_promises_that_were_measured_are_kept(platform: Platform, author: Person, clip: Path) -> None:
    author.wait_for(author.upload(clip), "published")
    sign_up(platform.url, birth_date="2017-03-04").http.post(
        "/api/v1/uploads", headers={"tus-resumable": "1.0.0", "upload-length": "10"}
    )
    told = platform.kept("promises")
    assert "broken" not in told.stdout.replace("0 broken", ""), told.stdout
    for promise in ("residency.home", "collection.declared", "terms.published", "youth.under13", "service.availability"):
        assert any("kept" in line and promise in line for line in told.stdout.splitlines()), told.stdout
