"""A small server of uploads for tests of the browser's side: tus 1.0 over the preview, with faults on demand.

It keeps what arrives in memory, and remembers what every request said. The real server has tests of its own.
"""

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qs

from kept.look import paths
from tools.preview import Handler, PreviewServer

OPTIONS = {
    "challenge": "AAECAwQFBgcICQoLDA0ODw",
    "rp": {"id": "localhost", "name": "Kept"},
    "user": {"id": "AAECAwQFBgcICQoLDA0ODw", "name": "lena.makes", "displayName": "lena.makes"},
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
}


@dataclass
class Held:
    """One upload as the desk has it."""

    data: bytearray = field(default_factory=bytearray)
    length: int | None = None
    words: dict[str, str] = field(default_factory=dict)
    published: bool = False


@dataclass
class Desk:
    """Everything that arrived, and what shall go wrong next. `drops` are numbers of bytes after which a PATCH is cut off."""

    uploads: dict[str, Held] = field(default_factory=dict)
    drops: list[int] = field(default_factory=list)
    refuses: int = 0
    defers: bool = True
    states: list[dict[str, object]] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    reports: list[list[str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    allowed: threading.Event = field(default_factory=threading.Event)

    @property
    def only(self) -> Held:
        """The one upload that there is."""
        (held,) = self.uploads.values()
        return held


class DeskServer(PreviewServer):
    """The preview with a desk."""

    def __init__(self) -> None:
        super().__init__(handler=DeskHandler)
        self.desk = Desk()
        self.desk.allowed.set()


class DeskHandler(Handler):
    """tus: core, creation, creation-defer-length, termination; and the state of clips."""

    server: ThreadingHTTPServer

    @property
    def desk(self) -> Desk:
        assert isinstance(self.server, DeskServer)
        return self.server.desk

    def do_GET(self) -> None:
        if self.path.endswith("/state") and self.desk.states:
            told = self.desk.states.pop(0) if len(self.desk.states) > 1 else self.desk.states[0]
            return self._send(200, json.dumps(told).encode(), {"Content-Type": "application/json"})
        self.desk.asked.append(self.path)
        return super().do_GET()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/passkey":
            return self._send(200, json.dumps(OPTIONS).encode(), {"Content-Type": "application/json"})
        if self.path == paths.FIRST_OPEN:
            self.desk.reports.append(json.loads(body)["calls"])
            return self._send(204, b"", {})
        if self.path != "/uploads":
            self.desk.forms.append(parse_qs(body.decode(), keep_blank_values=True))
            return self._send(200, b"<!doctype html><title>Taken</title>", {"Content-Type": "text/html"})
        deferred = "Upload-Defer-Length" in self.headers
        if self.desk.refuses or (deferred and not self.desk.defers):
            sentence = json.dumps({"detail": "You have reached today's limit."}).encode()
            return self._send(self.desk.refuses or 400, sentence, {"Content-Type": "application/problem+json"})
        name = f"u{len(self.desk.uploads)}"
        length = None if deferred else int(self.headers["Upload-Length"])
        self.desk.uploads[name] = Held(length=length, words=_words(self.headers.get("Upload-Metadata", "")))
        return self._send(201, b"", {"Location": f"/uploads/{name}"})

    def do_HEAD(self) -> None:
        held = self._held()
        if held is None:
            return self._send(404, b"", {})
        return self._send(200, b"", {"Upload-Offset": str(len(held.data)), **self._video(held)})

    def do_PATCH(self) -> None:
        held = self._held()
        if held is None:
            return self._send(404, b"", {})
        size = int(self.headers["Content-Length"])
        if int(self.headers["Upload-Offset"]) != len(held.data):
            self.rfile.read(size)
            return self._send(409, b"", {})
        self.desk.allowed.wait(10)
        if self.desk.drops:
            held.data += self.rfile.read(min(size, self.desk.drops.pop(0)))
            self.close_connection = True
            return None
        held.data += self.rfile.read(size)
        if "Upload-Length" in self.headers:
            held.length = int(self.headers["Upload-Length"])
        if "Upload-Metadata" in self.headers:
            held.words |= _words(self.headers["Upload-Metadata"])
        held.published = len(held.data) == held.length
        return self._send(204, b"", {"Upload-Offset": str(len(held.data)), **self._video(held)})

    def do_DELETE(self) -> None:
        self.desk.uploads.pop(self.path.rsplit("/", 1)[-1], None)
        self._send(204, b"", {})

    def _held(self) -> Held | None:
        return self.desk.uploads.get(self.path.rsplit("/", 1)[-1])

    def _video(self, held: Held) -> dict[str, str]:
        if not held.published:
            return {}
        return {"Draft-Id": "v1"} if held.words.get("draft") else {"Video-Id": "v1"}


def _words(metadata: str) -> dict[str, str]:
    pairs = (part.partition(" ") for part in metadata.split(",") if part)
    return {key: base64.b64decode(value).decode() for key, _, value in pairs}
