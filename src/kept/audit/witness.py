"""The witness: cosigns a checkpoint if it continues the one before, and refuses, loudly, if it does not.

c2sp.org/tlog-witness, `add-checkpoint` and the monitoring prefix, without HTTP: a request's body goes in, an answer with
a status comes out. Blocking; threads and processes may share one folder.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kept.audit.memory import Memory, Remembered, origin_hash
from kept.kit import Clock
from kept.ledger import BadNote, Checkpoint, Cosigner, VerifierKey, read_checkpoint
from kept.ledger.formats.merkle import EMPTY_ROOT, is_extension
from kept.ledger.formats.note import Note, parse, signature_line, signed_by, strict_base64

LARGEST_REQUEST = 16 * 1024
"""Bytes of a request body, as witnesses of the public network limit them."""
MOST_PROOF_LINES = 63

_OLD = re.compile("old (0|[1-9][0-9]{0,18})")
_TEXT = "text/plain; charset=utf-8"
_SIZE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status, a body and its type."""

    status: int
    body: bytes
    content_type: str = _TEXT


class _Refused(Exception):
    """A request that is answered with a status and a sentence."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Request:
    old: int
    proof: tuple[bytes, ...]
    note: Note
    head: Checkpoint
    signatures: str
    """The signature lines of the log's known keys."""


class Witness:
    """Watches the logs whose keys are `logs`. `cosigners`: its keys; the first is Ed25519, by which it knows its memory.

    `alarm` is told, in a sentence, what an operator of a witness wants to be woken for.
    """

    def __init__(
        self,
        memory: Memory,
        cosigners: Sequence[Cosigner],
        logs: Iterable[VerifierKey],
        clock: Clock,
        alarm: Callable[[str], None],
    ) -> None:
        self._memory = memory
        self._cosigners = cosigners
        self._clock = clock
        self._alarm = alarm
        keys: dict[str, list[VerifierKey]] = {}
        for key in logs:
            keys.setdefault(key.name, []).append(key)
        self._logs: Mapping[str, list[VerifierKey]] = keys
        self._by_hash = {origin_hash(origin): origin for origin in keys}

    @property
    def origins(self) -> list[str]:
        """The logs that it watches."""
        return list(self._logs)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a log that wants its checkpoint cosigned. Raises DamagedMemory, OSError: nothing was cosigned."""
        try:
            request = self._read(body)
            with self._memory.locked(request.head.origin):
                return self._cosign(request)
        except _Refused as refused:
            return Answer(refused.status, f"{refused}\n".encode())

    def checkpoint(self, hashed_origin: str) -> Answer:
        """The newest cosigned checkpoint of the log whose origin has this SHA-256 (hex)."""
        origin = self._by_hash.get(hashed_origin)
        known = self._memory.read(origin) if origin is not None else None
        return Answer(404, b"nothing cosigned\n") if known is None else Answer(200, known.note)

    def newest(self, origin: str) -> Remembered | None:
        """What it knows of a log."""
        return self._memory.read(origin)

    def _read(self, body: bytes) -> _Request:
        """Take a request apart. Raises _Refused: 400, 403, 404, 413."""
        if len(body) > LARGEST_REQUEST:
            raise _Refused(413, "the request is too long")
        lines, blank, data = body.partition(b"\n\n")
        old, *hashes = lines.decode(errors="replace").split("\n")
        size = _OLD.fullmatch(old)
        if not blank or size is None or len(hashes) > MOST_PROOF_LINES:
            raise _Refused(400, "the request is malformed")
        try:
            note = parse(data)
            proof = tuple(map(strict_base64, hashes))
        except BadNote as error:
            raise _Refused(400, str(error.details["why"])) from error
        return _Request(int(size[1]), proof, note, *self._authentic(note))

    def _authentic(self, note: Note) -> tuple[Checkpoint, str]:
        """The checkpoint of a log that is watched, and the log's signature lines. Raises _Refused: 400, 403, 404."""
        keys = self._logs.get(note.text.partition("\n")[0])
        if keys is None:
            raise _Refused(404, "this log is not watched here")
        try:
            signed = signed_by(note, keys)
        except BadNote as error:
            raise _Refused(403, str(error.details["why"])) from error
        if not signed:
            raise _Refused(403, "no key known for this log has signed it")
        try:
            head = read_checkpoint(note.text)
        except BadNote as error:
            raise _Refused(400, str(error.details["why"])) from error
        return head, "".join(signature_line(key.name, key.key_id + blob) for key, blob in signed)

    def _cosign(self, request: _Request) -> Answer:
        """Compare with what is known, persist, answer. Only while the log is locked. Raises _Refused: 400, 422."""
        head = request.head
        known = self._memory.read(head.origin)
        if request.old > head.size:
            raise _Refused(400, "the old size is larger than the checkpoint's")
        size, root = (known.checkpoint.size, known.checkpoint.root) if known else (0, EMPTY_ROOT)
        if request.old != size:
            return Answer(409, f"{size}\n".encode(), _SIZE)
        if head.size == 0 and head.root != EMPTY_ROOT:
            raise _Refused(422, "an empty tree has another root")
        if known is not None and head.size == size and head.root != root:
            self._forked(request, known)
        if not is_extension(size, root, head.size, head.root, request.proof):
            if size:
                self._alarm(
                    f"NOT CONSISTENT: the log {head.origin} asked to have {head.size} entries cosigned,"
                    f" and did not prove that they continue the {size} cosigned before; refused"
                )
            raise _Refused(422, f"the proof does not show that this continues the {size} entries cosigned before")
        now = int(self._clock.now().timestamp())
        at = max(now, known.at) if known else now  # a clock that was set back must not let us contradict ourselves
        lines = "".join(cosigner.line(request.note.text, at) for cosigner in self._cosigners)
        self._memory.write(head.origin, f"{request.note.text}\n{request.signatures}{lines}".encode())
        return Answer(200, lines.encode())

    def _forked(self, request: _Request, known: Remembered) -> None:
        """Two roots of one size, both signed by the log: nobody can explain that away. Raises _Refused: 422."""
        other = f"{request.note.text}\n{request.signatures}".encode()
        kept = self._memory.keep_evidence(request.head.origin, known.note + b"\n" + other)
        self._alarm(
            f"FORK: the log {request.head.origin} has signed two histories of {request.head.size} entries;"
            f" refused to cosign the second; both signed checkpoints are kept in {kept}"
        )
        raise _Refused(422, "another history of the same size has been cosigned")
