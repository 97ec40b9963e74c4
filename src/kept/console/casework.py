"""What the page of a case shows: its clocks, its timeline, the key, and which acts there are for this colleague now."""

from typing import Any

from litestar import Request
from litestar.datastructures import State as Shared

from kept.access import find
from kept.console.desk import desk_of
from kept.console.lines import names
from kept.disclosure import DAYS, fingerprint
from kept.disclosure.handing_over import THERE_FOR
from kept.legal import Case, Ground, Read, State, listed_countries
from kept.legal.states import BY_ITSELF
from kept.look import paths
from kept.look.views.cases import CaseSaid, CaseView
from kept.look.views.console import CaseLine, Step
from kept.runtime import Runtime
from kept.staff import OnDuty, Seat


def case_line(case: Case, now: Any) -> CaseLine:
    """A case in a list."""
    return CaseLine(
        number=case.number,
        href=paths.console_case(case.number),
        country=case.country,
        instrument=case.instrument,
        region=case.cell.region,
        state=case.state.value,
        ground=case.ground.value if case.ground else "",
        emergency=case.emergency,
        received_at=case.received_at,
        due_at=case.due_at,
        late=case.overdue(now),
        gag_until=case.gag_until,
    )


async def case_view(
    request: Request[Any, Any, Shared], runtime: Runtime, duty: OnDuty, case: Case, seat: Seat
) -> CaseView:
    """The page, without anything that is sealed."""
    now, known, made = runtime.clock.now(), await names(runtime), case.production
    asked = await find(case.cell, made.grant_id) if made.grant_id else None
    is_open = asked is not None and asked.is_open(now)
    there_until = made.produced_at + THERE_FOR if made.produced_at and made.package else None
    return CaseView(
        desk=await desk_of(request, runtime, duty, "cases"),
        line=case_line(case, now),
        action=paths.console_case(case.number),
        listed=case.listed or case.country in listed_countries(runtime.settings),
        steps=tuple(_steps(case, known)),
        preserved_until=case.preserved_until,
        recipient=made.recipient or "",
        fingerprint=fingerprint(made.recipient) if made.recipient else "",
        key_by=known.get(made.recipient_by, "?") if made.recipient_by else "",
        confirmed_by=known.get(made.confirmed_by, "?") if made.confirmed_by else "",
        access=paths.console_request(case.cell.name, str(made.grant_id)) if made.grant_id else "",
        access_status=asked.status(now) if asked else "",
        size=made.package_size or 0,
        sha256=made.package_sha256.hex() if made.package_sha256 else "",
        there_until=there_until if there_until and there_until > now else None,
        days=DAYS,
        outcomes=tuple((one["where"], one["what"], one["rows"]) for one in made.outcomes),
        accounts=made.disclosed or 0,
        acts=tuple(_acts(case, seat, is_open=is_open)),
        grounds=tuple(ground.value for ground in Ground if ground not in BY_ITSELF),
    )


async def said_of(runtime: Runtime, read: Read) -> CaseSaid:
    """What is sealed in it, once it was opened."""
    left = read.narrowed
    accounts = list(left.accounts) if left else []
    handles = await runtime.cells.directory.handles(accounts)
    return CaseSaid(
        authority=read.asked.authority,
        basis=read.asked.basis,
        identifiers=read.asked.identifiers,
        classes=tuple(read.asked.classes),
        narrowed=left is not None,
        accounts=tuple(f"@{handles[one]}" if one in handles else str(one)[-8:] for one in accounts),
        left=tuple(left.classes) if left else (),
        since=left.since if left else None,
        until=left.until if left else None,
        finding=left.finding if left else "",
    )


def _acts(case: Case, seat: Seat, *, is_open: bool) -> list[str]:
    """What may be tried now; the verbs decide again."""
    made, me, found = case.production, seat.who.staff_id, list[str]()
    if case.listed:
        return found
    if case.state is State.RECEIVED:
        found.append("narrow")
    if case.state is State.VALIDATED and case.kind.preserve is not None:
        found.append("preserve" if case.preserved_until is None else "" if case.prolonged else "prolong")
    if case.state is State.VALIDATED and case.kind.preserve is None and not is_open:
        waits = made.recipient is not None and made.confirmed_by is None
        found += ["confirm"] if waits and made.recipient_by != me else []
        found += ["produce"] if made.confirmed_by is not None else []
        found.append("key")
    if case.state in (State.RECEIVED, State.VALIDATED, State.PRODUCING):
        found += ["refuse", "close"]
    return [act for act in found if act]


def _steps(case: Case, known: Any) -> list[Step]:
    made = case.production
    counsel = known.get(made.counsel_id, "") if made.counsel_id else ""
    moments = [
        ("case_received", "", case.received_at),
        ("case_validated", counsel, made.valid_at),
        ("case_produced", "", made.produced_at),
        ("case_told", "", made.told_at),
        (f"case_{case.state.value}", "", case.closed_at if case.state is not State.PRODUCED else None),
    ]
    return sorted((Step(what=what, who=who, at=at) for what, who, at in moments if at), key=lambda step: step.at)
