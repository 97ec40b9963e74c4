"""Members as programs see them: sign up, upload, look, delete, over HTTP."""

import base64
import itertools
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PASSWORD = "amber-walnut-lantern-58"
_numbers = itertools.count(1)
opened: list[httpx.Client] = []
"""Every client, closed after each test by `conftest`."""


@dataclass
class Person:
    """Somebody with a token."""

    http: httpx.Client
    handle: str
    member_id: str
    region: str

    def upload(self, clip: Path, caption: str = "", chunk: int = 1 << 20) -> str:
        """Upload a file by tus 1.0 in pieces; returns the clip's id."""
        data = clip.read_bytes()
        metadata = f"filename {_b64(clip.name)}" + (f",caption {_b64(caption)}" if caption else "")
        headers = {"tus-resumable": "1.0.0", "upload-length": str(len(data)), "upload-metadata": metadata}
        made = self.http.post("/api/v1/uploads", headers=headers)
        assert made.status_code == 201, made.text
        answer = made
        for start in range(0, len(data), chunk):
            part = {"tus-resumable": "1.0.0", "upload-offset": str(start), "content-type": "application/offset+octet-stream"}
            answer = self.http.patch(made.headers["location"], headers=part, content=data[start : start + chunk])
            assert answer.status_code == 204, answer.text
        return answer.headers["video-id"]

    def video(self, video_id: str) -> dict[str, Any]:
        """The clip as this person sees it; `state` is `gone` when they can't."""
        answer = self.http.get(f"/api/v1/videos/{video_id}")
        return {"state": "gone"} if answer.status_code == 404 else dict(answer.json())

    def wait_for(self, video_id: str, *states: str, seconds: float = 60.0) -> dict[str, Any]:
        """Until the clip is in one of `states`, as this person sees it."""
        until = time.monotonic() + seconds
        while (video := self.video(video_id))["state"] not in states:
            assert time.monotonic() < until, f"{video} is not {states}"
            time.sleep(0.1)
        return video

    def feed(self) -> list[dict[str, Any]]:
        """The first page of the feed."""
        answer = self.http.get("/api/v1/feed")
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return list(next(value for value in body.values() if isinstance(value, list)))

    def media(self, video_id: str) -> httpx.Response:
        """The playable file."""
        return self.http.get(f"/api/v1/videos/{video_id}/media", follow_redirects=True)


def sign_up(url: str, *, country: str = "US", birth_date: str = "1990-05-17", handle: str = "") -> Person:
    """A new member."""
    handle = handle or f"person{next(_numbers)}.{time.time_ns() % 10**9}"
    http = httpx.Client(base_url=url, timeout=60)
    opened.append(http)
    body = {
        "handle": handle,
        "password": PASSWORD,
        "birth_date": birth_date,
        "country": country,
        "accept_terms": "current",
    }
    answer = http.post("/api/v1/accounts", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    http.headers["authorization"] = f"Bearer {made['token']}"
    return Person(http, handle, made["member_id"], made["region"])


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
