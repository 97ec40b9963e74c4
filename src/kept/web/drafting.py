"""Drafts: the page of one, on which its author goes on where they left off."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from kept.accounts import Session
from kept.catalog import Intake, feeds, not_stored
from kept.edge import Asker, form_of, require_own_page, shell_of, status_of
from kept.edge.answers import lead_on, page
from kept.kit import KeptError
from kept.look import pages, paths
from kept.look.views import DraftRow, DraftView, Nav
from kept.policy import Action, Choice, Service, require
from kept.runtime import Runtime
from kept.vault import Vault
from kept.videos import (
    AUDIENCES,
    LONGEST_CAPTION,
    Draft,
    Told,
    WatchedBy,
    change_draft,
    delete_draft,
    own_draft,
    own_drafts,
    publish_draft,
)
from kept.web.commenting import CHOICES

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]


class DraftForm(Intake):
    """What is said of a draft, and what becomes of it."""

    go: Annotated[Literal["publish", "keep"], not_stored("says what becomes of it")]
    caption: Annotated[str, feeds("clip_draft.words"), msgspec.Meta(max_length=LONGEST_CAPTION)] = ""
    comments: Annotated[Choice | None, feeds("clip_draft.words")] = None
    audience: Annotated[WatchedBy | None, feeds("clip_draft.words")] = None


class DraftPages(Controller):
    """One's own drafts; nobody else's are found here."""

    path = f"{paths.DRAFTS}/{{draft_id:uuid}}"
    include_in_schema = False

    @get()
    async def show(
        self, draft_id: FromPath[UUID], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[str]:
        """The second step of the composer, as it was left. Raises NoSuchDraft, Refused."""
        require(asker.actor, Action.UPLOAD, Service())
        by = asker.member
        draft = await own_draft(by, vault_of(runtime, by), draft_id, now=runtime.clock.now())
        return page(_page(request, runtime, asker, draft))

    @post()
    async def decide(
        self, draft_id: FromPath[UUID], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[Any]:
        """Publish it, or save it as it is now. Raises NoSuchDraft, Refused."""
        require_own_page(request)
        require(asker.actor, Action.UPLOAD, Service())
        by, now = asker.member, runtime.clock.now()
        vault = vault_of(runtime, by)
        try:
            form = await form_of(request, DraftForm)
        except KeptError as error:
            draft = await own_draft(by, vault, draft_id, now=now)
            return page(_page(request, runtime, asker, draft, error=error.public), status=status_of(error))
        told = Told(caption=form.caption, comments=form.comments, audience=form.audience)
        name = runtime.beacon.pseudonym(by.member_id)
        async with by.cell.begin() as tx:
            if form.go == "publish":
                await publish_draft(tx, by, vault, draft_id, told, pseudonym=name, now=now)
            else:
                await change_draft(tx, by, vault, draft_id, told, now=now)
        return lead_on(paths.clip(str(draft_id)) if form.go == "publish" else paths.UPLOAD)

    @post("/delete")
    async def delete(
        self, draft_id: FromPath[UUID], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[bytes]:
        """Delete it, and its file. Raises NoSuchDraft."""
        require_own_page(request)
        await delete_draft(asker.member, runtime.studio.spool, draft_id)
        return lead_on(paths.UPLOAD)


def vault_of(runtime: Runtime, by: Session) -> Vault:
    """What seals a member's drafts."""
    return runtime.vaults[by.cell.name]


async def drafts_of(runtime: Runtime, by: Session) -> tuple[DraftRow, ...]:
    """A member's drafts, as the composer lists them."""
    found = await own_drafts(by, vault_of(runtime, by), now=runtime.clock.now())
    return tuple(
        DraftRow(draft_id=str(one.draft_id), caption=one.words.caption, changed_at=one.changed_at, lapses_at=one.lapses_at)
        for one in found
    )


def _page(request: AnyRequest, runtime: Runtime, asker: Asker, draft: Draft, *, error: str = "") -> str:
    words = draft.words
    view = DraftView(
        shell=shell_of(request, runtime, asker, active=Nav.MAKE),
        draft_id=str(draft.draft_id),
        changed_at=draft.changed_at,
        lapses_at=draft.lapses_at,
        caption=words.caption,
        caption_limit=LONGEST_CAPTION,
        audience=str(words.audience),
        audiences=AUDIENCES,
        comments=str(words.comments),
        choices=CHOICES,
        cut_start=words.cut.start,
        cut_end=words.cut.end,
        cover_at=words.cut.cover,
        error=error,
    )
    return pages.render_draft(view)
