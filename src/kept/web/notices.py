"""What a member is told, in the browser: the list, which is seen by opening it, and their choices."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from kept.catalog import Intake, feeds
from kept.edge import Asker, form_of, require_own_page, shell_of, status_of
from kept.edge.answers import lead_on
from kept.edge.answers import page as answer
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import (
    AuthorView,
    Choice,
    Nav,
    NoticeGroup,
    NoticeRow,
    NoticeSettingsView,
    NoticesView,
)
from kept.notices import (
    CHOSEN,
    Choices,
    Kind,
    SeenNotice,
    choices_of,
    choose,
    mark_seen,
    may_be_woken,
    page,
    zones_of,
)
from kept.policy import Choice as Whose
from kept.runtime import Runtime
from kept.videos import POSTER, sentence
from kept.web.commenting import CHOICES

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]
After = Annotated[str | None, QueryParameter(description="Where the page before ended.", max_length=100)]

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class NoticeForm(Intake):
    """The switches, and whose mentions are told."""

    people: Annotated[str, feeds("notice_choices.off")] = ""
    likes: Annotated[str, feeds("notice_choices.off")] = ""
    comments: Annotated[str, feeds("notice_choices.off")] = ""
    mentions: Annotated[str, feeds("notice_choices.off")] = ""
    whose: Annotated[Whose, feeds("notice_choices.mentions")] = Whose.EVERYONE
    quiet: Annotated[str, feeds("notice_choices.quiet")] = ""
    zone: Annotated[str, feeds("notice_choices.zone"), msgspec.Meta(max_length=64)] = ""


class NoticePages(Controller):
    """Notices."""

    path = paths.NOTICES
    include_in_schema = False

    @get()
    async def show(
        self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, after: After = None
    ) -> Response[Any]:
        """Some of them; whoever opens the first page has seen what is new. Raises Refused, BadCursor."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.NOTICES}")
        reader, now = asker.session, runtime.clock.now()
        found = await page(reader, after=after, now=now)
        if any(one.new for one in found.notices):
            async with reader.cell.begin() as tx:
                await mark_seen(tx, reader, now=now)
        rows = [(_age(one.told_at, now), _row(one, asker, runtime)) for one in found.notices]
        groups = tuple(
            NoticeGroup(when=when, notices=tuple(row for _, row in some))
            for when, some in groupby(rows, lambda r: r[0])
        )
        shell = shell_of(request, runtime, asker, active=Nav.NOTICES)
        return answer(pages.render_notices(NoticesView(shell=shell, groups=groups, next_cursor=found.next_cursor)))

    @get("/settings")
    async def settings(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """How it is. Raises Refused."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.NOTICE_SETTINGS}")
        return answer(_settings(request, runtime, asker, await choices_of(asker.session)))

    @post("/settings")
    async def choose(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """Store it; what can't be chosen comes back with what is wrong. Raises Refused."""
        require_own_page(request)
        by, now = asker.member, runtime.clock.now()
        form = await form_of(request, NoticeForm)
        off = frozenset(topic for topic in CHOSEN if not getattr(form, topic))
        wanted = Choices(off, form.whose, bool(form.quiet), form.zone)
        try:
            async with by.cell.begin() as tx:
                await choose(tx, by, wanted, now=now)
        except KeptError as error:
            html = _settings(request, runtime, asker, wanted, error=error.public)
            return answer(html, status=status_of(error))
        return lead_on(paths.NOTICE_SETTINGS)


def _settings(request: AnyRequest, runtime: Runtime, asker: Asker, chosen: Choices, *, error: str = "") -> str:
    reader = asker.member
    zones = zones_of(reader.country)
    view = NoticeSettingsView(
        shell=shell_of(request, runtime, asker, active=Nav.NOTICES),
        topics=tuple((str(topic), topic not in chosen.off) for topic in CHOSEN),
        mentions=str(chosen.mentions),
        choices=CHOICES,
        may_be_woken=may_be_woken(reader),
        quiet=chosen.quiet,
        zone=chosen.zone,
        zones=tuple(Choice(value=name, text=_place(name)) for name in zones) if len(zones) > 1 else (),
        error=error,
    )
    return pages.render_notice_settings(view)


def _place(zone: str) -> str:
    """A zone by the place that it is called after."""
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ")


def _age(at: datetime, now: datetime) -> str:
    """How long ago, in the three groups of the page: nothing is known of the reader's clock, so no day is named."""
    return "day" if now - at < _DAY else "week" if now - at < _WEEK else "earlier"


def _row(one: SeenNotice, asker: Asker, runtime: Runtime) -> NoticeRow:
    return NoticeRow(
        href=_href(one),
        kind=str(one.kind),
        at=one.told_at,
        new=one.new,
        author=None if one.handle is None else AuthorView(handle=one.handle),
        count=one.amount,
        said=one.said,
        reason=sentence(one.reason) if one.own_clip and one.kind in (Kind.HELD, Kind.FAILED, Kind.WITHDRAWN) else "",
        poster=_poster(one, asker, runtime),
        waits=one.waits,
        on_clip=one.comment_id is None,
    )


def _href(one: SeenNotice) -> str:
    """Where one tap leads: the comment, the clip, or the person."""
    if one.clip_id is not None:
        here = str(one.clip_id)
        return paths.clip(here) if one.comment_id is None else paths.comment(here, str(one.comment_id))
    return paths.NOTICES if one.handle is None else paths.profile(one.handle)


def _poster(one: SeenNotice, asker: Asker, runtime: Runtime) -> str:
    """The picture of a clip that is published; of what is not, by its author's own address."""
    if one.home is None or one.clip_id is None:
        return ""
    addresses, now = runtime.studio.addresses, runtime.clock.now()
    if one.own_clip and one.kind in (Kind.HELD, Kind.FAILED):
        return addresses.own_address(one.home, one.clip_id, POSTER, now=now)
    return addresses.address(one.home, one.clip_id, POSTER, viewer_cell=asker.cell.name, now=now)
