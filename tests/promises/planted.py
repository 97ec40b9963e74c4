"""What must not be, planted on a live installation; and a day on which nothing goes wrong."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from kept.accounts import resume
from kept.catalog.intake import tally as intake_tally
from kept.cells import Gateway
from kept.jobs import registered
from kept.kit import new_id
from kept.ledger import load_signer
from kept.legal import DataClass, NewRequest, enter, tend
from kept.legal.models import REFUSAL_CHECK
from kept.policy import Actor, Site, Team
from kept.promises.evidence.messages import _canaries
from kept.retention import sweep
from kept.rights import Kind, ask
from tests.fixtures.house import NOON
from tests.fixtures.installation import Installation
from tests.fixtures.lot import HereAndNow
from tests.promises import at_work, by_other_doors, in_accounts, in_clients, in_families, in_mailboxes

CHILD = date(2018, 4, 1)
MAC = "00:1b:44:11:3a:b7"

_ONE_HANDLE = "UPDATE handle SET handle = $1 WHERE handle = (SELECT min(handle) FROM handle)"

Plant = Callable[[Installation], Awaitable[None]]


async def a_stranger_row(here: Installation) -> None:
    """A private row of somebody who lives elsewhere, as a restored backup or a hand might leave it."""
    foreign = await here.join("DE")
    await here.run("us", "INSERT INTO resident (member_id, since) VALUES ($1, $2)", foreign.member_id, NOON)
    await here.run(
        "us",
        "INSERT INTO acceptance (owner_id, document, version, accepted_at) VALUES ($1, 'terms', 'x', $2)",
        foreign.member_id,
        NOON,
    )


async def a_row_of_nobody(here: Installation) -> None:
    await here.run("eu", "INSERT INTO resident (member_id, since) VALUES ($1, $2)", new_id(), NOON)


async def a_request_served_elsewhere(here: Installation) -> None:
    here.runtime.tallies.routed("us", "eu", "served")


async def a_private_field_that_crossed(here: Installation) -> None:
    await here.run(
        "us",
        "INSERT INTO crossing_count (day, kind, category, to_cell, count) VALUES ($1, 'private', 'user.contact', 'eu', 1)",
        NOON.date(),
    )


async def an_undeclared_column(here: Installation) -> None:
    await here.run("eu", "ALTER TABLE account ADD COLUMN gps text")


async def an_undeclared_table(here: Installation) -> None:
    await here.run("ledger", "CREATE TABLE contacts (phone text)")


async def an_undeclared_column_of_keys(here: Installation) -> None:
    await here.run("us_keys", "ALTER TABLE member_key ADD COLUMN plain bytea")


async def a_mac_address_in_an_account(here: Installation) -> None:
    await here.run("us", "UPDATE account SET language = $1", f"en {MAC}")


async def a_mac_address_in_the_directory(here: Installation) -> None:
    await here.run("directory", _ONE_HANDLE, MAC.upper().replace(":", "-"))


async def a_mac_address_with_dots(here: Installation) -> None:
    await here.run("us", "UPDATE account SET handle = '001b.4411.3ab7'")


async def a_mac_address_in_json(here: Installation) -> None:
    await here.run(
        "us",
        "INSERT INTO parcel (parcel_id, to_cell, kind, what, content, made_at) VALUES ($1, 'eu', 'put', 'x', $2, $3)",
        new_id(),
        f'{{"a": ["{MAC}"]}}',
        NOON,
    )


async def a_work_of_a_child(here: Installation) -> None:
    child = await here.join(born=CHILD)
    await here.run(
        "us",
        "INSERT INTO upload (owner_id, upload_id, received, caption, created_at, expires_at)"
        " VALUES ($1, $2, 0, 'mine', $3, $3)",
        child.member_id,
        new_id(),
        NOON,
    )


async def a_tie_of_a_child(here: Installation) -> None:
    child, other = await here.join(born=CHILD), await here.join()
    await here.run(
        "us",
        "INSERT INTO follow (owner_id, other_id, turn, wants, answer_to, accepted, state, since)"
        " VALUES ($1, $2, 1, true, 0, false, 'asked', $3)",
        child.member_id,
        other.member_id,
        NOON,
    )


async def a_like_of_a_child(here: Installation) -> None:
    child, other = await here.join(born=CHILD), await here.join()
    await here.run(
        "us",
        "INSERT INTO liked (owner_id, clip_id, author_id, liked_at) VALUES ($1, $2, $3, $4)",
        child.member_id,
        new_id(),
        other.member_id,
        NOON,
    )


async def a_session_that_was_kept_too_long(here: Installation) -> None:
    await here.run("us", "UPDATE session SET last_seen_at = $1", NOON - timedelta(days=31))


async def an_account_in_a_listed_country(here: Installation) -> None:
    await here.run("us", "UPDATE account SET country = 'RU'")


async def a_member_without_the_current_terms(here: Installation) -> None:
    one = await here.join()
    await here.run("us", "DELETE FROM acceptance WHERE owner_id = $1 AND document = 'terms'", one.member_id)


async def a_member_with_old_terms(here: Installation) -> None:
    await here.run("us", "UPDATE acceptance SET version = '2020-01-01' WHERE document = 'terms'")


async def a_plain_value_in_a_sealed_column(here: Installation) -> None:
    await here.run("us", "UPDATE account SET birth_date = $1", b"1990-05-17")


async def an_empty_value_in_a_sealed_column(here: Installation) -> None:
    await here.run("us", "UPDATE account SET birth_date = ''::bytea")


async def an_opening_for_no_reason(here: Installation) -> None:
    here.runtime.tallies.count("vault.opened:none")


async def an_undeclared_call(here: Installation) -> None:
    here.runtime.tallies.count("network.openings")
    here.runtime.tallies.count("network.undeclared")


async def a_message_in_clear(here: Installation) -> None:
    await here.found("messages.encrypted")
    sent = _canaries[here.runtime.messages].sent[-1].text.decode()
    await here.run("us", "INSERT INTO tally (day, name, count) VALUES ($1, $2, 1)", NOON.date(), sent)


async def a_copy_that_is_overdue(here: Installation) -> None:
    """Asked for, and not answered when the law's time is over."""
    await _request(here, "access")
    here.clock.advance(timedelta(days=100))


async def a_copy_that_nobody_counted(here: Installation) -> None:
    await here.run("us", "UPDATE rights_request SET outcomes = '[{}]' WHERE kind = 'access'")


async def a_receipt_that_nobody_signed(here: Installation) -> None:
    await here.run(
        "us", "UPDATE rights_request SET receipt = replace(receipt, 'erased', 'erasedd') WHERE receipt <> ''"
    )


async def a_database_without_its_check(here: Installation) -> None:
    """As a superuser leaves it, with nothing else done yet."""
    await here.run("eu", f"ALTER TABLE legal_request DROP CONSTRAINT {REFUSAL_CHECK}")


async def a_valid_request_of_a_listed_country(here: Installation) -> None:
    """With the constraints gone for a moment, and back again."""
    check = "CHECK (NOT listed OR state IN ('received', 'refused')) NOT VALID"
    await a_database_without_its_check(here)
    await here.run("eu", "UPDATE legal_request SET state = 'validated', narrowed = asked WHERE country = 'CN'")
    await here.run("eu", f"ALTER TABLE legal_request ADD CONSTRAINT {REFUSAL_CHECK} {check}")


async def a_request_whose_country_was_changed(here: Installation) -> None:
    changed = "UPDATE legal_request SET country = 'DE', listed = false, state = 'validated', narrowed = asked"
    await here.run("eu", f"{changed} WHERE country = 'CN'")


async def an_account_opened_for_a_listed_country(here: Installation) -> None:
    """What the vault writes before it opens anything under legal process."""
    [row] = await here.runtime.cells.named("eu").database.fetch(
        "SELECT case_id FROM legal_request WHERE country = 'CN'"
    )
    await here.run(
        "eu_keys",
        "INSERT INTO authorised_opening (opening_id, authorisation_id, case_ref, reason, place, opened, salt, details,"
        " opened_at) VALUES ($1, $2, $3, 'legal_process', 'account.email', 1, '', '', $4)",
        new_id(),
        new_id(),
        f"case:{row['case_id']}",
        NOON,
    )


async def _receive(here: Installation) -> None:
    """What authorities of a listed and of another country write, and counsel's answer."""
    legal = Actor.staff(Team.LEGAL, Site.IN_REGION)
    for country in ("CN", "FR"):
        asks = NewRequest("national", country, "An authority", "A law", ("@kim",), (DataClass.SUBSCRIBER,))
        await enter(here.runtime, "eu", asks, actor=legal, now=here.clock.now())
    await tend(here.runtime)


async def _request(here: Installation, kind: str) -> None:
    """Somebody asks for something about their data."""
    made = await here.join("US")
    by = await resume(here.runtime.accounts, made.token, now=here.clock.now())
    async with made.cell.begin() as tx:
        await ask(tx, by, Kind(kind), now=here.clock.now(), at_once=True)


async def _answer_requests(here: Installation) -> None:
    """What a worker does about them."""
    signer = load_signer(here.runtime.ledger.signing_key, here.runtime.ledger.origin)
    await here.runtime.ledger.objects.put("vkey", signer.vkey.text.encode())
    for cell in here.runtime.cells:
        for row in await cell.database.fetch("SELECT kind, owner_id, subject_id FROM job WHERE kind LIKE 'rights%'"):
            job = HereAndNow(cell.name, row["owner_id"], row["subject_id"])
            await registered()[row["kind"]](job, here.runtime)


OFFENDERS: list[tuple[str, Plant]] = [
    ("messages.encrypted", a_message_in_clear),
    ("residency.home", a_stranger_row),
    ("residency.home", a_row_of_nobody),
    ("residency.routing", a_request_served_elsewhere),
    ("residency.crossing", a_private_field_that_crossed),
    ("collection.declared", an_undeclared_column),
    ("collection.declared", an_undeclared_table),
    ("collection.declared", an_undeclared_column_of_keys),
    ("collection.no-mac", a_mac_address_in_an_account),
    ("collection.no-mac", a_mac_address_in_the_directory),
    ("collection.no-mac", a_mac_address_with_dots),
    ("collection.no-mac", a_mac_address_in_json),
    ("youth.under13", a_work_of_a_child),
    ("youth.under13", a_tie_of_a_child),
    ("youth.under13", a_like_of_a_child),
    ("service.availability", an_account_in_a_listed_country),
    ("terms.published", a_member_without_the_current_terms),
    ("terms.published", a_member_with_old_terms),
    ("access.encrypted", a_plain_value_in_a_sealed_column),
    ("access.encrypted", an_empty_value_in_a_sealed_column),
    ("access.encrypted", an_opening_for_no_reason),
    ("network.declared", an_undeclared_call),
    ("government.refusal", a_database_without_its_check),
    ("government.refusal", a_valid_request_of_a_listed_country),
    ("government.refusal", a_request_whose_country_was_changed),
    ("government.refusal", an_account_opened_for_a_listed_country),
    ("retention.schedule", a_session_that_was_kept_too_long),
    ("rights.access", a_copy_that_is_overdue),
    ("rights.access", a_copy_that_nobody_counted),
    ("rights.deletion", a_receipt_that_nobody_signed),
    *at_work.OFFENDERS,
    *in_mailboxes.OFFENDERS,
    *in_clients.OFFENDERS,
    *in_families.OFFENDERS,
    *in_accounts.OFFENDERS,
    *by_other_doors.OFFENDERS,
]


async def live_a_little(here: Installation) -> None:
    """What a platform sees on a day on which nothing goes wrong."""
    await here.join("US")
    await here.join("DE")
    await here.join("US", CHILD)
    await sweep(here.runtime.cells, now=here.clock.now())
    await _request(here, "access")
    await _request(here, "deletion")
    await _answer_requests(here)
    await at_work.work(here)
    await in_mailboxes.a_text(here)
    await in_mailboxes.a_refusal_of_each_kind(here)
    await in_clients.requests_of_each_state(here)
    in_families.pages_that_are_labelled(here)
    await in_accounts.attacks_that_are_stopped(here)
    await _receive(here)
    await by_other_doors.letters(here)
    tallies = here.runtime.tallies
    tallies.routed("us", "us", "served")
    tallies.routed("eu", "eu", "served")
    tallies.count("network.openings", 3)
    tallies.count("network.calls", 20)
    tallies.count("refused:under_13:upload", 2)
    tallies.count("availability.refused:CN", 4)
    intake_tally["scanned"] += 7
    intake_tally["forbidden:SignUp"] += 1
    intake_tally["unknown:SignUp.gps"] += 2
    Gateway.saw_media(here.runtime.gateway, "us", "eu")
