"""Guardians and young people, and one's own time, in the browser. Plain forms that go back to the page."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from kept.accounts import SWITCHES, Session, named, watched
from kept.catalog import Intake, feeds, not_stored
from kept.cells import Tx
from kept.edge import Asker, form_of, origin_of, require_own_page, shell_of
from kept.edge.answers import json_text, lead_on, page
from kept.look import pages, paths
from kept.look.views import (
    FamilyView,
    GuardianView,
    Nav,
    NewsView,
    PairingView,
    PauseView,
    SwitchView,
    TodayView,
    WardView,
)
from kept.look.words import translator
from kept.policy import Action, AgeBand, Limit, can
from kept.policy import Family as Ties
from kept.runtime import Runtime
from kept.youth import (
    MORE_MINUTES,
    PairState,
    WardLine,
    agree,
    choose,
    confirm,
    family_of,
    give_more,
    go_on,
    offer_code,
    seen,
    set_limits,
    unpair,
)

AnyRequest = Request[Any, Any, State]
GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]
Of = Annotated[str, QueryParameter(description="The guardian's name.", max_length=80)]
Code = Annotated[str, QueryParameter(description="The guardian's code.", max_length=24)]


class FamilyForm(Intake):
    """The form of every button and card of the page."""

    handle: Annotated[str, feeds("ward.other_id")] = ""
    off: Annotated[list[str], feeds("guarded_by.switched_off")] = msgspec.field(default_factory=list)
    minutes: Annotated[str, feeds("guarded_by.minutes")] = ""
    over: Annotated[str, feeds("ward.taken_over")] = ""


class JoinForm(Intake):
    """A young person's yes."""

    handle: Annotated[str, feeds("guardian.other_id")] = ""
    code: Annotated[str, not_stored("held against the hash of the guardian's code, then forgotten")] = ""


class FamilyController(Controller):
    """The page and its forms."""

    path = paths.FAMILY
    include_in_schema = False

    @get()
    async def show(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """Who belongs to the family, what applies, and what happened. Raises Refused."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.FAMILY}")
        return page(pages.render_family(await _view(request, runtime, asker, asker.session)))

    @get("/join")
    async def ask_to_join(
        self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker, of: Of = "", code: Code = ""
    ) -> Response[Any]:
        """What it means to have a guardian. Asks nothing of the code, so it tells nobody whether it is good."""
        if asker.session is None:
            return lead_on(f"{paths.SIGN_IN}?next={paths.FAMILY}")
        if not can(asker.actor, Action.PAIR_AS_YOUNG, Ties()) or not of:
            return lead_on(paths.FAMILY)
        return page(pages.render_pairing(_join_view(request, runtime, asker, of, code)))

    @post("/join")
    async def join(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[Any]:
        """Agree. Raises Refused, NoSuchMember, NotYourself, TooManyGuardians, TooManyCodes."""
        require_own_page(request)
        by = asker.member
        form = await form_of(request, JoinForm)
        async with by.cell.begin() as tx:
            state = await agree(runtime.youth, tx, by, form.handle, form.code, now=runtime.clock.now())
        if state is not PairState.ENDED:
            return lead_on(paths.FAMILY)
        view = _join_view(request, runtime, asker, form.handle, "", error="family.join.wrong")
        return page(pages.render_pairing(view), status=422)

    @post("/minute")
    async def minute(self, request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker) -> Response[bytes]:
        """A minute of watching; answers whether the day is used up."""
        require_own_page(request)
        by = asker.member
        await watched(by, now=runtime.clock.now())
        return json_text('{"over":true}' if by.today.is_over else '{"over":false}')

    @post("/{what:str}")
    async def act(
        self, what: FromPath[str], request: AnyRequest, runtime: GivenRuntime, asker: GivenAsker
    ) -> Response[Any]:
        """Do something in the family. Raises NoSuchPairing, NoSuchMember, Refused, BadMinutes, NotFoundException."""
        require_own_page(request)
        if what not in ACTS:
            raise NotFoundException
        by = asker.member
        form = await form_of(request, FamilyForm)
        async with by.cell.begin() as tx:
            code = await _act(runtime, tx, by, what, form)
        if code:
            return page(pages.render_family(await _view(request, runtime, asker, by, code=code)))
        return lead_on(paths.HOME if what == "on" else paths.FAMILY)


ACTS = frozenset({"code", "confirm", "end", "limits", "more", "own", "on"})


async def _act(runtime: Runtime, tx: Tx, by: Session, what: str, form: FamilyForm) -> str:
    """Do it; the new code, if it made one."""
    youth, now, minutes = runtime.youth, runtime.clock.now(), _number(form.minutes)
    if what == "code":
        return await offer_code(youth, tx, by, now=now)
    if what == "own":
        await choose(tx, by, named(form.off), minutes, now=now)
    elif what == "on":
        await go_on(tx, by, now=now)
    elif what == "limits":
        over = [int(one) for one in form.over.split(",") if one.isdecimal()]
        await set_limits(youth, tx, by, form.handle, named(form.off), minutes, over=over, now=now)
    else:
        verb = {"confirm": confirm, "end": unpair, "more": give_more}[what]
        await verb(youth, tx, by, form.handle, now=now)
    return ""


def pause_page(request: AnyRequest, runtime: Runtime, asker: Asker) -> str:
    """What stands where a feed would, when the day is used up."""
    mine = asker.member
    free = not mine.today.guarded and mine.band is not AgeBand.UNDER_13
    shell = shell_of(request, runtime, asker, active=Nav.HOME)
    return pages.render_pause(PauseView(shell=shell, minutes=MORE_MINUTES, guarded=mine.today.guarded, may_go_on=free))


async def _view(request: AnyRequest, runtime: Runtime, asker: Asker, mine: Session, *, code: str = "") -> FamilyView:
    family, now = await family_of(runtime.youth, mine), runtime.clock.now()
    async with mine.cell.begin() as tx:
        await seen(tx, mine, now=now)
    address = origin_of(request, runtime.settings) + paths.family_join(mine.handle, code)
    may_guard = mine.band is AgeBand.ADULT
    return FamilyView(
        shell=shell_of(request, runtime, asker, active=Nav.ME, told=False),
        today=TodayView(used=mine.today.used, allowed=mine.today.allowed, guarded=mine.today.guarded),
        own=_switches(mine.limits.chosen, locked=mine.limits.switched_off(mine.band) - mine.limits.chosen),
        own_minutes=mine.limits.chosen_minutes,
        may_guard=may_guard,
        may_be_guarded=not may_guard,
        may_choose_more=mine.band is not AgeBand.UNDER_13,
        guardians=tuple(
            GuardianView(handle=one.handle, since=one.since, waiting=one.state is PairState.ASKED)
            for one in family.guardians
        ),
        wards=tuple(map(_ward, family.wards)),
        news=tuple(
            NewsView(what=one.what, handle=one.handle, at=one.at, off=_keys(one.off), minutes=one.minutes)
            for one in family.news
        ),
        code=code,
        address=address if code else "",
        minutes=MORE_MINUTES,
    )


def _ward(one: WardLine) -> WardView:
    """A card. Where limits of former guardians still hold, the switches show them too, so that saving keeps them."""
    takes_over = bool(one.left)
    shown = one.mine.off | one.force.off if takes_over else one.mine.off
    minutes = one.force.minutes if takes_over else one.mine.minutes
    stricter = one.arrived and one.force != one.mine
    return WardView(
        handle=one.handle,
        since=one.since,
        band=one.band.value,
        waiting=one.state is PairState.ASKED,
        switches=_switches(shown),
        minutes=minutes,
        over=",".join(str(pairing) for pairing in sorted(one.left)),
        left=takes_over,
        arrived=one.arrived,
        now_minutes=one.force.minutes if stricter else None,
        now_off=_keys(one.force.off) if stricter else (),
    )


def _join_view(
    request: AnyRequest, runtime: Runtime, asker: Asker, handle: str, code: str, *, error: str = ""
) -> PairingView:
    shell = shell_of(request, runtime, asker)
    sentence = str(translator(shell.language)(error)) if error else ""
    name = handle.strip().removeprefix("@").lower()
    return PairingView(shell=shell, handle=name, code=code, switches=_keys(SWITCHES), error=sentence)


def _switches(off: Iterable[Limit], *, locked: Iterable[Limit] = ()) -> tuple[SwitchView, ...]:
    on, fixed = frozenset(off), frozenset(locked)
    return tuple(SwitchView(key=one.value, on=one in on, locked=one in fixed) for one in SWITCHES)


def _keys(limits: Iterable[Limit]) -> tuple[str, ...]:
    known = frozenset(limits)
    return tuple(limit.value for limit in SWITCHES if limit in known)


def _number(text: str) -> int | None:
    """Minutes of a form; what is no number is refused by the verb."""
    if not text.strip():
        return None
    return int(text) if text.isdecimal() and len(text) < 6 else -1
