"""Made-up views of families: what the gallery, the preview and the tests of the look show. Nobody is meant."""

from dataclasses import replace
from datetime import timedelta

from kept.look.samples import NOW
from kept.look.views import (
    FamilyView,
    GuardianView,
    Nav,
    NewsView,
    PairingView,
    PauseView,
    Shell,
    SwitchView,
    TodayView,
    WardView,
)

KEYS = ("restricted_mode", "messages", "search", "comments", "discoverability")
_CODE = "7K3M-9QXT"
_ADDRESS = f"https://kept.example/family/join?code={_CODE}"


def switches(*on: str, locked: tuple[str, ...] = ()) -> tuple[SwitchView, ...]:
    """All switches, some of them on."""
    return tuple(SwitchView(key=key, on=key in on, locked=key in locked) for key in KEYS)


def guardian(around: Shell, *, code: bool = False) -> FamilyView:
    """A parent of two: one is paired, one waits to be confirmed; or right after asking for a code."""
    since = NOW - timedelta(days=40)
    wards = (
        WardView(handle="ava", since=since, band="teen_13_15", waiting=False, switches=switches("search"), minutes=45,
                 now_minutes=30, now_off=("search", "comments")),
        WardView(handle="pip", since=NOW - timedelta(minutes=2), band="under_13", waiting=True),
    )
    news = (NewsView(what="agreed", handle="pip", at=NOW - timedelta(minutes=2)),)
    return FamilyView(shell=replace(around, active=Nav.ME), today=TodayView(), own=switches(), own_minutes=None,
                      may_guard=True, may_be_guarded=False, may_choose_more=True, wards=() if code else wards,
                      news=() if code else news, code=_CODE if code else "", address=_ADDRESS if code else "")


def young(around: Shell) -> FamilyView:
    """A teen with a guardian, and what applies."""
    news = (NewsView(what="limits", handle="mira.makes", at=NOW - timedelta(hours=3), off=("search",), minutes=45),)
    return FamilyView(shell=replace(around, active=Nav.ME), today=TodayView(used=20, allowed=45, guarded=True),
                      own=switches("restricted_mode", locked=("search",)), own_minutes=None, may_guard=False,
                      may_be_guarded=True, may_choose_more=True, news=news,
                      guardians=(GuardianView(handle="mira.makes", since=NOW - timedelta(days=40)),))


def pairing(around: Shell) -> PairingView:
    """Before agreeing."""
    return PairingView(shell=around, handle="mira.makes", code=_CODE, switches=KEYS)


def pause(around: Shell, *, guarded: bool) -> PauseView:
    """The day is used up."""
    return PauseView(shell=around, minutes=15, guarded=guarded, may_go_on=not guarded)
