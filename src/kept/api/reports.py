"""Reports, for programs: the reasons there are, reporting, and what one has reported."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody, QueryParameter

from kept.api.bodies import LARGEST_BODY, Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.catalog import Intake, feeds, not_stored
from kept.reports import LONGEST, REASONS, About, Kind, NewReport, number_of, own_reports, report

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
After = Annotated[UUID | None, QueryParameter(description="`next_cursor` of the page before.")]


class GivenReport(Intake):
    """What is reported (a clip, a comment with its clip, a message that one was sent, or a member), and why."""

    reason: Annotated[
        str,
        feeds("report.reason"),
        msgspec.Meta(
            description="One of `GET /api/v1/reports/reasons`.", examples=["bullying.harassment"], max_length=64
        ),
    ]
    clip: Annotated[UUID | None, feeds("report.item_id"), msgspec.Meta(description="A clip.")] = None
    comment: Annotated[UUID | None, feeds("report.item_id"), msgspec.Meta(description="A comment under that clip.")] = (
        None
    )
    message: Annotated[
        UUID | None, feeds("report.item_id"), msgspec.Meta(description="A message that was sent to you.")
    ] = None
    handle: Annotated[
        str, feeds("report.about_id"), msgspec.Meta(description="A member.", max_length=64, examples=["kim.lee"])
    ] = ""
    text: Annotated[
        str, feeds("report_text.said"), msgspec.Meta(description=f"At most {LONGEST:,} characters; none under 13.")
    ] = ""
    quote: Annotated[
        bool,
        not_stored("whether the message may be read with the report"),
        msgspec.Meta(description="The reporter lets our team read the message that is reported."),
    ] = False


class ReceiptAnswer(msgspec.Struct):
    """That we have it. Whoever is reported isn't told by whom."""

    id: UUID
    number: Annotated[str, msgspec.Meta(description="What people call it.")]
    received_at: datetime
    again: Annotated[bool, msgspec.Meta(description="You had reported it before: it is the same report.")]


class ReportAnswer(msgspec.Struct):
    """One of one's own reports."""

    id: UUID
    number: str
    kind: Kind
    handle: Annotated[str, msgspec.Meta(description="Whose it is; empty when their account is gone.")]
    reason: str
    state: Annotated[str, msgspec.Meta(description="`received`: it is in the queue. Nobody has decided yet.")]
    made_at: datetime


class ReportsAnswer(msgspec.Struct):
    """The latest first."""

    reports: list[ReportAnswer]
    next_cursor: Annotated[UUID | None, msgspec.Meta(description="Ask for more with it; null at the end.")]


class ReasonAnswer(msgspec.Struct):
    """A reason: the id of a rule of the guidelines, or `illegal`."""

    reason: str


class ReportController(Controller):
    """Reports."""

    path = "/api/v1/reports"
    tags = ("reports",)

    @post(
        summary="Report something",
        operation_id="report",
        dto=Body[GivenReport],
        return_dto=None,
        security=_BEARER,
        request_max_body_size=LARGEST_BODY,
        responses=problems(401, 403, 404, 413, 422, 429, 451),
    )
    async def make(self, data: JSONBody[GivenReport], asker: GivenAsker, runtime: GivenRuntime) -> ReceiptAnswer:
        """Acknowledged at once. Reporting the same again changes nothing."""
        by = asker.member
        about = About(clip=data.clip, comment=data.comment, message=data.message, handle=data.handle)
        new = NewReport(reason=data.reason, text=data.text, quote=data.quote)
        async with by.cell.begin() as tx:
            done = await report(runtime.reports, tx, by, about, new, now=runtime.clock.now())
        return ReceiptAnswer(done.report_id, number_of(done.report_id), done.received_at, done.again)

    @get(
        summary="Your reports",
        operation_id="get_reports",
        security=_BEARER,
        responses=problems(401, 403, 451),
    )
    async def mine(self, asker: GivenAsker, runtime: GivenRuntime, cursor: After = None) -> ReportsAnswer:
        """Nobody else sees them but our teams."""
        found, following = await own_reports(runtime.reports, asker.member, after=cursor)
        answers = [
            ReportAnswer(one.report_id, one.number, one.kind, one.handle, one.reason, one.state, one.made_at)
            for one in found
        ]
        return ReportsAnswer(answers, following)

    @get("/reasons", summary="For what one can report", operation_id="get_report_reasons", responses=problems(401, 451))
    async def reasons(self, asker: GivenAsker) -> list[ReasonAnswer]:
        """Each is a rule of the community guidelines by its id; `illegal` is the law of one's country."""
        return [ReasonAnswer(reason.key) for reason in REASONS]
