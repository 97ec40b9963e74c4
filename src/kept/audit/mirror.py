"""The mirror: copies a log as it grows, and believes nothing of it that it has not hashed.

A visit checks the newest checkpoint (signature, cosignatures, how fresh they are), that it continues everything followed
before, and every entry and tile that it adds; once a day also that what was copied long ago is still served unchanged.
Blocking; one process a folder (`Copy.alone`).
"""

from collections import Counter
from collections.abc import Callable

from kept.audit.alarms import Alarm, Alarmed, classified
from kept.audit.copy import Copy, DamagedMirror, State, Vouched
from kept.kit import Clock, KeptError, Kind
from kept.ledger import (
    BadNote,
    CannotRead,
    Checkpoint,
    NotCosigned,
    Quorum,
    Source,
    VerifierKey,
    open_checkpoint,
    verify,
)
from kept.ledger.edge import Edge
from kept.ledger.formats.merkle import EMPTY_ROOT, Span
from kept.ledger.formats.tiles import ENTRIES, BadBundle, Tile, levels_of, tiles_at
from kept.ledger.reading import Deviates, Tree, growth, known_edge
from kept.ledger.reading.sources import fetch_tile

PATIENCE = 600.0
"""Seconds of silence after which there is an alarm."""
WHOLE_AGAIN = 24 * 3600
"""Seconds after which the source is compared with the whole copy once more."""


class AnotherLog(KeptError):
    code = "another_log"
    kind = Kind.CONFLICT
    message = "The mirror in {folder} follows the log whose key is {vkey}, not this one."


class Mirror:
    """Follows the log in `source` into `copy`. `key`: the log's, if you have it from elsewhere; else the first one seen.

    With a `quorum`, only checkpoints that it accepts are followed.
    """

    def __init__(
        self,
        source: Source,
        copy: Copy,
        clock: Clock,
        *,
        key: VerifierKey | None = None,
        quorum: Quorum | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._source = source
        self._copy = copy
        self._clock = clock
        self._given = key
        self._quorum = quorum
        self._patience = patience
        self._edge: Edge | None = None

    def visit(self) -> State:
        """Look once, and remember an alarm. Raises as `look`."""
        try:
            return self.look()
        except Alarmed as alarmed:
            self.remember(alarmed)
            raise

    def look(self) -> State:
        """Follow the log to its newest checkpoint; what is known then.

        Raises:
            Alarmed: it broke its word, or does not speak. Tiles that seem missing or wrong were read twice.
            DamagedMirror: our own copy is not what was checked. AnotherLog: see there.
        """
        try:
            try:
                return self._look()
            except Alarmed as alarmed:
                if alarmed.alarm not in (Alarm.GAP, Alarm.DAMAGE):
                    raise
                return self._look()
        except CannotRead as error:
            raise Alarmed(Alarm.SILENCE, error.public) from error

    def remember(self, alarmed: Alarmed) -> None:
        """Write an alarm into the folder's history, if there is one yet."""
        state = self._copy.state()
        if state is not None:
            state.raised(alarmed.alarm, alarmed.what, self._now())
            self._copy.save(state)

    def silent_for(self) -> float:
        """Seconds since all was well; endless if it never was."""
        state = self._copy.state()
        return self._now() - (state.looked or state.began) if state else float("inf")

    @property
    def lost_patience(self) -> bool:
        """Whether the log has been silent for too long."""
        return self.silent_for() > self._patience

    def _look(self) -> State:
        with self._copy.still():
            return self._looked()

    def _looked(self) -> State:
        state = self._begun()
        key = VerifierKey.parse(state.vkey)
        note, head, as_of = self._newest(state, key)
        known = open_checkpoint(state.note.encode(), key) if state.note else Checkpoint(key.name, 0, EMPTY_ROOT)
        self._copy.show(state)
        self._contradiction(state, known, note, head)
        if self._now() - state.whole >= WHOLE_AGAIN and known.size:
            self._compare(known)
            state.whole = self._now()
        self._grow(state, known, note, head)
        if self._quorum and self._quorum.asks_outsiders and self._now() - as_of > self._patience:
            raise Alarmed(Alarm.SILENCE, f"no quorum of witnesses has vouched for it for {self._now() - as_of} seconds")
        state.visited(self._now(), self._patience)
        self._copy.save(state)
        return state

    def _begun(self) -> State:
        """What is known, or the beginning. Raises AnotherLog, Alarmed, CannotRead."""
        state = self._copy.state()
        if state is None:
            text = self._given.text if self._given else (self._source.fetch("vkey") or b"").decode(errors="replace")
            try:
                vkey = VerifierKey.parse(text).text
            except BadNote as error:
                raise Alarmed(Alarm.SIGNATURE, "it shows no verifier key") from error
            state = State(self._source.name, vkey, self._given is not None, self._now())
            self._copy.save(state)
        if self._given and self._given.text != state.vkey:
            raise AnotherLog(folder=str(self._copy.folder), vkey=state.vkey)
        state.source, state.pinned = self._source.name, state.pinned or self._given is not None
        return state

    def _newest(self, state: State, key: VerifierKey) -> tuple[bytes, Checkpoint, int]:
        """The checkpoint that is shown, opened, and until when a quorum vouches for it. Raises Alarmed."""
        note = self._source.fetch("checkpoint")
        if note is None:
            raise Alarmed(Alarm.SILENCE, f"{self._source.name} shows no checkpoint")
        try:
            head = open_checkpoint(note, key)
        except BadNote as error:
            raise Alarmed(Alarm.SIGNATURE, f"the checkpoint at {self._source.name}: {error.public}") from error
        if self._quorum is None:
            return note, head, 0
        try:
            cosigned = self._quorum.of_log(key).opened(note)
        except NotCosigned as error:
            raise Alarmed(Alarm.UNWITNESSED, error.public) from error
        for name, at in cosigned.times.items():
            seen = state.cosigners.setdefault(name, Vouched(0, at, 0))
            seen.checkpoints += at > seen.last
            seen.last = max(seen.last, at)
        return note, head, cosigned.as_of

    def _contradiction(self, state: State, known: Checkpoint, note: bytes, head: Checkpoint) -> None:
        """Compare with our copy what needs nothing else. Raises Alarmed for a fork, and for entries that are gone."""
        if head.size > known.size:
            return
        root = Tree(self._copy.log, known.size).hash_of(Span(0, head.size)) if head.size else EMPTY_ROOT
        if root != head.root:
            raise self._forked(state, note, f"it signed two histories of {head.size} entries")
        if head.size < known.size:
            raise Alarmed(Alarm.GAP, f"it shows {head.size} entries, and showed {known.size} before")

    def _grow(self, state: State, known: Checkpoint, note: bytes, head: Checkpoint) -> None:
        """Copy and check what `head` adds, then make it known. Raises Alarmed, DamagedMirror."""
        edge, events = self._known_edge(known), Counter(state.events)
        try:
            for step in growth(self._source, edge, head):
                for path, data in step.files.items():
                    if step.edge.size == head.size or ".p/" not in path:
                        self._copy.put(path, data)
                edge = step.edge
                events.update(step.events)
                state.first_at = min(state.first_at or step.first_at, step.first_at)
                state.last_at = max(state.last_at, step.last_at)
        except (Deviates, BadBundle) as error:
            alarmed = classified(self._source, known, head, error.public)
            raise self._forked(state, note, alarmed.what) if alarmed.alarm is Alarm.FORK else alarmed from error
        state.note, state.size, state.events = note.decode(), head.size, dict(events)
        state.whole = state.whole or self._now()
        self._copy.put_checkpoint(note, head.size, self._now())
        self._copy.save(state)
        self._copy.show(state)
        self._copy.tidy(known.size, head.size)
        self._edge = edge

    def _known_edge(self, known: Checkpoint) -> Edge:
        if self._edge is None or self._edge.size != known.size:
            try:
                self._edge = known_edge(self._copy.log, known)
            except Deviates as error:
                raise DamagedMirror(f"the copy in {self._copy.folder} is damaged: {error}") from error
        return self._edge

    def _compare(self, known: Checkpoint) -> None:
        """Whether the source still serves all that was copied. Raises Alarmed, DamagedMirror."""
        for level in (ENTRIES, *levels_of(known.size)):
            for tile in tiles_at(level, known.size):
                self._compare_tile(tile)

    def _compare_tile(self, tile: Tile) -> None:
        try:
            served = fetch_tile(self._source, tile)
        except BadBundle:
            served = b""
        if served == fetch_tile(self._copy.log, tile):
            return
        report = verify(self._copy.log)
        if not report.good:
            raise DamagedMirror(f"the copy in {self._copy.folder} is damaged: {report.deviations[0]}")
        if served is None:
            raise Alarmed(Alarm.GAP, f"{tile.path} was there, and is missing now")
        raise Alarmed(Alarm.DAMAGE, f"{tile.path} is not what it was when it was copied and checked")

    def _forked(self, state: State, note: bytes, what: str) -> Alarmed:
        kept = self._copy.keep_evidence(state.note.encode(), note)
        return Alarmed(Alarm.FORK, f"{what}; both signed checkpoints are kept in {kept}")

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def follow(mirror: Mirror, every: float, wait: Callable[[float], None], said: Callable[[State], None]) -> None:
    """Look again and again, `every` so many seconds. Raises Alarmed: silence only when patience is at its end."""
    while True:
        try:
            said(mirror.look())
        except Alarmed as alarmed:
            if not alarmed.alarm.may_pass or mirror.lost_patience:
                mirror.remember(alarmed)
                raise
        wait(every)
