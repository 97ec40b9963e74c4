"""Asking one witness to cosign: c2sp.org/tlog-witness, from the log's side. Blocking, for a thread."""

import base64
import http.client
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from kept.kit import KeptError, Kind
from kept.ledger.errors import Forked
from kept.ledger.formats.checkpoint import Checkpoint
from kept.ledger.formats.cosignature import CosignerKey
from kept.ledger.formats.note import BadNote, parse, signature_line, signed_by

PATIENCE = 5.0
"""Seconds that a witness may take to connect, and to answer."""
_LARGEST_ANSWER = 64 * 1024
_TRIES = 3

Proof = Callable[[int], Sequence[bytes]]
"""The consistency proof from a size to the checkpoint that is to be cosigned."""


class WitnessAway(KeptError):
    code = "witness_away"
    kind = Kind.BUSY
    message = "The witness at {url} does not cosign: {why}"


class Ahead(Exception):
    """The witness has cosigned more entries than it is asked to cosign."""

    def __init__(self, url: str, size: int) -> None:
        super().__init__(f"the witness at {url} has cosigned {size} entries")
        self.size = size


class Asker:
    """Asks the witness at `url` (its submission prefix), whose keys are `keys`. One question at a time."""

    def __init__(self, url: str, keys: Sequence[CosignerKey]) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise WitnessAway(url=url, why="it has no http address")
        self.url = url
        self._keys = keys
        self._host, self._port, self._tls = parts.hostname, parts.port, parts.scheme == "https"
        self._path = parts.path.rstrip("/") + "/add-checkpoint"
        self._size = 0
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, note: str, head: Checkpoint, proof: Proof) -> tuple[Checkpoint, str]:
        """`head`, and the witness's cosignature lines for it; `note` is its signed note, without other signatures.

        Raises:
            Forked: it says that what it cosigned before is not the beginning of this.
            Ahead: it has cosigned more.
            WitnessAway: anything else; it may cosign later.
        """
        for _ in range(_TRIES):
            if self._size > head.size:
                seen, self._size = self._size, 0  # whether that is true, it will have to say again
                raise Ahead(self.url, seen)
            hashes = "".join(f"{base64.b64encode(digest).decode()}\n" for digest in proof(self._size))
            status, kind, body = self._post(f"old {self._size}\n{hashes}\n{note}".encode())
            if status == 200:
                self._size = head.size
                return head, self._lines(head, body)
            if status == 409 and kind == "text/x.tlog.size":
                self._size = self._read_size(body)
            elif status in (409, 422):
                raise Forked(
                    f"the witness at {self.url} refuses {head.size} entries as another history than the one it cosigned"
                    f" ({status}: {body[:200].decode(errors='replace').strip()})"
                )
            else:
                raise WitnessAway(url=self.url, why=f"it answered {status}")
        raise WitnessAway(url=self.url, why="it names another size each time")

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _lines(self, head: Checkpoint, body: bytes) -> str:
        """The lines of known keys; each has been verified."""
        try:
            found = signed_by(parse(head.text.encode() + b"\n" + body), self._keys)
        except BadNote as error:
            raise WitnessAway(url=self.url, why=str(error.details["why"])) from error
        return "".join(signature_line(key.name, key.key_id + blob) for key, blob in found)

    def _read_size(self, body: bytes) -> int:
        text = body.decode(errors="replace").removesuffix("\n")
        if not (text.isascii() and text.isdecimal()) or len(text) > 19:
            raise WitnessAway(url=self.url, why="it names no size")
        return int(text)

    def _post(self, body: bytes) -> tuple[int, str, bytes]:
        """Status, content type and body. A connection that was closed while it rested is opened again."""
        rested = self._connection is not None
        try:
            return self._post_once(body)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if rested and not isinstance(error, TimeoutError):
                return self._post(body)
            raise WitnessAway(url=self.url, why=str(error) or type(error).__name__) from error

    def _post_once(self, body: bytes) -> tuple[int, str, bytes]:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.request("POST", self._path, body, {"content-type": "text/plain; charset=utf-8"})
        answer = self._connection.getresponse()
        data = answer.read(_LARGEST_ANSWER)
        if not answer.isclosed():  # more than any witness has to say
            self.close()
        return answer.status, (answer.headers["content-type"] or "").partition(";")[0].strip().lower(), data

    def _connect(self) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(self._host, self._port, timeout=PATIENCE, context=context)
