"""Made-up views of comments, for the preview and the tests of the look. Nobody is meant."""

from dataclasses import replace
from datetime import timedelta

from kept.look.samples import NOW, card
from kept.look.views import (
    AuthorView,
    CommentSettingsView,
    CommentsView,
    CommentView,
    HeldRow,
    HeldView,
    Nav,
    Shell,
)

_SAID = (
    ("lena.makes", "The recipe is in the caption of the first one. Ask if it does not melt.", 12, 3),
    ("tidepool", "That blue! How long does the second firing take?", 48, 2),
    ("marco_bikes", "I would have given up at the first crack.", 3, 0),
    ("ana.banana", "¿Se puede usar a diario o es solo para mirar?", 1, 0),
    ("noor", "Sunday can't come soon enough \U0001f64c", 0, 0),
)
_CHOICES = ("everyone", "friends", "nobody")


def _comment(number: int, **changes: object) -> CommentView:
    handle, text, likes, replies = _SAID[number]
    made = CommentView(
        comment_id=f"0195a1e0-0000-7000-8001-{number:012}",
        author=AuthorView(handle=handle),
        text=text,
        written_at=NOW - timedelta(minutes=7 + 50 * number),
        likes=likes,
        liked=number == 1,
        pinned=number == 0,
        by_author=number == 0,
        replies=replies,
        may_delete=True,
        may_pin=True,
        may_reply=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def comments(around: Shell, **changes: object) -> CommentsView:
    """The comments of a clip, as its owner sees them."""
    clip = card(0)
    made = CommentsView(
        shell=around,
        clip_id=clip.clip_id,
        author=clip.author,
        comments=tuple(_comment(number) for number in range(len(_SAID))),
        poster=clip.poster,
        caption=clip.caption,
        count=len(_SAID) + 5,
        next_cursor="more",
        may_write=around.viewer is not None,
        key="0" * 32,
        choice="everyone",
        choices=_CHOICES,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def unsure(around: Shell) -> CommentsView:
    """Somebody is asked whether they are sure."""
    return comments(around, unsure=True, draft="What an ugly thing, and you are stupid", choice="", choices=())


def empty(around: Shell) -> CommentsView:
    """Nobody said anything yet, and the viewer may not."""
    closed = "You can't comment on this clip: its author has closed comments, or keeps them for friends."
    return comments(
        around, comments=(), next_cursor=None, count=0, may_write=False, closed=closed, choice="", choices=()
    )


def thread(around: Shell) -> CommentsView:
    """One comment and what answers it."""
    answers = tuple(_comment(number, may_reply=False, may_pin=False, pinned=False, replies=0) for number in (0, 4))
    return comments(around, parent=_comment(1), comments=answers, next_cursor=None)


def held(around: Shell, *, nothing: bool = False) -> HeldView:
    """What waits for a member."""
    rows = tuple(
        HeldRow(
            comment_id=f"0195a1e0-0000-7000-8002-{number:012}",
            clip_id=card(0).clip_id,
            author=AuthorView(handle=handle),
            text=text,
            why=why,
            written_at=NOW - timedelta(hours=1 + 9 * number),
        )
        for number, (handle, text, why) in enumerate(
            (
                ("kiln.critic", "Stupid bowl, stupid blue.", "general"),
                ("marco_bikes", "Is that the ugly lighthouse glaze again?", "words"),
                ("noor", "And how are you today?", "restricted"),
            )
        )
    )
    return HeldView(shell=replace(around, active=Nav.ME), comments=() if nothing else rows)


def settings(around: Shell) -> CommentSettingsView:
    """A member's choices about comments."""
    shell = replace(around, active=Nav.ME)
    return CommentSettingsView(
        shell=shell, choice="friends", choices=_CHOICES, general=True, words="lighthouse glaze\ncobalt", most_words=200
    )
