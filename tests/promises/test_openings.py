"""What was opened for others is held against the record of it, and that against the ledger."""

from uuid import UUID

import pytest

from kept.kit import new_id
from kept.ledger import Entry, Log, Sequencer, load_signer, outbox_insert, store_of
from kept.promises import Verdict
from kept.vault import carry_entries
from tests.fixtures.house import NOON
from tests.fixtures.installation import Installation

PROMISE = "messages.decryption"
_OPENING = "INSERT INTO authorised_opening VALUES ($1, $2, $3, $4, 'message.body', $5, ''::bytea, ''::bytea, $6)"

_MESSAGE = """
INSERT INTO message (owner_id, message_id, peer_id, mine, state, body, sent_at, arrived_at)
VALUES ($1, $2, $3, true, 'sent', $4, $5, $5)
"""


async def record(
    here: Installation, authorisation: UUID, *, count: int = 1, case: str = "case:one", reason: str = "enforcement"
) -> None:
    """As a vault does when it opens."""
    await here.run("us_keys", _OPENING, new_id(), authorisation, case, reason, count, NOON)
    here.runtime.tallies.count(f"vault.opened:{reason}", count)


async def test_what_was_opened_under_legal_process_in_no_authoritys_case_breaks_it(installation: Installation) -> None:
    kim, lou = await installation.join(), await installation.join()
    await installation.run("us", _MESSAGE, kim.member_id, new_id(), lou.member_id, b"\x01" + bytes(70), NOON)
    await record(installation, await authorised(installation), case=f"case:{new_id()}", reason="legal_process")
    assert await installation.verdict(PROMISE) is Verdict.BAD


async def authorised(here: Installation) -> UUID:
    """The id of an entry that is in the log."""
    stores = here.runtime.ledger
    log = Log(stores.database, store_of(stores.objects), load_signer(stores.signing_key, stores.origin), here.clock)
    await log.open()
    cell = here.runtime.cells.named("us")
    async with cell.begin() as tx:
        for statement in outbox_insert([Entry("access.authorised", actor="system:test")], cell="us", now=NOON):
            await tx.run(statement)
    [row] = await cell.database.fetch("SELECT max(entry_id::text)::uuid AS entry_id FROM ledger_outbox")
    await Sequencer(log, [cell.database]).drain()
    found: UUID = row["entry_id"]
    return found


async def test_without_a_message_it_is_not_proved(installation: Installation) -> None:
    assert await installation.verdict(PROMISE) is Verdict.EMPTY


async def test_messages_of_which_others_read_only_what_is_on_record_keep_it(installation: Installation) -> None:
    kim, lou = await installation.join(), await installation.join()
    await installation.run("us", _MESSAGE, kim.member_id, new_id(), lou.member_id, b"\x01" + bytes(70), NOON)
    found = await installation.found(PROMISE)
    assert (found.verdict, found.sample) == (Verdict.GOOD, 1)
    await record(installation, await authorised(installation), case="case:two")
    found = await installation.found(PROMISE)
    assert found.verdict is Verdict.GOOD
    assert found.figure == "1 of 1 messages opened for others, in 1 cases; 0 outside a case"
    await record(installation, new_id())
    assert await installation.verdict(PROMISE) is Verdict.BAD


async def test_what_was_counted_and_is_not_on_record_breaks_it(installation: Installation) -> None:
    installation.runtime.tallies.count("vault.opened:owner", 5)
    assert await installation.verdict(PROMISE) is Verdict.EMPTY
    await record(installation, await authorised(installation), count=3)
    assert await installation.verdict(PROMISE) is not Verdict.BAD
    installation.runtime.tallies.count("vault.opened:enforcement", 2)
    found = await installation.found(PROMISE)
    assert found.verdict is Verdict.BAD
    assert "2 outside a case" in found.figure


async def test_an_authorisation_that_the_ledger_does_not_have_breaks_it(installation: Installation) -> None:
    await record(installation, new_id(), count=4)
    found = await installation.found(PROMISE)
    assert found.verdict is Verdict.BAD
    assert "4 outside a case" in found.figure


@pytest.mark.parametrize("crash", [False, True])
async def test_what_a_vault_tells_comes_into_its_cells_outbox_once(installation: Installation, crash: bool) -> None:
    vault, cell = installation.runtime.vaults["us"], installation.runtime.cells.named("us")
    await vault.start()
    ids = [new_id() for _ in range(3)]
    for entry_id in ids:
        await installation.run("us_keys", "INSERT INTO key_entry VALUES ($1, $2, $3)", entry_id, b"{}", NOON)
    if crash:
        await installation.run("us", "INSERT INTO ledger_outbox VALUES ($1, $2, $3)", ids[0], b"{}", NOON)
    assert await carry_entries(vault, cell, now=NOON) == 3
    assert await carry_entries(vault, cell, now=NOON) == 0
    rows = await cell.database.fetch("SELECT entry_id FROM ledger_outbox WHERE entry_id = ANY($1)", ids)
    assert {row["entry_id"] for row in rows} == set(ids)
