"""A client as a phone is one: it sends a clip in parts, and goes on from where the platform says whenever something broke."""

import base64
import time
from collections.abc import Iterator

import httpx

from tests.journeys.people import Person

TUS = {"tus-resumable": "1.0.0"}
EXPECTED = (200, 201, 204, 409, 503)
"""What a client may be answered while something is killed: never a fault of ours without a name."""
PATIENCE = 60.0


class Uploader:
    """One upload by tus."""

    def __init__(self, by: Person, data: bytes, caption: str) -> None:
        self._http, self.data = by.http, data
        told = "caption " + base64.b64encode(caption.encode()).decode()
        made = self._http.post(
            "/api/v1/uploads", headers=TUS | {"upload-length": str(len(data)), "upload-metadata": told}
        )
        assert made.status_code == 201, made.text
        self.place = made.headers["location"]
        self.video_id = self.place.rpartition("/")[2]
        self.offset = 0

    def send(self, to: int | None = None, *, slowly: float = 0.0) -> None:
        """Send the bytes up to `to`; all for None. Raises httpx.TransportError when the connection breaks."""
        part = self.data[self.offset : to]
        headers = {"upload-offset": str(self.offset), "content-type": "application/offset+octet-stream"}
        content = _dribble(part, slowly) if slowly else part
        told = TUS | headers | {"content-length": str(len(part))}
        answer = self._http.patch(self.place, headers=told, content=content)
        assert answer.status_code in EXPECTED, (answer.status_code, answer.text)
        if answer.status_code == 204:
            self.offset = int(answer.headers["upload-offset"])

    def finish(self) -> None:
        """Go on until the upload is complete, through whatever happens."""
        until = time.monotonic() + PATIENCE
        while not self._is_complete():
            assert time.monotonic() < until, "the upload was never completed"
            try:
                self.send()
            except httpx.TransportError:
                time.sleep(0.05)

    def _is_complete(self) -> bool:
        """Ask where it stands, as long as nobody answers. An offset that was told never goes down."""
        until = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < until, "nobody says where the upload stands"
            try:
                answer = self._http.head(self.place, headers=TUS)
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            assert answer.status_code in EXPECTED, answer.status_code
            if answer.status_code == 200:
                break
            time.sleep(0.05)
        assert int(answer.headers["upload-offset"]) >= self.offset, "bytes that were safe are gone"
        self.offset = int(answer.headers["upload-offset"])
        return "video-id" in answer.headers


def _dribble(part: bytes, seconds: float) -> Iterator[bytes]:
    """A slow connection."""
    step = max(1, len(part) // 50)
    for start in range(0, len(part), step):
        yield part[start : start + step]
        time.sleep(seconds / 50)
