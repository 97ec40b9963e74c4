"""One clip: its page, its state while it is processed, a fresh address for its file, and its deletion."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from kept.catalog import Intake, feeds
from kept.edge import Asker, form_of, origin_of, require_own_page, shell_of
from kept.edge.answers import PRIVATE, lead_on, page
from kept.likes import Likes, like, likes_now, likes_of, unlike
from kept.look import pages, paths
from kept.look.formats import compact, full
from kept.look.views import ClipView, ConfirmView
from kept.policy import Action, Clip, Relation, can
from kept.runtime import Runtime
from kept.videos import (
    POSTER,
    NoSuchVideo,
    SeenVideo,
    VideoState,
    WatchedBy,
    best_file,
    choose_audience,
    sentence,
    visible_video,
    withdraw,
)
from kept.web.cards import address_of, my_clip, seen_card, state_of

AnyRequest = Request[Any, Any, State]


class Told(msgspec.Struct):
    """Where one's own clip is, for the page that waits for it."""

    state: str
    reason: str
    seconds_left: float | None = None


class LikesTold(msgspec.Struct):
    """How many like a clip, as it is written on a page; whether the one who asks does."""

    count: int | None
    short: str
    full: str
    mine: bool


class LikeForm(Intake):
    """The heart. `wants` is empty to take a like back."""

    wants: Annotated[str, feeds("liked.clip_id")] = ""


class AudienceForm(Intake):
    """Who may watch one's own clip."""

    audience: Annotated[WatchedBy, feeds("video.audience")]


class ClipController(Controller):
    """Clips, each at its own address."""

    path = "/clips/{clip_id:uuid}"
    include_in_schema = False

    @get()
    async def show(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        asker: NamedDependency[Asker],
    ) -> Response[str]:
        """The clip; for its author in every state. Raises NoSuchVideo."""
        video = await _seen(clip_id, asker)
        mine = my_clip(video, await state_of(video, asker), asker, runtime) if video.own else None
        shell = shell_of(request, runtime, asker)
        site = origin_of(request, runtime.settings) if asker.session is None else ""  # who draws cards of links is a visitor
        card = await seen_card(video, asker, runtime)
        return page(pages.render_clip(ClipView(shell=shell, card=card, mine=mine, site=site)))

    @get("/state")
    async def state(self, clip_id: FromPath[UUID], asker: NamedDependency[Asker]) -> Response[Told]:
        """Where one's own clip is. Raises NoSuchVideo, also for somebody else's."""
        video = await visible_video(asker.viewer, clip_id)
        if not video.own:
            raise NoSuchVideo
        return Response(Told(await state_of(video, asker), sentence(video.reason)), headers=PRIVATE)

    @get("/media")
    async def media(
        self, clip_id: FromPath[UUID], runtime: NamedDependency[Runtime], asker: NamedDependency[Asker]
    ) -> Redirect:
        """A fresh address of the file, for a card whose address has lapsed. Raises NoSuchVideo."""
        video = await _seen(clip_id, asker)
        if not video.playable:
            raise NoSuchVideo
        address = address_of(video, best_file(video.files), asker, runtime)
        return Redirect(address, status_code=302, headers=PRIVATE)

    @get("/likes")
    async def likes(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        asker: NamedDependency[Asker],
    ) -> Response[LikesTold]:
        """How many like the clip, for a page that is open. Raises NoSuchVideo."""
        await _seen(clip_id, asker)
        found = (await likes_of(asker.cell, [clip_id], asker.member_id))[clip_id]
        return Response(_told(found, shell_of(request, runtime, asker).language), headers=PRIVATE)

    @post("/like")
    async def like(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        asker: NamedDependency[Asker],
    ) -> Response[Any]:
        """Like the clip, or take that back, as the form says. Raises NoSuchVideo, Refused."""
        require_own_page(request)
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.clip(str(clip_id))}")
        form = await form_of(request, LikeForm)
        async with asker.session.cell.begin() as tx:
            if form.wants:
                await like(tx, asker.session, clip_id, pace=runtime.like_pace, now=runtime.clock.now())
            else:
                await unlike(tx, asker.session, clip_id, now=runtime.clock.now())
        if "application/json" in request.headers.get("accept", ""):
            found = await likes_now(asker.cell, clip_id, asker.session.member_id)
            return Response(_told(found, shell_of(request, runtime, asker).language), headers=PRIVATE, status_code=200)
        return lead_on(paths.clip(str(clip_id)))

    @post("/audience")
    async def choose(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        asker: NamedDependency[Asker],
    ) -> Response[bytes]:
        """Choose who may watch one's own clip. Raises NoSuchVideo, Refused."""
        require_own_page(request)
        by = asker.member
        form = await form_of(request, AudienceForm)
        async with by.cell.begin() as tx:
            await choose_audience(tx, by, clip_id, form.audience, now=runtime.clock.now())
        return lead_on(paths.clip(str(clip_id)))

    @get("/delete")
    async def ask(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        asker: NamedDependency[Asker],
    ) -> Response[str]:
        """Ask once more. Raises NoSuchVideo."""
        video = await _own(clip_id, asker)
        view = ConfirmView(
            shell=shell_of(request, runtime, asker),
            kind="delete-clip",
            thing=video.caption,
            action=paths.clip_delete(str(clip_id)),
            back=paths.clip(str(clip_id)),
            poster=address_of(video, POSTER, asker, runtime) if video.has_poster else "",
        )
        return page(pages.render_confirm(view))

    @post("/delete")
    async def delete(
        self,
        clip_id: FromPath[UUID],
        request: AnyRequest,
        runtime: NamedDependency[Runtime],
        asker: NamedDependency[Asker],
    ) -> Response[bytes]:
        """Take one's own clip away, everywhere. Raises NoSuchVideo, Refused."""
        require_own_page(request)
        by = asker.member
        async with by.cell.begin() as tx:
            pseudonym = runtime.beacon.pseudonym(by.member_id)
            await withdraw(tx, clip_id, by=by, pseudonym=pseudonym, now=runtime.clock.now())
        return lead_on(paths.ME)


def _told(found: Likes, language: str) -> LikesTold:
    if found.count is None:
        return LikesTold(None, "", "", found.mine)
    return LikesTold(found.count, compact(found.count, language), full(found.count, language), found.mine)


async def _seen(clip_id: UUID, asker: Asker) -> SeenVideo:
    video = await visible_video(asker.viewer, clip_id)
    if video.state is VideoState.WITHDRAWN:
        raise NoSuchVideo
    return video


async def _own(clip_id: UUID, asker: Asker) -> SeenVideo:
    video = await _seen(clip_id, asker)
    if not video.own or not can(asker.actor, Action.DELETE_CLIP, Clip(relation=Relation.OWN)):
        raise NoSuchVideo
    return video
