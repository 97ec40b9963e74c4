"""One's own data, for people with a browser: the requests, asking for a copy or deletion, following one without an account."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from kept.accounts import Session, ways_in
from kept.catalog import Intake, not_stored
from kept.edge import FOR_EVERY_VERSION, Asker, RateLimit, clear_cookie, form_of, require_own_page, shell_of
from kept.edge.answers import PRIVATE, lead_on, page
from kept.edge.passkeys import ask_for_passkey, relying_party
from kept.jobs import progress_of
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import FollowView, Nav, RequestView, RightsView
from kept.policy import Standing
from kept.rights import (
    COPY_DAYS,
    Channel,
    Kind,
    NoSuchRequest,
    NotReady,
    ask,
    call_off,
    followed,
    open_copy,
    own_request,
    requests_of,
    ticket_for,
)
from kept.rights import Request as Asked
from kept.rights import State as Ready
from kept.runtime import Runtime
from kept.web.outcomes import grouped
from kept.web.proving import prove

AnyRequest = Request[Any, Any, State]

_FOLLOWS = RateLimit(per_minute=30, burst=60)


class ProofForm(Intake):
    """Showing again who one is, before a copy is made or given out."""

    password: Annotated[str, not_stored("checked against its hash, then forgotten")] = ""
    credential: Annotated[str, not_stored("checked against the passkey's public half, then forgotten")] = ""


class DeletionForm(ProofForm):
    """The same, before everything goes."""

    grace: Annotated[str, not_stored("decides when the erasure begins")] = "default"


class FollowForm(Intake):
    """The number and secret of a request."""

    code: Annotated[str, not_stored("compared with its hash, then forgotten")] = ""


class RightsPages(Controller):
    """Settings: your data. Open to whoever has an account, in whatever country and standing."""

    path = paths.RIGHTS
    opt = FOR_EVERY_VERSION
    include_in_schema = False
    request_max_body_size = 64 * 1024

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """The member's requests, and the forms for new ones."""
        if anybody.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.RIGHTS}")
        return page(pages.render_rights(await _view(request, runtime, anybody, anybody.session)))

    @post("/passkey-options")
    async def options(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """A challenge for a passkey, for the page's module."""
        require_own_page(request)
        _ = anybody.member
        await form_of(request, DeletionForm)
        return ask_for_passkey(request, runtime)

    @post("/copy")
    async def access(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """Ask for a copy."""
        require_own_page(request)
        form, mine = await form_of(request, ProofForm), anybody.member
        if wrong := await _unproved(request, runtime, anybody, "access", form):
            return wrong
        async with mine.cell.begin() as tx:
            await ask(tx, mine, Kind.ACCESS, now=runtime.clock.now())
        return lead_on(paths.RIGHTS)

    @post("/deletion")
    async def deletion(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """Ask to be deleted. Every session ends; the page shows the code to follow it by."""
        require_own_page(request)
        form, mine = await form_of(request, DeletionForm), anybody.member
        if wrong := await _unproved(request, runtime, anybody, "deletion", form):
            return wrong
        async with mine.cell.begin() as tx:
            taken = await ask(tx, mine, Kind.DELETION, now=runtime.clock.now(), at_once=form.grace == "none")
        found = await followed(runtime.cells, taken.request_id, taken.secret)
        shell = shell_of(request, runtime, replace(anybody, session=None), active=Nav.ME)
        code = f"{taken.request_id}.{taken.secret}"
        view = FollowView(shell=shell, request=await seen(found, shell.language), code=code, fresh=True)
        return page(pages.render_follow(view), cookies=[clear_cookie(runtime.settings)])

    @post("/{request_id:uuid}/call-off")
    async def keep(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        anybody: NamedDependency[Asker],
        request_id: FromPath[UUID],
    ) -> Response[Any]:
        """Keep the account."""
        require_own_page(request)
        mine = anybody.member
        async with mine.cell.begin() as tx:
            await call_off(tx, mine, request_id, now=runtime.clock.now())
        return lead_on(paths.RIGHTS)

    @post("/{request_id:uuid}/download")
    async def download(
        self,
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        anybody: NamedDependency[Asker],
        request_id: FromPath[UUID],
    ) -> Response[Any] | Stream:
        """The copy, after the password was given again."""
        require_own_page(request)
        form, mine, now = await form_of(request, ProofForm), anybody.member, runtime.clock.now()
        found = await own_request(mine, request_id)
        if wrong := await _unproved(request, runtime, anybody, f"download-{request_id}", form):
            return wrong
        size, pieces = await open_copy(runtime, await ticket_for(runtime.accounts, found, now=now), now=now)
        return archive_of(size, pieces, f"{runtime.settings.site.name.lower()}-{mine.handle}")


class FollowPages(Controller):
    """A request by its code: number and secret, with a dot between them."""

    path = paths.FOLLOW
    opt = FOR_EVERY_VERSION
    include_in_schema = False

    @get()
    async def show(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
    ) -> Response[Any]:
        """What has become of it; without a code, the form that asks for one."""
        code = request.query_params.get("code", "")
        shell = shell_of(request, runtime, anybody, active=Nav.ME)
        if not code:
            return page(pages.render_follow(FollowView(shell=shell)))
        _FOLLOWS.take(request)
        try:
            found = await _by_code(runtime, code)
        except NoSuchRequest as error:
            return page(pages.render_follow(FollowView(shell=shell, code=code, error=error.public)), status=404)
        view = FollowView(
            shell=shell, request=await seen(found, shell.language), code=code, may_download=_may_download(found)
        )
        return page(pages.render_follow(view))

    @post("/{request_id:uuid}/download")
    async def download(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], request_id: FromPath[UUID]
    ) -> Response[Any] | Stream:
        """The copy, for whoever was verified without a session. Raises NoSuchRequest, NotReady."""
        require_own_page(request)
        _FOLLOWS.take(request)
        form, now = await form_of(request, FollowForm), runtime.clock.now()
        found = await _by_code(runtime, form.code)
        if found.request_id != request_id or found.verified_by == "session":
            raise NoSuchRequest
        return archive_of(*await open_copy(runtime, await ticket_for(runtime.accounts, found, now=now), now=now), "my-data")

    @get("/{request_id:uuid}/receipt")
    async def receipt(
        self, request: AnyRequest, runtime: NamedDependency[Runtime], request_id: FromPath[UUID]
    ) -> Response[Any]:
        """The signed receipt, as a file."""
        _FOLLOWS.take(request)
        found = await _by_code(runtime, request.query_params.get("code", ""))
        if found.request_id != request_id or not found.receipt:
            raise NotReady(state=found.state.value)
        name = f'attachment; filename="kept-receipt-{request_id}.txt"'
        return Response(found.receipt, media_type="text/plain", headers=PRIVATE | {"content-disposition": name})


def archive_of(size: int, pieces: AsyncIterator[bytes], name: str) -> Stream:
    """The archive as a file."""
    told = {"content-disposition": f'attachment; filename="{name}.zip"', "content-length": str(size)}
    return Stream(pieces, media_type="application/zip", headers=PRIVATE | told, status_code=200)


def _may_download(found: Asked) -> bool:
    """Whether the secret is enough: whoever has an account shows its credential instead."""
    return found.state is Ready.READY and found.verified_by != "session"


async def _by_code(runtime: Runtime, code: str) -> Asked:
    number, _, secret = code.strip().partition(".")
    try:
        return await followed(runtime.cells, UUID(number), secret)
    except ValueError:
        raise NoSuchRequest from None


async def _unproved(
    request: AnyRequest, runtime: Runtime, anybody: Asker, at: str, form: ProofForm
) -> Response[Any] | None:
    """The page once more, with what is wrong beside the form `at`; nothing, if the form has shown who it is."""
    try:
        await prove(request, runtime, anybody.member, form.password, form.credential)
    except KeptError as error:
        view = await _view(request, runtime, anybody, anybody.member)
        return page(pages.render_rights(replace(view, error=error.public, error_at=at)), status=error.kind.value)
    return None


async def _view(request: AnyRequest, runtime: Runtime, anybody: Asker, mine: Session) -> RightsView:
    ways = await ways_in(mine)
    by_passkey = ways.passkey and relying_party(request, runtime.settings) is not None
    shell = shell_of(request, runtime, anybody, active=Nav.ME)
    return RightsView(
        shell=shell,
        requests=tuple([await seen(one, shell.language) for one in await requests_of(mine)]),
        leaving=mine.actor.standing is Standing.CLOSING,
        has_password=ways.password,
        passkey_options=paths.RIGHTS_OPTIONS if by_passkey else "",
    )


async def seen(one: Asked, language: str) -> RequestView:
    """A request as its page shows it."""
    jobs = await progress_of(one.cell, one.round_id)
    return RequestView(
        request_id=str(one.request_id),
        kind=one.kind,
        state=one.state,
        asked_at=one.asked_at,
        due_at=one.due_at,
        grace_until=one.grace_until,
        answered_at=one.answered_at,
        expires_at=one.answered_at + timedelta(days=COPY_DAYS) if one.answered_at else None,
        percent=jobs[-1].percent if jobs else 0,
        outcomes=grouped(one.outcomes, language) if one.kind is Kind.DELETION else (),
        has_receipt=bool(one.receipt),
        by_code=one.channel in (Channel.FORM, Channel.EMAIL, Channel.AGENT),
        ground=one.ground,
        extended=one.extended_why,
    )
