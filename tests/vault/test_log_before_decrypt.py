"""Nobody but the owner reads anything before the world was told: in the log, and cosigned by those who watch it."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy.exc import DBAPIError

from kept.kit import Database, FixedClock, Settings, new_id
from kept.ledger import Quorum, Signer, commitment, read
from kept.vault import (
    WITH_PROOF,
    Authorisation,
    KeyDestroyed,
    NotAuthorised,
    Reason,
    ReasonRefused,
    Sealed,
    UnknownPlace,
    Vault,
    WrongKey,
    committed,
)
from kept.vault.errors import VaultFailed
from tests.vault.conftest import NOON, OpenVault
from tests.vault.made_up import EMAIL, LETTER, TOTP
from tests.vault.record import LOG, QUORUM, Authoriser

TEXT = b"See you at six."
LEGAL, ENFORCEMENT = Reason.LEGAL_PROCESS, Reason.ENFORCEMENT


@pytest.fixture
def vault(open_vault: OpenVault) -> Vault:
    return open_vault(quorum=QUORUM)


@pytest.fixture
def authoriser() -> Authoriser:
    return Authoriser(NOON)


class Person:
    """A member with a letter."""

    def __init__(self, vault: Vault, member: UUID, row: UUID, sealed: Sealed) -> None:
        self.vault, self.member, self.row, self.sealed = vault, member, row, sealed
        self.name = vault.pseudonym(member)

    async def read(self, proof: Authorisation, reason: Reason = LEGAL, *, place: str = LETTER, vault: Any = None) -> bytes:
        values = [(self.row, self.sealed)]
        used: Vault = vault or self.vault
        [text] = await used.open_authorised(self.member, place, values, reason=reason, proof=proof)
        return text


async def person(vault: Vault, place: str = LETTER) -> Person:
    member, row = new_id(), new_id()
    await vault.create(member)
    return Person(vault, member, row, await vault.seal(member, place, row, TEXT))


@pytest.fixture
async def kim(vault: Vault) -> Person:
    return await person(vault)


@pytest.mark.parametrize("reason", [LEGAL, ENFORCEMENT])
async def test_with_a_cosigned_authorisation_what_it_names_is_opened(
    kim: Person, authoriser: Authoriser, reason: Reason
) -> None:
    assert await kim.read(authoriser.authorise(kim.name, LETTER, reason=reason), reason) == TEXT
    assert await kim.read(authoriser.authorise(kim.name, EMAIL, LETTER, reason=reason, cosigners=3), reason) == TEXT
    assert await kim.read(authoriser.authorise(kim.name, LETTER, reason=reason, rows=[kim.row]), reason) == TEXT


async def test_without_a_witness_nothing_is_opened_whatever_is_shown(
    open_vault: OpenVault, kim: Person, authoriser: Authoriser
) -> None:
    proof = authoriser.authorise(kim.name, LETTER, cosigners=3)
    content = f"log {LOG.vkey.text}\nquorum none\n"
    for quorum in (None, Quorum.parse(content.encode())):
        with pytest.raises(NotAuthorised, match="no witness is configured"):
            await kim.read(proof, vault=open_vault(quorum=quorum))
    with pytest.raises(NotAuthorised, match="no witness is configured"):
        await kim.read(proof, vault=open_vault())


OTHERS = "0" * 32
WRONG: dict[str, tuple[str, Callable[[Authoriser, Person], Authorisation]]] = {
    "of another member": ("somebody else", lambda a, p: a.authorise(OTHERS, LETTER)),
    "for another reason": ("another reason", lambda a, p: a.authorise(p.name, LETTER, reason=ENFORCEMENT)),
    "for another column": ("this column", lambda a, p: a.authorise(p.name, EMAIL)),
    "for no column": ("this column", lambda a, p: a.authorise(p.name)),
    "for the table only": ("this column", lambda a, p: a.authorise(p.name, "letter", "letter.*", "*")),
    "for another row": ("this row", lambda a, p: a.authorise(p.name, LETTER, rows=[new_id()])),
    "for no row": ("this row", lambda a, p: a.authorise(p.name, LETTER, rows=[])),
    "for another cell": ("another cell", lambda a, p: a.authorise(p.name, LETTER, cell="us")),
    "without a case": ("no case", lambda a, p: a.authorise(p.name, LETTER, case="")),
    "of something that is no case": ("no case", lambda a, p: a.authorise(p.name, LETTER, case=f"video:{new_id()}")),
    "an entry of another kind": ("no authorisation", lambda a, p: a.authorise(p.name, LETTER, event="access.requested")),
    "not begun": ("not come", lambda a, p: a.authorise(p.name, LETTER, begins=timedelta(seconds=1))),
    "over": ("has passed", lambda a, p: a.authorise(p.name, LETTER, ends=timedelta())),
    "for too long": ("longer", lambda a, p: a.authorise(p.name, LETTER, ends=timedelta(days=31))),
    "cosigned by too few": ("has cosigned", lambda a, p: a.authorise(p.name, LETTER, cosigners=1)),
    "cosigned by nobody": ("has cosigned", lambda a, p: a.authorise(p.name, LETTER, cosigners=0)),
    "cosigned long ago": ("too old", lambda a, p: a.authorise(p.name, LETTER, ago=timedelta(hours=25))),
    "cosigned in the future": ("future", lambda a, p: a.authorise(p.name, LETTER, ago=timedelta(minutes=-6))),
    "in a log that we don't know": (
        "not signed",
        lambda a, p: a.authorise(p.name, LETTER, log=Signer(LOG.vkey.name, bytes(32))),
    ),
    "with a proof of another entry": (
        "signed root",
        lambda a, p: replace(a.authorise(p.name, LETTER), proof=a.prove(0)),
    ),
    "with no proof": ("not a proof file", lambda a, p: replace(a.authorise(p.name, LETTER), proof="")),
    "with other details": (
        "commits to",
        lambda a, p: replace(a.authorise(p.name, EMAIL), details=a.authorise(p.name, LETTER).details),
    ),
    "with another salt": ("commits to", lambda a, p: replace(a.authorise(p.name, LETTER), salt=bytes(32))),
    "with salt moved into details": ("commits to", lambda a, p: shifted(a.authorise(p.name, LETTER))),
    "with a word more in its details": (
        "can't be read",
        lambda a, p: a.authorise(p.name, LETTER, details={"places": [LETTER], "anything": True}),
    ),
    "with times in no zone": (
        "no zone",
        lambda a, p: a.authorise(
            p.name,
            LETTER,
            details={"from": "2026-11-23T00:00:00", "until": "2026-11-24T00:00:00", "places": [LETTER], "rows": "all"},
        ),
    ),
    "with an entry that was altered": (
        "signed root",
        lambda a, p: altered(a.authorise(OTHERS, LETTER), OTHERS, p.name),
    ),
}


def shifted(shown: Authorisation) -> Authorisation:
    return replace(shown, salt=shown.salt + shown.details[:1], details=shown.details[1:])


def altered(shown: Authorisation, old: str, new: str) -> Authorisation:
    return replace(shown, entry=shown.entry.replace(old.encode(), new.encode()))


@pytest.mark.parametrize(("why", "make"), WRONG.values(), ids=WRONG)
async def test_an_authorisation_opens_nothing_that_it_does_not_cover(
    kim: Person, authoriser: Authoriser, why: str, make: Callable[[Authoriser, Person], Authorisation]
) -> None:
    with pytest.raises(NotAuthorised, match=why):
        await kim.read(make(authoriser, kim))
    assert kim.vault.take_opens() == {"vault.refused:legal_process": 1}
    assert await kim.vault.openings() == []
    assert await kim.vault.entries() == []


async def test_every_bit_of_what_is_shown_counts(kim: Person, authoriser: Authoriser) -> None:
    good = authoriser.authorise(kim.name, LETTER)
    for name in ("entry", "salt", "details"):
        blob = getattr(good, name)
        for at in range(0, len(blob), 7):
            flipped = blob[:at] + bytes([blob[at] ^ 4]) + blob[at + 1 :]
            with pytest.raises(NotAuthorised):
                await kim.read(replace(good, **{name: flipped}))
    head = good.proof.partition("\n\n")[0]
    for at in range(0, len(head), 3):
        with pytest.raises(NotAuthorised):
            await kim.read(replace(good, proof=good.proof[:at] + "~" + good.proof[at + 1 :]))
    assert await kim.read(good) == TEXT


async def test_one_row_too_many_opens_none(vault: Vault, authoriser: Authoriser) -> None:
    kim = await person(vault)
    more = new_id()
    values = [(kim.row, kim.sealed), (more, await vault.seal(kim.member, LETTER, more, TEXT))]
    proof = authoriser.authorise(kim.name, LETTER, rows=[kim.row])
    with pytest.raises(NotAuthorised, match="this row"):
        await vault.open_authorised(kim.member, LETTER, values, reason=LEGAL, proof=proof)
    proof = authoriser.authorise(kim.name, LETTER, rows=[kim.row, more])
    assert await vault.open_authorised(kim.member, LETTER, values, reason=LEGAL, proof=proof) == [TEXT] * 2


async def test_other_reasons_and_secrets_cannot_be_authorised(vault: Vault, authoriser: Authoriser) -> None:
    kim = await person(vault, TOTP)
    for reason in Reason:
        proof = authoriser.authorise(kim.name, TOTP, LETTER, reason=reason)
        with pytest.raises(ReasonRefused):
            await kim.read(proof, reason, place=TOTP)
        if reason not in WITH_PROOF:
            with pytest.raises(ReasonRefused):
                await kim.read(proof, reason)
    with pytest.raises(UnknownPlace):
        await kim.read(authoriser.authorise(kim.name, "letter.nothing"), place="letter.nothing")


async def test_an_opening_is_on_its_way_into_the_ledger_before_anybody_reads(
    kim: Person, authoriser: Authoriser, store: Database
) -> None:
    proof = authoriser.authorise(kim.name, LETTER, case=f"case:{new_id()}")
    authorised = read(proof.entry)
    await kim.read(proof)
    [waiting] = await kim.vault.entries()
    told = read(waiting.payload)
    assert (told.event, told.subject, told.purpose) == ("vault.opened_authorised", kim.name, "legal_process")
    assert told.object == f"authorisation:{authorised.id}"
    [opening] = await kim.vault.openings()
    assert (opening.opening_id, opening.authorisation_id) == (waiting.entry_id, authorised.id)
    assert (opening.case, opening.opened, opening.place) == (authorised.object, 1, LETTER)
    assert str(kim.member) not in waiting.payload.decode()
    [row] = await store.fetch("SELECT details FROM authorised_opening")
    assert msgspec.json.decode(row["details"]) == {
        "authorisation": str(authorised.id),
        "opened": 1,
        "place": LETTER,
    }
    opened = await committed(store, waiting.entry_id)
    assert opened is not None
    assert commitment(opened.salt, opened.details) == told.details
    assert await committed(store, new_id()) is None
    await kim.vault.entries_carried([waiting.entry_id])
    assert await kim.vault.entries() == []
    assert kim.vault.take_opens() == {"vault.opened:legal_process": 1}


@pytest.mark.parametrize("table", ["key_entry", "authorised_opening"])
async def test_what_cannot_be_recorded_is_not_read(
    kim: Person, authoriser: Authoriser, store: Database, table: str
) -> None:
    await kim.vault.start()
    await store.fetch("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''disk full''; END'")
    await store.fetch(f"CREATE TRIGGER fail BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fail()")
    proof = authoriser.authorise(kim.name, LETTER)
    try:
        with pytest.raises((DBAPIError, VaultFailed)):
            await kim.read(proof)
    finally:
        await store.fetch(f"DROP TRIGGER fail ON {table}")
        await store.fetch("DROP FUNCTION fail()")
    assert await kim.vault.openings() == await kim.vault.entries() == []
    assert await kim.read(proof) == TEXT


async def test_neither_a_shredded_nor_an_altered_value_is_opened_or_recorded(
    kim: Person, authoriser: Authoriser
) -> None:
    proof = authoriser.authorise(kim.name, LETTER)
    good, kim.sealed = kim.sealed, Sealed(bytes(kim.sealed)[:-1] + bytes([bytes(kim.sealed)[-1] ^ 1]))
    with pytest.raises(WrongKey):
        await kim.read(proof)
    kim.sealed = good
    await kim.vault.shred(kim.member)
    with pytest.raises(KeyDestroyed):
        await kim.read(proof)
    assert await kim.vault.openings() == []


async def test_an_authorisation_ends_while_its_proof_stays_fresh(open_vault: OpenVault, authoriser: Authoriser) -> None:
    clock = FixedClock(NOON)
    vault = open_vault(quorum=QUORUM, clock=clock)
    kim = await person(vault)
    proof = authoriser.authorise(kim.name, LETTER, ends=timedelta(minutes=10))
    assert await kim.read(proof) == TEXT
    clock.advance(timedelta(minutes=10))
    with pytest.raises(NotAuthorised, match="has passed"):
        await kim.read(proof)


def test_no_setting_and_no_argument_turns_it_off() -> None:
    """What decides is a policy file with at least one witness; nothing else that can be said has to do with it."""

    def names(section: type[msgspec.Struct], path: str = "") -> list[str]:
        found = []
        for field in msgspec.structs.fields(section):
            inner = field.type
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                found += names(inner, f"{path}{field.name}.")
            else:
                found.append(f"{path}{field.name}")
        return found

    said = names(Settings)
    assert "ledger.witnesses" in said
    suspicious = ("proof", "authoris", "decrypt", "cosign", "quorum", "skip", "insecure", "unsafe", "bypass", "force")
    assert [name for name in said if any(word in name for word in suspicious)] == []
    taken = inspect.signature(Vault.open_authorised).parameters
    assert list(taken) == ["self", "member_id", "place", "values", "reason", "proof"]
    assert taken["proof"].default is inspect.Parameter.empty
