"""An outsider follows the log and is told each step of a production in plain words, and nothing of what was in it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kept.audit import Copy, Mirror, findings, productions
from kept.audit.productions import SAID
from kept.ledger import Entry, source_of, write
from kept.ledger.formats.tiles import bundle
from kept.legal import State
from kept.vault import carry_entries
from tests.disclosure.bench import Bench

CASE = f"case:{uuid4()}"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
A, B, C, D = (f"staff:{uuid4()}" for _ in range(4))
LAWFUL = [
    "legal.received", "legal.validated", "legal.key_entered", "legal.key_confirmed", "access.requested",
    "legal.production_asked", "access.approved", "access.approved", "access.granted", "access.authorised",
    "legal.producing", "vault.opened_authorised", "legal.produced",
]  # fmt: skip


async def test_every_step_is_told_and_nothing_private(bench: Bench, tmp_path: Path) -> None:
    kim = await bench.member()
    await bench.write(kim, "the secret of the harbour", bench.now)
    case = await bench.produced(await bench.valid(kim))
    assert case.state is State.PRODUCED
    await bench.download(case.number)
    await bench.work()
    await carry_entries(bench.works.vaults["eu"], bench.works.cells.named("eu"), now=bench.now)
    await bench.office.record()
    copy = Copy(tmp_path / "copy")
    with copy.alone():
        Mirror(source_of(bench.works.ledger.objects), copy, bench.office.here.clock).visit()
    found = findings(copy)
    assert found.good, found.deviations
    [production] = found.productions
    assert production.case == f"case:{case.case_id}"
    told = [step.words for step in production.steps]
    for event in (*LAWFUL, "legal.downloaded", "legal.told"):
        beginning, _, end = SAID[event].partition("{who}" if "{who}" in SAID[event] else "{whom}")
        assert any(words.startswith(beginning) and words.endswith(end) for words in told), event
    assert sum(words.endswith(" agreed") for words in told) == 2
    for private in ("harbour", str(kim), "@kim", "A court", " lea", "FR"):
        assert private not in "\n".join(told)


class Story:
    """A log that somebody made up."""

    def __init__(self, events: list[tuple[str, str]]) -> None:
        self.name, self.entries = "made up", []
        ids: dict[str, Any] = {}
        for event, who in events:
            lawful = event in ("access.authorised", "vault.opened_authorised")
            object_ = f"authorisation:{ids['auth']}" if event == "vault.opened_authorised" and "auth" in ids else CASE
            entry = Entry(event, actor=who, object=object_, purpose="legal_process" if lawful else None)
            waiting, _ = write(entry, cell="eu", now=NOW)
            if event == "access.authorised":
                ids["auth"] = waiting.entry_id
            self.entries.append(waiting.payload)

    def fetch(self, key: str) -> bytes | None:
        return bundle(self.entries) if "entries" in key else None

    def keys(self) -> None:
        return None


STORY = [
    ("legal.received", "system:legal"), ("legal.validated", A), ("legal.key_entered", A), ("legal.key_confirmed", B),
    ("access.requested", A), ("access.approved", C), ("access.approved", D), ("access.granted", A),
    ("access.authorised", A), ("legal.producing", "system:legal"), ("vault.opened_authorised", "system:vault"),
    ("legal.produced", "system:legal"), ("legal.downloaded", A),
]  # fmt: skip


def told(events: list[tuple[str, str]]) -> list[str]:
    return [wrong for one in productions(Story(events), len(events)) for wrong in one.deviations]  # type: ignore[arg-type]


def without(*events: str) -> list[tuple[str, str]]:
    return [one for one in STORY if one[0] not in events]


def test_a_lawful_story_has_nothing_wrong() -> None:
    assert told(STORY) == []


@pytest.mark.parametrize(
    ("events", "says"),
    [
        (without("access.authorised"), "opened before it was on record"),
        ([*STORY[:8], STORY[10], STORY[8], *STORY[11:]], "opened before it was on record"),
        ([*STORY[:6], *STORY[7:]], "fewer than two"),
        ([*STORY[:6], ("access.approved", C), *STORY[7:]], "fewer than two"),
        ([*STORY[:3], ("legal.key_confirmed", A), *STORY[4:]], "confirmed it"),
        (without("legal.key_confirmed"), "nobody confirmed"),
        ([*STORY[:1], ("legal.refused", "system:legal"), *STORY[1:]], "refused before"),
        ([("vault.opened_authorised", "system:vault")], "opened before it was on record"),
    ],
)
def test_what_is_wrong_with_a_story_is_told(events: list[tuple[str, str]], says: str) -> None:
    assert any(says in wrong for wrong in told(events))
