"""Publish gates: what a clip has to pass before anybody but its author sees it. An ordered list that must not be empty.

A gate says pass or hold. One that raises holds the clip, too: what could not be checked is not published, and the author
is told so. `app` supplies the list; more gates (perceptual hashes, classifiers) join it there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog

from kept.cells import Cell
from kept.kit import Fatal
from kept.videos.blocks import block_reason

_log = structlog.get_logger()

UNCHECKED = "unchecked"
"""Why a clip is held when a gate could not say."""


class EmptyGates(Fatal):
    """No gate, no start: a list that somebody emptied must not pass for one that lets everything through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a gate may look at. `film` is the stripped clip; None for gates that ask before anything is decoded."""

    cell: Cell
    owner_id: UUID
    video_id: UUID
    sha256: bytes
    film: Path | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is a code when the clip is held, None when it passes."""

    gate: str
    reason: str | None = None


class PublishGate(Protocol):
    """One check."""

    @property
    def name(self) -> str:
        """A word for the ledger and for the operator."""
        ...

    @property
    def before_decoding(self) -> bool:
        """Whether it needs no more than the bytes, and so is asked before anything parses them."""
        ...

    async def check(self, facts: Facts) -> str | None:
        """None to let the clip pass, or the code of the reason to hold it. May raise anything: that holds it, too."""
        ...


@dataclass(frozen=True, slots=True)
class ExactHashGate:
    """Holds a file whose SHA-256 is on the block list."""

    name: str = "exact_hash"
    before_decoding: bool = True

    async def check(self, facts: Facts) -> str | None:
        return await block_reason(facts.cell, facts.sha256)


class Gates:
    """The gates of this installation, in order.

    Raises:
        EmptyGates: there is none.
    """

    def __init__(self, gates: Iterable[PublishGate]) -> None:
        self._gates = tuple(gates)
        if not self._gates:
            raise EmptyGates("no publish gate is configured, so nothing may be published")

    @property
    def any_after_decoding(self) -> bool:
        """Whether any gate wants to see the film."""
        return not all(gate.before_decoding for gate in self._gates)

    async def ask(self, facts: Facts) -> Verdict:
        """The first verdict that holds the clip, or the last that lets it pass.

        Asked twice: without a film, the gates before decoding; with one, the others.
        """
        verdict = Verdict("none")
        for gate in self._gates:
            if gate.before_decoding is (facts.film is None):
                verdict = await _ask_one(gate, facts)
                if verdict.reason is not None:
                    return verdict
        return verdict


async def _ask_one(gate: PublishGate, facts: Facts) -> Verdict:
    try:
        return Verdict(gate.name, await gate.check(facts))
    except Fatal:
        raise
    except Exception as error:  # noqa: BLE001  fail closed: whatever went wrong, the clip waits
        _log.error("gate.failed", gate=gate.name, error=type(error).__name__, video=str(facts.video_id))
        return Verdict(gate.name, UNCHECKED)
