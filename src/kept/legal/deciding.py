"""What counsel decides: that a request is valid, and how narrow it is; that it is refused; that it was taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kept.legal.cases import Case, case_of, change
from kept.legal.entering import LONGEST_TEXT
from kept.legal.instruments import DataClass
from kept.legal.listing import keep_lists, listed_countries
from kept.legal.sealed import NARROWED, Asked, Narrowed, asked_in, seal
from kept.legal.states import BY_ITSELF, Ground, State
from kept.legal.works import BadCase, Works, WrongState
from kept.policy import Action, Actor, require
from kept.policy import LegalRequest as Noun
from kept.retention import release_case


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when data is given: `since` is in it, `until` is not; None: from the beginning, until now."""

    since: datetime | None = None
    until: datetime | None = None

    def check(self, now: datetime) -> None:
        """Raises BadCase: it is empty, or reaches into the future."""
        if (self.until is not None and self.until > now) or (self.since or now) > (self.until or now):
            raise BadCase(why="a span of time ends now at the latest, after it began: nobody's future is handed out.")


WHOLE = Span()


async def validate(
    works: Works,
    number: str,
    *,
    accounts: Sequence[UUID],
    classes: Sequence[DataClass],
    finding: str,
    actor: Actor,
    now: datetime,
    span: Span = WHOLE,
    by: UUID | None = None,
) -> Case:
    """Counsel finds a request lawful, and narrows it to some members, classes of data, and a span of time.

    `by` is who of the staff counsel is; they can't agree to what is produced then.

    Raises:
        NoSuchCase, CaseAltered, WrongState.
        Refused: the actor may not, or nothing is given to that country's authorities.
        BadCase: the instrument is not that country's, it would reach further than was asked for, or into the future.
    """
    await keep_lists(works.cells, works.settings, now=now)
    case = await case_of(works.cells, number)
    require(actor, Action.VALIDATE_LEGAL_REQUEST, _noun(works, case))
    asked = await asked_in(works, case)
    await _check(works, case, asked, accounts, classes, finding)
    span.check(now)
    left = Narrowed(
        country=case.country,
        instrument=case.instrument,
        accounts=tuple(accounts),
        classes=tuple(classes),
        finding=finding.strip(),
        since=span.since,
        until=span.until or now,
    )
    sealed = await seal(works, case.cell.name, case.case_id, NARROWED, left)
    async with case.cell.begin() as tx:
        found: dict[str, Any] = {"narrowed": sealed, "valid_at": now, "counsel_id": by}
        if not await change(tx, case, State.VALIDATED, since=State.RECEIVED, now=now, by=by, **found):
            raise WrongState(number=case.number, state=case.state, wanted=State.VALIDATED)
    return await case_of(works.cells, number)


async def refuse(
    works: Works, number: str, *, ground: Ground, actor: Actor, now: datetime, by: UUID | None = None
) -> Case:
    """Refuse a request: possible whatever was done to its row. Raises NoSuchCase, Refused, WrongState, BadCase."""
    if ground in BY_ITSELF:
        raise BadCase(why=f"“{ground}” is found, not chosen; name another ground.")
    return await _close(works, number, State.REFUSED, ground=ground, actor=actor, by=by, now=now)


async def withdraw(works: Works, number: str, *, actor: Actor, now: datetime, by: UUID | None = None) -> Case:
    """Note that the authority took its request back. Raises NoSuchCase, Refused, WrongState."""
    return await _close(works, number, State.WITHDRAWN, ground=None, actor=actor, by=by, now=now)


async def _close(
    works: Works, number: str, to: State, *, ground: Ground | None, actor: Actor, by: UUID | None, now: datetime
) -> Case:
    await keep_lists(works.cells, works.settings, now=now)
    case = await case_of(works.cells, number)
    require(actor, Action.CLOSE_LEGAL_REQUEST, _noun(works, case))
    async with case.cell.begin() as tx:
        if not await change(tx, case, to, now=now, by=by, ground=ground or "", preserved_until=None):
            raise WrongState(number=case.number, state=case.state, wanted=to)
        await release_case(tx, case.number, now=now)
    return await case_of(works.cells, number)


async def _check(
    works: Works, case: Case, asked: Asked, accounts: Sequence[UUID], classes: Sequence[DataClass], finding: str
) -> None:
    """That it is no wider than what was asked for, and than the instrument reaches. Raises BadCase."""
    kind = case.kind
    if kind.states is not None and case.country not in kind.states:
        raise BadCase(why=f"authorities of {case.country} can't issue a {kind.title}. Refuse it as not competent.")
    if not classes or not set(classes) <= set(asked.classes) & kind.reaches:
        reach = ", ".join(sorted(set(asked.classes) & kind.reaches)) or "nothing"
        raise BadCase(why=f"it asks for, and a {kind.title} reaches: {reach}. Choose among these.")
    if not accounts or len(set(accounts)) != len(accounts) or len(accounts) > len(asked.identifiers):
        raise BadCase(why=f"it names {len(asked.identifiers)} accounts: choose that many or fewer, each once.")
    homes = await works.cells.directory.homes(list(accounts))
    if len(homes) != len(accounts):
        raise BadCase(why="not all of these accounts exist.")
    if not 0 < len(finding.strip()) <= LONGEST_TEXT:
        raise BadCase(why="say why it is lawful.")


def _noun(works: Works, case: Case) -> Noun:
    listed = case.listed or case.country in listed_countries(works.settings)
    return Noun(country_listed=listed, validated=case.state is State.VALIDATED)
