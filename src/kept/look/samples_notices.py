"""Made-up views of notices, for the preview and the tests of the look. Nobody is meant."""

from dataclasses import replace
from datetime import timedelta

from kept.look import paths
from kept.look.samples import NOW, card
from kept.look.views import AuthorView, Choice, Nav, NoticeGroup, NoticeRow, NoticeSettingsView, NoticesView, Shell

_CLIP = paths.clip(card(0).clip_id)


def _row(kind: str, hours: float, handle: str = "", **more: object) -> NoticeRow:
    author = AuthorView(handle=handle) if handle else None
    href = paths.profile(handle) if handle and "poster" not in more else _CLIP
    made = NoticeRow(href=href, kind=kind, at=NOW - timedelta(hours=hours), new=False, author=author)
    return replace(made, **more)  # type: ignore[arg-type]


def notices(around: Shell, *, nothing: bool = False) -> NoticesView:
    """What a member is told: one of every kind."""
    first, second, third = card(0).poster, card(1).poster, card(2).poster
    said = "That blue! How long does the second firing take, and what do you do if it comes out grey?"
    day = (
        _row("asked", 0.1, "noor", new=True, waits=True),
        _row("commented", 0.4, "tidepool", new=True, said=said, poster=first),
        _row("liked", 0.7, new=True, count=12_400, poster=first),
        _row("mentioned", 3, "marco_bikes", said="@lena.makes knows how that is done.", poster=second),
        _row("published", 8, poster=first),
    )
    week = (
        _row("accepted", 40, "workshop42"),
        _row("answered", 60, "ana.banana", said="¡Sí, a diario!", poster=third),
        _row("comment_liked", 70, count=1, poster=second),
        _row("followed", 90, "kiln.critic"),
    )
    stopped = "A check before publication stopped this clip. Only you can see it."
    earlier = (
        _row("mentioned", 300, "noor", on_clip=True, poster=second),
        _row("held", 400, reason=stopped, poster=third),
        _row("failed", 500, reason="This file has no moving picture. Send a video, not a sound or a photo."),
    )
    groups = (("day", day), ("week", week), ("earlier", earlier))
    found = () if nothing else tuple(NoticeGroup(when=when, notices=rows) for when, rows in groups)
    return NoticesView(
        shell=replace(around, active=Nav.NOTICES), groups=found, next_cursor=None if nothing else "more"
    )


def settings(around: Shell, *, young: bool = False) -> NoticeSettingsView:
    """A member's choices about what they are told."""
    places = ("New York", "Chicago", "Denver", "Los Angeles")
    return NoticeSettingsView(
        shell=replace(around, active=Nav.NOTICES),
        topics=(("people", True), ("likes", False), ("comments", True), ("mentions", True)),
        mentions="friends" if young else "everyone",
        choices=("everyone", "friends", "nobody"),
        may_be_woken=not young,
        quiet=True,
        zone="" if young else "America/Denver",
        zones=() if young else tuple(Choice(value=f"America/{name.replace(' ', '_')}", text=name) for name in places),
    )
