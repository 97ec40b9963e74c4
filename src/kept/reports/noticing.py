"""Notices of people without an account (DSA Art. 16): the exact address of a thing, why, who says so, in good faith.

The answer is the same whether or not there is such a thing; where there is, it is in the queue like what members report.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import sqlalchemy as sa

from kept.accounts import COUNTRIES, email_of
from kept.cells import Cell, Tx
from kept.kit import new_id
from kept.ledger import Entry, outbox_insert
from kept.policy import Action, Actor, AgeBand, Service, require
from kept.reports.errors import NotAReport
from kept.reports.models import DAYS, NOTICED, ReportNotice
from kept.reports.opening import Reports
from kept.reports.queueing import Told, pass_on
from kept.reports.reasons import Reason, reason_named
from kept.reports.reporting import Kind, Receipt

LONGEST = 5_000
LONGEST_NAME = 200
LONGEST_PLACE = 2_000
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CLIP = re.compile(rf"\A/clips/(?P<clip>{_UUID})(?:/comments(?:/(?P<comment>{_UUID}))?)?/?\Z")
_MEMBER = re.compile(r"\A/@(?P<handle>[a-z0-9_.]{1,64})/?\Z")
_MARK = re.compile(rf"\Acomment-(?P<comment>{_UUID})\Z")
_CARD = "SELECT owner_id FROM shelf_card WHERE item_id = $1 AND NOT away"
_SAID = "SELECT owner_id FROM shelf_comment WHERE item_id = $1 AND clip_id = $2"
_OVER = "SELECT notice_id FROM report_notice WHERE received_at < $1::timestamptz - make_interval(days => $2) LIMIT 100"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the form says. `good_faith`: whoever sends it believes that it is right and complete."""

    place: str
    reason: str
    why: str = field(repr=False)
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    country: str = ""
    good_faith: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What an address names."""

    kind: Kind
    clip: UUID | None = None
    comment: UUID | None = None
    handle: str = ""


class _Said(msgspec.Struct, frozen=True):
    place: str
    why: str
    name: str
    email: str


def place_of(text: str) -> Place:
    """What an address of this site names. Raises NotAReport."""
    parts = urlsplit(text.strip()[:LONGEST_PLACE])
    path, mark = parts.path.lower(), _MARK.match(parts.fragment.lower())
    if found := _CLIP.match(path):
        named = found["comment"] or (mark and mark["comment"])
        comment = UUID(named) if named else None
        return Place(Kind.COMMENT if comment else Kind.CLIP, UUID(found["clip"]), comment)
    if found := _MEMBER.match(path):
        return Place(Kind.MEMBER, handle=found["handle"])
    raise NotAReport(why="give the exact address of the clip, comment or profile, as the browser shows it")


async def give_notice(reports: Reports, cell: Cell, actor: Actor, notice: Notice, *, now: datetime) -> Receipt:
    """Take a notice, and say that we have it. Raises Refused, NotAReport, UnknownReason, BadEmail, NoWayThere."""
    require(actor, Action.REPORT, Service())
    if actor.band is AgeBand.UNDER_13:
        raise NotAReport(why="choose one of the pictures under a clip")
    place, reason = place_of(notice.place), _checked(notice)
    owner_id, item_id = await _found(reports, cell, place)
    notice_id, vault = new_id(), reports.vaults[cell.name]
    said = _Said(notice.place.strip(), notice.why.strip(), notice.name.strip(), notice.email.strip())
    await vault.create(notice_id)
    sealed = await vault.seal(notice_id, NOTICED, notice_id, msgspec.json.encode(said))
    row = {
        "notice_id": notice_id,
        "kind": place.kind,
        "item_id": item_id,
        "reason": reason.key,
        "country": notice.country,
        "state": "received",
        "said": sealed,
        "received_at": now,
        "changed_at": now,
    }
    async with cell.begin() as tx:
        await tx.run(sa.insert(ReportNotice).values(row))
        if owner_id is not None and item_id is not None:
            who = f"{said.email.lower() or notice_id.hex}:{item_id.hex}"
            told = Told(
                report_id=notice_id,
                kind=place.kind,
                item_id=item_id,
                clip_id=place.clip if place.comment else None,
                reason=reason.key,
                severity=int(reason.severity),
                child_safety=reason.child_safety,
                reporter=await vault.blind_index("notifier", who),
                from_cell=cell.name,
            )
            await pass_on(reports, tx, owner_id, told, now=now)
        await _log(tx, notice_id, now=now)
    return Receipt(notice_id, now)


async def end_notices(reports: Reports, cell: Cell, *, now: datetime) -> int:
    """Destroy notices that are past their time, the key first; how many."""
    rows = await cell.database.fetch(_OVER, now, DAYS)
    for row in rows:
        await reports.vaults[cell.name].shred(row["notice_id"])
        async with cell.begin() as tx:
            await tx.run(sa.delete(ReportNotice).where(ReportNotice.notice_id == row["notice_id"]))
    return len(rows)


async def _log(tx: Tx, notice_id: UUID, *, now: datetime) -> None:
    entry = Entry("report.noticed", actor="system:visitor", object=f"report:{notice_id}")
    for statement in outbox_insert([entry], cell=tx.cell.name, now=now):
        await tx.run(statement)


async def _found(reports: Reports, cell: Cell, place: Place) -> tuple[UUID | None, UUID | None]:
    """Whose it is, and its id; on the shelves, which are the same everywhere."""
    if place.kind is Kind.MEMBER:
        home = await reports.directory.by_handle(place.handle)
        return (home.member_id, home.member_id) if home else (None, None)
    if place.kind is Kind.COMMENT:
        rows = await cell.database.fetch(_SAID, place.comment, place.clip)
        return (rows[0]["owner_id"], place.comment) if rows else (None, None)
    rows = await cell.database.fetch(_CARD, place.clip)
    return (rows[0]["owner_id"], place.clip) if rows else (None, None)


def _checked(notice: Notice) -> Reason:
    reason = reason_named(notice.reason)
    if not notice.why.strip():
        raise NotAReport(why="say why it is against the law or the rules")
    if len(notice.why) > LONGEST or len(notice.name) > LONGEST_NAME:
        raise NotAReport(why=f"write at most {LONGEST:,} letters, and {LONGEST_NAME} for the name")
    if notice.country and notice.country not in COUNTRIES:
        raise NotAReport(why="choose a country from the list")
    if not reason.nameless and not (notice.name.strip() and notice.email.strip()):
        raise NotAReport(why="give your name and your e-mail address; only for harm to children we need neither")
    if notice.email.strip():
        email_of(notice.email)
    if not notice.good_faith:
        raise NotAReport(why="confirm that you believe in good faith that what you say is right and complete")
    return reason
