"""A member in another region who looks all the time: they may see nothing, or the whole clip, and never anything between."""

import hashlib
import threading
import time
from types import TracebackType

import httpx

from tests.journeys.people import Person


class Onlooker:
    """Looks at one clip in a thread, until told to stop; `complaints` is what they saw that they should not have."""

    def __init__(self, viewer: Person, video_id: str) -> None:
        self.complaints: list[str] = []
        self.seen: set[str] = set()
        """Hashes of the whole clip, each time they saw it: one, however often."""
        self._url, self._headers = str(viewer.http.base_url), {"authorization": viewer.http.headers["authorization"]}
        self._video_id = video_id
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Onlooker":
        self._thread.start()
        return self

    def __exit__(self, _kind: type | None, _error: BaseException | None, _where: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=30) as http:
            while not self._stop.is_set():
                try:
                    self._look_once(http)
                except httpx.TransportError:
                    time.sleep(0.1)  # nobody answers: that is a fault, not half a clip
                time.sleep(0.15)

    def _look_once(self, http: httpx.Client) -> None:
        answer = http.get(f"/api/v1/videos/{self._video_id}")
        if answer.status_code == 200:
            clip = answer.json()
            if clip["state"] != "published" or not clip["media"] or not clip["poster"]:
                self.complaints.append(f"half a clip: {clip}")
                return
            self._fetch(http, clip["media"], "video/mp4")
            self._fetch(http, clip["poster"], "image/webp")
        elif answer.status_code not in (404, 503):
            self.complaints.append(f"{answer.status_code} {answer.text}")

    def _fetch(self, http: httpx.Client, address: str, kind: str) -> None:
        file = http.get(address)
        if file.status_code == 503:
            return
        if file.status_code != 200 or file.headers["content-type"] != kind or not file.content:
            self.complaints.append(f"{file.status_code} for {kind} of a clip that was shown")
        elif kind == "video/mp4":
            self.seen.add(hashlib.sha256(file.content).hexdigest())
