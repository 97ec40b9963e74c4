"""Reporting in the browser: the sheet of reasons (two taps), one's own reports, and the form for those without an account."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from kept.accounts import COUNTRIES
from kept.catalog import Intake, feeds, not_stored
from kept.edge import Asker, RateLimit, form_of, origin_of, require_own_page, shell_of, status_of
from kept.edge.answers import lead_on
from kept.edge.answers import page as answer
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import Nav
from kept.look.views.reports import NoticeView, ReportRow, ReportsView, SheetView
from kept.policy import Action, AgeBand, Person, Relation, can
from kept.reports import (
    GROUPS,
    LONGEST,
    REASONS,
    About,
    Kind,
    NewReport,
    Notice,
    Own,
    Subject,
    give_notice,
    own_report,
    own_reports,
    report,
    subject_of,
)
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]
_NOTICES = RateLimit(per_minute=4, burst=40)

After = Annotated[UUID | None, QueryParameter(description="The last report of the page before.")]
Done = Annotated[UUID | None, QueryParameter(description="The report that was made just now.")]
Again = Annotated[bool, QueryParameter(description="It had been made before.")]
Clip = Annotated[UUID | None, QueryParameter(description="A clip.")]
Comment = Annotated[UUID | None, QueryParameter(description="A comment under it.")]
Message = Annotated[UUID | None, QueryParameter(description="A message.")]
Handle = Annotated[str, QueryParameter(description="A member.", max_length=64)]


class SheetForm(Intake):
    """The sheet: each reason is a button."""

    reason: Annotated[str, feeds("report.reason")] = ""
    clip: Annotated[UUID | None, feeds("report.item_id")] = None
    comment: Annotated[UUID | None, feeds("report.item_id")] = None
    message: Annotated[UUID | None, feeds("report.item_id")] = None
    handle: Annotated[str, feeds("report.about_id")] = ""
    text: Annotated[str, feeds("report_text.said")] = ""
    quote: Annotated[str, not_stored("whether the message may be read with the report")] = ""

    @property
    def about(self) -> About:
        """What it is about."""
        return About(clip=self.clip, comment=self.comment, message=self.message, handle=self.handle)


class NoticeForm(Intake):
    """What somebody without an account tells us (DSA Art. 16(2))."""

    place: Annotated[str, feeds("report_notice.said")] = ""
    reason: Annotated[str, feeds("report_notice.reason")] = ""
    country: Annotated[str, feeds("report_notice.country")] = ""
    why: Annotated[str, feeds("report_notice.said")] = ""
    name: Annotated[str, feeds("report_notice.said")] = ""
    email: Annotated[str, feeds("report_notice.said")] = ""
    good_faith: Annotated[str, not_stored("a notice without it is not taken")] = ""


class ReportPages(Controller):
    """The sheet, and the form."""

    path = paths.REPORT
    include_in_schema = False
    request_max_body_size = 64 * 1024

    @get()
    async def show(
        self,
        request: AnyRequest,
        runtime: GivenRuntime,
        asker: GivenAsker,
        clip: Clip = None,
        comment: Comment = None,
        message: Message = None,
        handle: Handle = "",
    ) -> Response[str]:
        """The reasons; for a visitor the form, with the address filled in. Raises as `report` does."""
        about = About(clip=clip, comment=comment, message=message, handle=handle)
        if asker.session is None or about == About():
            place = _place(about)
            form = NoticeForm(place=f"{origin_of(request, runtime.settings)}{place}" if place else "")
            return answer(pages.render_notice(_form(request, runtime, asker, form)))
        subject = await subject_of(runtime.reports, asker.session, about)
        return answer(pages.render_sheet(_sheet(request, runtime, asker, about, subject)))

    @post()
    async def make(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """Report, and lead to the acknowledgement."""
        require_own_page(request)
        by = asker.member
        form = await form_of(request, SheetForm)
        new = NewReport(reason=form.reason, text=form.text, quote=bool(form.quote))
        try:
            async with by.cell.begin() as tx:
                done = await report(runtime.reports, tx, by, form.about, new, now=runtime.clock.now())
        except KeptError as error:
            try:
                subject = await subject_of(runtime.reports, by, form.about)
            except KeptError:
                raise error from None  # there is no page on which to say it
            view = _sheet(request, runtime, asker, form.about, subject, text=form.text, error=error.public)
            return answer(pages.render_sheet(view), status=status_of(error))
        return lead_on(f"{paths.REPORTS}?done={done.report_id}{'&again=true' if done.again else ''}")

    @get("/notice")
    async def form(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[str]:
        """The form for those without an account."""
        return answer(pages.render_notice(_form(request, runtime, asker, NoticeForm())))

    @post("/notice")
    async def notice(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """Take a notice; the page shows its number. What can't be taken comes back with what was typed."""
        require_own_page(request)
        _NOTICES.take(request)
        form = await form_of(request, NoticeForm)
        given = Notice(
            place=form.place,
            reason=form.reason,
            why=form.why,
            name=form.name,
            email=form.email,
            country=form.country,
            good_faith=bool(form.good_faith),
        )
        try:
            done = await give_notice(runtime.reports, asker.cell, asker.actor, given, now=runtime.clock.now())
        except KeptError as error:
            view = _form(request, runtime, asker, form, error=error.public)
            return answer(pages.render_notice(view), status=status_of(error))
        return answer(pages.render_notice(NoticeView(shell=shell_of(request, runtime, asker), number=done.number)))


@get(paths.REPORTS, include_in_schema=False)
async def own_reports_page(
    request: AnyRequest,
    runtime: GivenRuntime,
    asker: GivenAsker,
    after: After = None,
    done: Done = None,
    again: Again = False,
) -> Response[Any]:
    """One's own reports; with `done`, the acknowledgement of one. Raises NoSuchReport."""
    if asker.session is None:
        return lead_on(paths.SIGN_IN)
    by = asker.session
    found, following = await own_reports(runtime.reports, by, after=after)
    made = None if done is None else await own_report(runtime.reports, by, done)
    young = by.band is AgeBand.UNDER_13
    someone = Person(relation=Relation.STRANGER, owner_band=AgeBand.ADULT)
    blocks = made is not None and not young and can(asker.actor, Action.BLOCK, someone).allowed
    view = ReportsView(
        shell=shell_of(request, runtime, asker, active=Nav.ME),
        reports=tuple(_row(one) for one in found),
        done=None if made is None else _row(made),
        again=again,
        block=made.handle if made and blocks else "",
        young=young,
        next_cursor=None if following is None else str(following),
    )
    return answer(pages.render_reports(view))


def _row(one: Own) -> ReportRow:
    return ReportRow(
        number=one.number, kind=one.kind, handle=one.handle, reason=one.reason, state=one.state, made_at=one.made_at
    )


def _sheet(
    request: AnyRequest,
    runtime: Runtime,
    asker: Asker,
    about: About,
    subject: Subject,
    *,
    text: str = "",
    error: str = "",
) -> SheetView:
    young = asker.band is AgeBand.UNDER_13
    given = {"clip": about.clip, "comment": about.comment, "message": about.message, "handle": about.handle or None}
    return SheetView(
        shell=shell_of(request, runtime, asker),
        kind=subject.kind,
        handle=subject.handle,
        thing=subject.shown,
        about=tuple((name, str(value)) for name, value in given.items() if value is not None),
        groups=GROUPS,
        back=paths.HOME if young else _back(about, subject),
        asks=subject.kind is Kind.MESSAGE,
        young=young,
        longest=LONGEST,
        text=text,
        error=error,
    )


def _back(about: About, subject: Subject) -> str:
    if subject.kind is Kind.MESSAGE:
        return paths.conversation(subject.handle or str(subject.about_id))
    return _place(about)


def _place(about: About) -> str:
    """The address of what everybody may see."""
    if about.clip is not None:
        clip = str(about.clip)
        return paths.clip(clip) if about.comment is None else paths.comment(clip, str(about.comment))
    return paths.profile(about.handle.removeprefix("@")) if about.handle else ""


def _form(request: AnyRequest, runtime: Runtime, asker: Asker, form: NoticeForm, *, error: str = "") -> NoticeView:
    return NoticeView(
        shell=shell_of(request, runtime, asker),
        reasons=tuple(reason.key for reason in REASONS),
        countries=tuple(sorted(COUNTRIES.items(), key=lambda pair: pair[1])),
        place=form.place,
        reason=form.reason,
        why=form.why,
        name=form.name,
        email=form.email,
        country=form.country,
        error=error,
    )
