"""Messages in the ledger: one entry for many, and for each of them a proof that it is under it."""

from kept.ledger import read
from kept.ledger.formats.merkle import is_included, leaf_hash
from kept.messages import BODY, EVENT, digest_of, log_digests, path_of
from kept.vault import Reason, Sealed
from tests.messages.conftest import Office


async def test_every_message_can_be_shown_to_be_under_an_entry(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    us = office.house.us
    async with us.begin() as tx:
        await log_digests(tx, now=office.now)
    ids = [(await office.send(ada, ben, f"{n}")).message_id for n in range(7)]
    assert await path_of(us, ids[0]) is None
    async with us.begin() as tx:
        assert await log_digests(tx, now=office.now) == 7
        assert await log_digests(tx, now=office.now) == 0
    entries = [read(row["payload"]) for row in await us.database.fetch("SELECT payload FROM ledger_outbox")]
    objects = [entry.object for entry in entries if entry.event == EVENT]
    for message_id in ids:
        path = await path_of(us, message_id)
        assert path is not None
        assert path.object in objects
        assert is_included(leaf_hash(path.digest), path.index, path.size, path.hashes, path.root)


async def test_the_recipients_copy_alone_proves_what_was_sent(office: Office) -> None:
    ada, eva = await office.member(office.house.us), await office.member(office.house.eu)
    sent = await office.send(ada, eva, "evidence")
    await office.carry()
    async with office.house.us.begin() as tx:
        await log_digests(tx, now=office.now)
    row = (await eva.cell.database.fetch("SELECT body FROM message WHERE owner_id = $1", eva.member_id))[0]
    vault = office.house.vaults["eu"]
    body = await vault.open(eva.member_id, BODY, sent.message_id, Sealed(row["body"]), reason=Reason.OWNER)
    path = await path_of(office.house.us, sent.message_id)
    assert path is not None
    assert path.digest == digest_of(sent.message_id, ada.member_id, eva.member_id, body)
    forged = body[:-8] + b"eVidence"
    assert path.digest != digest_of(sent.message_id, ada.member_id, eva.member_id, forged)


async def test_a_digest_says_nothing_to_who_guesses_the_text(office: Office) -> None:
    ada, ben = await office.member(), await office.member()
    for _ in range(2):
        await office.send(ada, ben, "yes")
    rows = await office.house.us.database.fetch("SELECT digest FROM message_digest ORDER BY message_id DESC LIMIT 2")
    assert rows[0]["digest"] != rows[1]["digest"]
