"""Each check on a live installation: empty where there is nothing to see, good where all is well, bad with one offender."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from kept.ledger import Entry, Log, Sequencer, load_signer, outbox_insert, store_of
from kept.legal import listed_countries, tend
from kept.promises import Verdict
from tests.fixtures.house import NOON
from tests.fixtures.installation import Installation
from tests.promises.planted import (
    OFFENDERS,
    Plant,
    a_private_field_that_crossed,
    a_request_served_elsewhere,
    an_undeclared_call,
    live_a_little,
)

GOOD, BAD, EMPTY = Verdict.GOOD, Verdict.BAD, Verdict.EMPTY


@pytest.mark.parametrize(("promise", "plant"), OFFENDERS, ids=[f"{name}-{plant.__name__}" for name, plant in OFFENDERS])
async def test_one_offender_breaks_a_promise_that_was_kept(
    installation: Installation, promise: str, plant: Plant
) -> None:
    empty = await installation.found(promise)
    assert empty.verdict is (GOOD if promise in ("collection.declared", "messages.encrypted") else EMPTY), empty
    await live_a_little(installation)
    good = await installation.found(promise)
    assert (good.verdict, good.sample > 0) == (GOOD, True), good
    await plant(installation)
    bad = await installation.found(promise)
    assert bad.verdict is BAD, bad
    assert bad.figure != good.figure


async def test_a_canary_is_not_proof_where_the_databases_files_are_not_here(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kept.promises.evidence.messages._DATA", "another machine's")
    found = await installation.found("messages.encrypted")
    assert found.verdict is EMPTY
    assert "unproven for us, eu: its database's files are not here" in found.figure


async def test_figures_say_what_was_counted(installation: Installation) -> None:
    await live_a_little(installation)
    told = {name: (await installation.found(name)).figure for name, _ in OFFENDERS}
    assert told["residency.home"].startswith("0 of ")
    assert told["residency.routing"] == "100.00 % of 2 member requests served at home"
    assert told["residency.crossing"] == "1 fields crossed, 0 of another kind"
    assert told["collection.declared"].endswith("2 unknown fields refused")
    assert told["collection.no-mac"] == "0 stored; 1 refused in 7 intakes"
    assert told["youth.under13"] == "2 attempts refused, 0 successes, by 1 accounts"
    assert told["service.availability"] == "Not offered in: CN, RU. 4 refusals, 0 accounts"
    assert told["terms.published"].startswith("100 % of 7 members")
    assert told["access.encrypted"].startswith("0 of ")
    assert told["government.refusal"] == (
        "Listed (CN, RU): 1 requests received, 1 refused, 0 accounts disclosed; 40 attempts to get further were turned away."
        " Others: FR 1–9 received, 0 accounts disclosed"
    )
    assert told["collection.current-version"] == (
        "Of 10 requests, 60.0 % came from the newest version, 30.0 % from one that was told of it, 10.0 % from one that is"
        " too old; 0 of these got past the upgrade page"
    )
    assert told["account.protection"] == (
        "Fewer than 10 accounts, so the share with a passkey or second factor is not told. Stopped in 30 days: 2 attempts over"
        " the limit, 1 weak or stolen passwords, 0 wrong codes, 0 codes used twice. All 5 controls refused just now what they"
        " must refuse"
    )
    assert told["network.declared"] == "3 first openings, 20 calls, 0 undeclared"


async def test_without_a_list_nothing_is_proven_and_with_one_it_is_without_a_single_request(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tend(installation.runtime)
    found = await installation.found("government.refusal")
    assert (found.verdict, found.sample) == (GOOD, 40)
    listed = "kept.promises.evidence.legal.listed_countries"
    monkeypatch.setattr(listed, lambda settings: listed_countries(settings) - {"CN", "RU"})
    found = await installation.found("government.refusal")
    assert found.verdict is EMPTY
    assert found.figure.endswith("there is no refusal list")


async def test_what_lies_behind_the_time_that_counts_does_not_count(installation: Installation) -> None:
    await a_request_served_elsewhere(installation)
    await an_undeclared_call(installation)
    await a_private_field_that_crossed(installation)
    counted = ("residency.routing", "network.declared", "residency.crossing")
    assert {await installation.verdict(name) for name in counted} == {BAD}
    installation.clock.advance(timedelta(days=40))
    assert {await installation.verdict(name) for name in counted} == {EMPTY}


async def test_a_name_that_only_looks_like_an_address_is_none(installation: Installation) -> None:
    await live_a_little(installation)
    for text in ("12:30:45", "2026-11-23", "00:1b:44:11:3a", str(UUID(int=0x001B44113AB7)), "ab-cd:ef-12:34-56"):
        await installation.run("us", "UPDATE account SET language = $1", text)
        assert await installation.verdict("collection.no-mac") is GOOD, text


async def test_the_ledger_alone_proves_nothing_and_a_flipped_bit_breaks_it(installation: Installation) -> None:
    here = installation.runtime
    assert await installation.verdict("audit.independent") is EMPTY
    signer = load_signer(here.ledger.signing_key, here.ledger.origin)
    log = Log(here.ledger.database, store_of(here.ledger.objects), signer, here.clock)
    await log.open()
    async with here.cells.named("us").begin() as tx:
        for statement in outbox_insert([Entry("thing.happened", actor="system:test")], cell="us", now=NOON):
            await tx.run(statement)
    await Sequencer(log, [cell.database for cell in here.cells]).drain()
    found = await installation.found("audit.independent")
    assert (found.verdict, found.sample) == (EMPTY, 1)
    assert "no outside witness" in found.figure
    tile = next(path for path in (here.settings.data_folder / "ledger" / "tile").rglob("*") if path.is_file())
    data = bytearray(tile.read_bytes())
    data[len(data) // 2] ^= 1
    tile.write_bytes(data)
    await asyncio.sleep(2)  # far less than between two measurements
    assert await installation.verdict("audit.independent") is BAD


async def test_a_ledger_whose_files_are_gone_is_no_new_one(installation: Installation) -> None:
    here = installation.runtime
    signer = load_signer(here.ledger.signing_key, here.ledger.origin)
    await Log(here.ledger.database, store_of(here.ledger.objects), signer, here.clock).open()
    (here.settings.data_folder / "ledger" / "checkpoint").unlink()
    assert await installation.verdict("audit.independent") is BAD
