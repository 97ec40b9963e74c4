"""Reporting, for members: what it is about is loaded through the door that shows it, stored once, acknowledged, queued."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.comments import comment_seen, published_clip
from kept.kit import new_id
from kept.ledger import Entry, outbox_insert
from kept.messages import Content, one_read
from kept.policy import Action, AgeBand, Relation, Service, require
from kept.reports.errors import NotAReport
from kept.reports.models import QUOTED, SAID, Report, ReportText
from kept.reports.opening import Reports
from kept.reports.queueing import Told, pass_on
from kept.reports.reasons import CHILDRENS, Reason, Severity, reason_named
from kept.social import NoSuchMember, may_see, profile_of
from kept.videos import as_resource

LONGEST = 1_000
"""Characters that may be written with a report."""


class Kind(StrEnum):
    """What can be reported."""

    CLIP = "clip"
    COMMENT = "comment"
    MESSAGE = "message"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a report is about, as the reporter names it: a clip, a comment under one, a message, or a member by name."""

    clip: UUID | None = None
    comment: UUID | None = None
    message: UUID | None = None
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a report is about, found and seen. `shown` is what the reporter knows of it; not in its `repr`."""

    kind: Kind
    item_id: UUID
    about_id: UUID
    handle: str = ""
    clip_id: UUID | None = None
    shown: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """Why. `text` is optional; `quote` lets us read the message that is reported, and nothing else of the conversation."""

    reason: str
    text: str = field(default="", repr=False)
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """That we have it. `again`: it is the report that the same member made of the same thing before."""

    report_id: UUID
    received_at: datetime
    again: bool = False

    @property
    def number(self) -> str:
        """What people call it."""
        return number_of(self.report_id)


def number_of(report_id: UUID) -> str:
    """The last eight digits of its id."""
    return str(report_id)[-8:].upper()


async def report(reports: Reports, tx: Tx, by: Session, about: About, new: NewReport, *, now: datetime) -> Receipt:
    """Report something that the member can see, or was sent. Nobody who is reported is told.

    Raises:
        Refused: by the policy, for what somebody of that age has no part in.
        NoSuchVideo, NoSuchComment, NoSuchMessage, NoSuchMember: there is nothing that they can see.
        NotAReport, UnknownReason, TooManyReports; NoWayThere: the region of whose it is can't be reached.
    """
    require(by.actor, Action.REPORT, Service())
    reports.pace.take(by.member_id)
    reason, text = reason_named(new.reason), _checked(by, new)
    subject = await subject_of(reports, by, about)
    made = _made(by, subject, reason, now=now)
    if (await tx.run(insert(Report).values(made).on_conflict_do_nothing().returning(Report.report_id))).first() is None:
        return await _before(tx, by, subject)
    report_id: UUID = made["report_id"]
    await _keep_words(reports, tx, by, report_id, text, subject.shown if new.quote else "", now=now)
    told = await _told(reports, by, subject, reason, report_id, made["severity"])
    await pass_on(reports, tx, subject.about_id, told, now=now)
    entry = Entry("report.received", actor=reports.beacon.pseudonym(by.member_id), object=f"report:{report_id}")
    for statement in outbox_insert([entry], cell=tx.cell.name, now=now):
        await tx.run(statement)
    return Receipt(report_id, now)


async def subject_of(reports: Reports, by: Session, about: About) -> Subject:
    """What a report would be about. Raises as `report` does."""
    if about.message is not None:
        return await _message(reports, by, about.message)
    if about.clip is not None and about.comment is not None:
        return await _comment(reports, by, about.clip, about.comment)
    if about.clip is not None:
        clip = await published_clip(by, about.clip)
        _require_others(clip.own, "it is your own clip, which you can delete")
        return Subject(
            kind=Kind.CLIP, item_id=clip.video_id, about_id=clip.owner_id, handle=clip.handle, shown=clip.caption
        )
    if about.handle:
        return await _member(reports, by, about.handle)
    raise NotAReport(why="say what it is about: a clip, a comment under one, a message, or a member")


async def _comment(reports: Reports, by: Session, clip_id: UUID, comment_id: UUID) -> Subject:
    clip = await published_clip(by, clip_id)
    require(by.actor, Action.SEE_COMMENTS, as_resource(relation=Relation.FRIEND, private=clip.private))
    one = await comment_seen(reports.comments, by, clip, comment_id)
    _require_others(one.own, "it is your own comment, which you can delete")
    return Subject(
        kind=Kind.COMMENT,
        item_id=comment_id,
        about_id=one.author_id,
        handle=one.handle,
        clip_id=clip_id,
        shown=one.text,
    )


async def _message(reports: Reports, by: Session, message_id: UUID) -> Subject:
    one = await one_read(reports.messages, by, message_id)
    _require_others(one.mine, "it is your own message, which you can take back")
    handle = (await reports.messages.people.names([one.peer_id])).get(one.peer_id, "")
    return Subject(
        kind=Kind.MESSAGE, item_id=message_id, about_id=one.peer_id, handle=handle, shown=_in_words(one.content)
    )


async def _member(reports: Reports, by: Session, handle: str) -> Subject:
    """Somebody with a profile; also one who is blocked, or blocks: that is no reason not to be heard."""
    name = handle.strip().removeprefix("@").lower()
    home = await reports.directory.by_handle(name) if 0 < len(name) <= 64 else None
    known = None if home is None else await profile_of(by.cell, home.member_id)
    if known is None or not may_see(by.actor, Relation.STRANGER, private=known.private):
        raise NoSuchMember
    _require_others(known.member_id == by.member_id, "it is yourself")
    return Subject(kind=Kind.MEMBER, item_id=known.member_id, about_id=known.member_id, handle=known.handle)


def _require_others(own: bool, why: str) -> None:
    if own:
        raise NotAReport(why=why)


def _checked(by: Session, new: NewReport) -> str:
    text = new.text.strip()
    if len(text) > LONGEST:
        raise NotAReport(why=f"write at most {LONGEST:,} letters with it")
    if by.band is AgeBand.UNDER_13 and (text or new.reason not in CHILDRENS):
        raise NotAReport(why="choose one of the pictures")
    return text


def _made(by: Session, subject: Subject, reason: Reason, *, now: datetime) -> dict[str, Any]:
    young = by.band is AgeBand.UNDER_13
    return {
        "owner_id": by.member_id,
        "report_id": new_id(),
        "kind": subject.kind,
        "item_id": subject.item_id,
        "clip_id": subject.clip_id,
        "about_id": subject.about_id,
        "reason": reason.key,
        "severity": max(reason.severity, Severity.HIGH) if young else reason.severity,
        "state": "received",
        "made_at": now,
        "changed_at": now,
    }


async def _before(tx: Tx, by: Session, subject: Subject) -> Receipt:
    mine = sa.and_(
        Report.owner_id == by.member_id, Report.kind == subject.kind.value, Report.item_id == subject.item_id
    )
    row = (await tx.run(sa.select(Report.report_id, Report.made_at).where(mine))).one()
    return Receipt(row.report_id, row.made_at, again=True)


async def _keep_words(
    reports: Reports, tx: Tx, by: Session, report_id: UUID, text: str, quoted: str, *, now: datetime
) -> None:
    """What was written, and the message that we may read: under the reporter's key, in their own cell."""
    if not text and not quoted:
        return
    vault = reports.vaults[by.cell.name]
    said = await vault.seal(by.member_id, SAID, report_id, text.encode()) if text else None
    read = await vault.seal(by.member_id, QUOTED, report_id, quoted.encode()) if quoted else None
    row = {"owner_id": by.member_id, "report_id": report_id, "said": said, "quoted": read, "made_at": now}
    await tx.run(sa.insert(ReportText).values(row))


async def _told(
    reports: Reports, by: Session, subject: Subject, reason: Reason, report_id: UUID, severity: int
) -> Told:
    who = f"{by.member_id.hex}:{subject.item_id.hex}"
    return Told(
        report_id=report_id,
        kind=subject.kind,
        item_id=subject.item_id,
        clip_id=subject.clip_id,
        reason=reason.key,
        severity=int(severity),
        child_safety=reason.child_safety,
        reporter=await reports.vaults[by.cell.name].blind_index("reporter", who),
        from_cell=by.cell.name,
    )


def _in_words(content: Content) -> str:
    return content.text or f"clip {content.video_id}"
