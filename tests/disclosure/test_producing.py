"""From a narrowed case to a package that the authority alone opens: exactly what was agreed to, once, on record before."""

import hashlib
from datetime import timedelta

import pytest

from kept.access import NotGranted, NotOnRecord, looks_at
from kept.access import State as Granting
from kept.disclosure import (
    DAYS,
    BadProduction,
    BadRecipient,
    NoPackage,
    OtherFingerprint,
    ask_for_production,
    confirm_key,
    enter_key,
    fingerprint,
    places,
)
from kept.ledger import read
from kept.legal import (
    DataClass,
    NewRequest,
    Span,
    State,
    WrongState,
    disclosed,
    enter,
    figures,
    keep_lists,
    preserve,
    validate,
)
from kept.policy import Refused
from kept.staff import colleague, leave
from tests.access.office import SECURITY
from tests.disclosure.bench import ALL, Bench

ONLY_WHO = (DataClass.SUBSCRIBER,)


async def test_a_package_holds_exactly_the_rows_in_scope(bench: Bench) -> None:
    kim, lou, peer = await bench.member(), await bench.member(), await bench.member()
    day = timedelta(days=1)
    begin = bench.now - 10 * day
    older = "UPDATE account SET created_at = $2 WHERE owner_id = $1"
    await bench.office.here.run("eu", older, kim, begin - 100 * day)
    await bench.write(kim, "before the span", begin - day, peer)
    first = await bench.write(kim, "meet me at the harbour", begin, peer)
    second = await bench.write(kim, "bring the boat", begin + day, kim)
    await bench.write(kim, "after the span", bench.now - 5 * day, peer)
    await bench.write(lou, "somebody else's", begin + day, peer)
    span = Span(begin, bench.now - 5 * day)
    case = await bench.produced(await bench.valid(kim, classes=ALL, span=span))
    assert case.state is State.PRODUCED
    package = await bench.download(case.number)
    assert hashlib.sha256(package).digest() == case.production.package_sha256
    opened = bench.opened(package)
    bodies = {row["message_id"]: row["body"] for row in opened.rows("content/message")}
    assert bodies == {str(first): "meet me at the harbour", str(second): "bring the boat"}
    traffic = {row["message_id"]: row["peer_id"] for row in opened.rows("traffic/message")}
    assert traffic == {str(first): "person 1", str(second): str(kim)}
    assert "body" not in opened.rows("traffic/message")[0]
    assert "peer_id" not in opened.rows("content/message")[0]
    [account] = opened.rows("subscriber/account")
    assert account["birth_date"] == "1990-05-17"
    text = b"".join(opened.files.read(name) for name in opened.names)
    for not_in_scope in (str(lou), str(peer), "before the span", "after the span", "somebody else's"):
        assert not_in_scope.encode() not in text
    manifest = opened.manifest
    assert manifest["narrowed"]["members"] == [str(kim)]
    assert {one["team"] for one in manifest["agreed"]} == {"security", "privacy"}
    for file in manifest["files"]:
        assert hashlib.sha256(opened.files.read(file["file"])).hexdigest() == file["sha256"]
        assert len(opened.files.read(file["file"]).splitlines()) == file["rows"]
    named = {f"{one['table']}.{column['name']}" for one in manifest["files"] for column in one["fields"]}
    assert named <= set(places(ALL))


async def test_what_counsel_left_out_is_not_in_it(bench: Bench) -> None:
    kim = await bench.member()
    await bench.write(kim, "none of their business", bench.now - timedelta(days=1))
    case = await bench.produced(await bench.valid(kim, classes=ONLY_WHO))
    opened = bench.opened(await bench.download(case.number))
    assert opened.names == ["data/subscriber/account.jsonl", "manifest.json"]


async def test_nothing_is_made_before_the_log_shows_it_cosigned(bench: Bench) -> None:
    kim = await bench.member()
    case = await bench.valid(kim, classes=(DataClass.TRAFFIC,))  # not even where nothing is sealed
    request_id = await bench.asked(case)
    await bench.office.answer("sue", request_id)
    await bench.work()
    assert (await bench.case(case.number)).state is State.VALIDATED
    await bench.office.answer("pat", request_id)
    for cosigned in (None, False):
        if cosigned is not None:
            await bench.office.record(cosigned=cosigned)
        bench.office.here.clock.advance(timedelta(minutes=1))
        with pytest.raises(NotOnRecord):
            await bench.work()
        assert (await bench.case(case.number)).state is State.PRODUCING
    await bench.office.record()
    bench.office.here.clock.advance(timedelta(minutes=1))
    await bench.work()
    assert (await bench.case(case.number)).state is State.PRODUCED


async def test_counsel_who_narrowed_or_asked_does_not_agree_nor_does_their_team(bench: Bench) -> None:
    kim = await bench.member()
    case = await bench.valid(kim)
    request_id = await bench.asked(case, by="leo")
    for name in ("lea", "leo"):  # narrowed it; asked
        with pytest.raises(Refused):
            await bench.office.answer(name, request_id)
    # Somebody who narrowed it and has since moved to another team still may not.
    await bench.office.here.run("directory", "UPDATE staff_member SET team = 'privacy' WHERE name = 'lea'")
    bench.office.staff["lea"] = await _again(bench, "lea")
    with pytest.raises(Refused):
        await bench.office.answer("lea", request_id)
    assert await bench.office.answer("sue", request_id) is Granting.WAITING
    assert await bench.office.answer("sam", request_id) is Granting.WAITING  # two yeses, and one team
    assert await bench.office.answer("tess", request_id) is Granting.GRANTED


async def _again(bench: Bench, name: str):
    return await colleague(bench.works.cells.directory, name)


async def test_who_agreed_and_left_before_it_was_made_counts_no_more(bench: Bench) -> None:
    kim = await bench.member()
    case = await bench.valid(kim)
    await bench.agreed(case)
    sue = bench.office.staff["sue"]
    await leave(bench.works.cells.directory, sue.staff_id, actor=SECURITY, by="system:operator", now=bench.now)
    await bench.work()
    assert (await bench.case(case.number)).state is State.VALIDATED


async def test_a_grant_that_ran_out_brings_it_back_to_counsel(bench: Bench) -> None:
    kim = await bench.member()
    case = await bench.valid(kim)
    request_id = await bench.asked(case)
    await bench.office.answer("sue", request_id)
    await bench.office.answer("pat", request_id)
    with pytest.raises(NotOnRecord):
        await bench.work()
    bench.office.here.clock.advance(timedelta(days=8))
    await bench.work()
    found = await bench.case(case.number)
    assert (found.state, found.production.grant_id) == (State.VALIDATED, None)
    again = await ask_for_production(bench.works, case.number, seat=bench.office.seat("lea"), now=bench.now)
    assert again != request_id


async def test_the_key_is_entered_by_one_and_confirmed_by_another(bench: Bench) -> None:
    case = await bench.valid(await bench.member())
    lea, leo = bench.office.seat("lea"), bench.office.seat("leo")
    public = str(bench.key.to_public())
    for bad in ("", "age1", public[:-1] + ("q" if public[-1] != "q" else "p"), "AGE-SECRET-KEY-1", "x" * 10_000, "ü"):
        with pytest.raises(BadRecipient):
            await enter_key(bench.works, case.number, bad, seat=lea, now=bench.now)
    with pytest.raises(BadProduction):
        await confirm_key(bench.works, case.number, fingerprint(public), seat=leo, now=bench.now)
    await enter_key(bench.works, case.number, f"  {public} ", seat=lea, now=bench.now)
    with pytest.raises(BadProduction, match="doesn't confirm"):
        await confirm_key(bench.works, case.number, fingerprint(public), seat=lea, now=bench.now)
    with pytest.raises(OtherFingerprint):
        await confirm_key(bench.works, case.number, "0000 " * 8, seat=leo, now=bench.now)
    with pytest.raises(BadProduction, match="confirmed"):
        await ask_for_production(bench.works, case.number, seat=lea, now=bench.now)
    await confirm_key(bench.works, case.number, fingerprint(public).upper(), seat=leo, now=bench.now)
    await enter_key(bench.works, case.number, public, seat=lea, now=bench.now)  # entered anew: compared anew
    assert (await bench.case(case.number)).production.confirmed_by is None


@pytest.mark.parametrize("name", ["pat", "sue", "ed", "tess", "lin"])
async def test_nobody_else_has_a_part_in_it(bench: Bench, name: str) -> None:
    case = await bench.produced(await bench.valid(await bench.member()))
    seat = bench.office.seat(name)
    with pytest.raises(Refused):
        await bench.download(case.number, by=name)
    other = await bench.valid(await bench.member())
    for verb, more in ((enter_key, ["age1"]), (confirm_key, ["0"]), (ask_for_production, [])):
        with pytest.raises(Refused):
            await verb(bench.works, other.number, *more, seat=seat, now=bench.now)


async def test_nobody_reads_at_the_console_under_such_a_grant(bench: Bench) -> None:
    kim = await bench.member()
    request_id = await bench.agreed(await bench.valid(kim))
    with pytest.raises(NotGranted):
        await bench.office.read("lea", request_id, "account", kim)


async def test_members_of_another_cell_are_asked_for_there(bench: Bench) -> None:
    case = await bench.valid(await bench.member(), await bench.member("US"))
    with pytest.raises(Exception, match="not at home in eu"):
        await bench.asked(case)


async def test_what_was_asked_for_is_not_narrowed_again(bench: Bench) -> None:
    kim = await bench.member()
    case = await bench.valid(kim, classes=ONLY_WHO)
    await bench.agreed(case)
    with pytest.raises(BadProduction):
        await ask_for_production(bench.works, case.number, seat=bench.office.seat("lea"), now=bench.now)
    lea = bench.office.seat("lea")
    with pytest.raises(WrongState):
        await validate(
            bench.works, case.number, accounts=[kim], classes=ALL, finding="More.", actor=lea.actor, now=bench.now
        )


async def test_nobodys_future_is_handed_out(bench: Bench) -> None:
    kim = await bench.member()
    with pytest.raises(Exception, match="future"):
        await bench.valid(kim, span=Span(None, bench.now + timedelta(hours=1)))
    with pytest.raises(Exception, match="after it began"):
        await bench.valid(kim, span=Span(bench.now, bench.now - timedelta(days=1)))
    case = await bench.valid(kim)
    await bench.agreed(case)
    bench.office.here.clock.advance(timedelta(minutes=5))
    await bench.write(kim, "written after counsel narrowed it", bench.now)
    await bench.work()
    assert "data/content/message.jsonl" not in bench.opened(await bench.download(case.number)).names


async def test_the_member_is_told_at_once_or_when_the_silence_ends(bench: Bench) -> None:
    kim, lou = await bench.member(), await bench.member()
    eu = bench.works.cells.named("eu")
    case = await bench.produced(await bench.valid(kim, classes=ONLY_WHO))
    await bench.work()
    [look] = await looks_at(eu, kim)
    assert (look.given_to, look.rows, look.team) == ("FR", 1, "legal")
    gag = bench.now + timedelta(days=30)
    silent = await bench.produced(await bench.valid(lou, classes=ONLY_WHO, gag_until=gag))
    await bench.work()
    assert await looks_at(eu, lou) == []
    details = await eu.database.fetch("SELECT details FROM entry_detail WHERE owner_id = $1", lou)
    assert not [row for row in details if b"account.email" in row["details"]]  # it would be in their copy
    bench.office.here.clock.advance(timedelta(days=31))
    for _ in range(2):
        await bench.work()
    [look] = await looks_at(eu, lou)
    assert look.read_at == silent.production.produced_at
    assert len(await looks_at(eu, kim)) == 1
    assert (await bench.case(case.number)).production.told_at is not None


async def test_a_package_is_there_for_its_days_and_each_download_is_on_record(bench: Bench) -> None:
    case = await bench.produced(await bench.valid(await bench.member()))
    for _ in range(2):
        await bench.download(case.number)
    rows = await bench.works.cells.named("eu").database.fetch("SELECT payload FROM ledger_outbox")
    entries = [read(row["payload"]) for row in rows]
    downloads = [one for one in entries if one.event == "legal.downloaded"]
    assert len(downloads) == 2
    assert {one.object for one in downloads} == {f"case:{case.case_id}"}
    bench.office.here.clock.advance(timedelta(days=DAYS))
    with pytest.raises(NoPackage):
        await bench.download(case.number)
    await bench.work()
    found = await bench.case(case.number)
    assert (found.state, found.production.package) == (State.PRODUCED, None)
    assert [key async for key in bench.works.cells.named("eu").objects.keys("packages")] == []


async def test_it_is_counted_by_country_and_instrument(bench: Bench) -> None:
    kim, lou = await bench.member(), await bench.member()
    await bench.produced(await bench.valid(kim, lou, classes=(DataClass.IDENTIFICATION,)))
    [figure] = await figures(bench.works.cells)
    assert (figure.country, figure.instrument, figure.produced, figure.accounts) == ("FR", "national", 1, 2)
    assert (await disclosed(bench.works))[0] == {"FR": 2}  # also where nothing had to be opened
    await bench.produced(await bench.valid(kim, classes=ONLY_WHO))
    assert (await disclosed(bench.works))[0] == {"FR": 3}


@pytest.mark.parametrize("when", ["asked", "agreed", "producing", "produced"])
async def test_a_country_that_comes_onto_the_list_stops_it_wherever_it_is(bench: Bench, when: str) -> None:
    case = await bench.valid(await bench.member())
    if when == "asked":
        await bench.asked(case)
    elif when == "agreed":
        await bench.agreed(case)
    elif when == "producing":
        await bench.asked(case)
        request_id = (await bench.case(case.number)).production.grant_id
        await bench.office.answer("sue", request_id)
        await bench.office.answer("pat", request_id)
        with pytest.raises(NotOnRecord):
            await bench.work()
    else:
        await bench.produced(case)
    harder = bench.harder("FR")
    await keep_lists(harder.cells, harder.settings, now=bench.now)
    assert (await bench.case(case.number)).state is State.REFUSED
    bench.office.here.clock.advance(timedelta(minutes=2))
    await bench.office.record()
    await bench.work()
    found = await bench.case(case.number)
    assert (found.state, found.production.package) == (State.REFUSED, None)
    with pytest.raises((Refused, NoPackage)):
        await bench.download(case.number)
    assert [key async for key in bench.works.cells.named("eu").objects.keys("packages")] == []


async def test_a_preservation_order_asks_for_no_data(bench: Bench) -> None:
    kim = await bench.member()
    new = NewRequest("epoc_pr", "FR", "A court", "Art. 7", identifiers=("@kim",), classes=ALL)
    lea = bench.office.seat("lea")
    case = await enter(bench.works, "eu", new, actor=lea.actor, now=bench.now)
    await validate(
        bench.works, case.number, accounts=[kim], classes=ALL, finding="Lawful.", actor=lea.actor, now=bench.now
    )
    await preserve(bench.works, case.number, actor=lea.actor, now=bench.now)
    with pytest.raises(BadProduction, match="nothing but"):
        await enter_key(bench.works, case.number, str(bench.key.to_public()), seat=lea, now=bench.now)
