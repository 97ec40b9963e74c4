"""Made-up views of reporting and of choices about messages, for the preview and the tests of the look. Nobody is meant."""

from datetime import timedelta

from kept.look.samples import NOW, card
from kept.look.views import AuthorView, BubbleView, ConversationRow, ConversationView, InboxView, Shell
from kept.look.views.console import Desk, Room
from kept.look.views.messages import MessageSettingsView
from kept.look.views.reports import NoticeView, QueueLine, QueueView, ReportRow, ReportsView, SheetView

_GROUPS = (
    ("people", ("bullying.harassment", "hate.attacks", "violence.threats", "privacy.intimate-images")),
    ("young", ("children.sexual-abuse", "children.grooming", "children.dangerous-challenges")),
    ("harm", ("health.self-harm", "violence.graphic", "adult.sexual-content")),
    ("truth", ("crime.fraud", "truth.harmful-misinformation", "truth.synthetic-media")),
    ("law", ("rights.intellectual-property", "crime.other", "illegal")),
)
_ROWS = (
    ("4F2A91C0", "clip", "tidepool", "truth.synthetic-media"),
    ("91C04F2A", "comment", "marco_bikes", "bullying.harassment"),
    ("C04F2A91", "message", "", "crime.fraud"),
)


def sheet(around: Shell, kind: str = "comment", **changes: object) -> SheetView:
    """What is reported, and the reasons."""
    values: dict[str, object] = {
        "shell": around,
        "kind": kind,
        "handle": "marco_bikes",
        "thing": card(0).caption if kind == "clip" else "I would have given up at the first crack.",
        "about": ((kind, card(0).clip_id),),
        "groups": _GROUPS,
        "back": "/",
        "asks": kind == "message",
    }
    return SheetView(**(values | changes))  # type: ignore[arg-type]


def reports(around: Shell, *, done: bool = False, nothing: bool = False, young: bool = False) -> ReportsView:
    """One's own reports."""
    rows = () if nothing else tuple(_row(number, young) for number in range(1 if young else len(_ROWS)))
    made = rows[0] if done else None
    return ReportsView(shell=around, reports=rows, done=made, block="" if young else "tidepool", young=young)


def _row(number: int, young: bool) -> ReportRow:
    code, kind, handle, reason = _ROWS[number]
    return ReportRow(
        number=code,
        kind=kind,
        handle=handle,
        reason="violence.graphic" if young else reason,
        state="received",
        made_at=NOW - timedelta(hours=7 * number, minutes=2),
    )


def notice(around: Shell, **changes: object) -> NoticeView:
    """The form for those without an account."""
    reasons = tuple(one for _, several in _GROUPS for one in several)
    values: dict[str, object] = {
        "shell": around,
        "reasons": reasons,
        "countries": (("FR", "France"), ("IE", "Ireland")),
    }
    return NoticeView(**(values | changes))  # type: ignore[arg-type]


def queue(around: Shell, *, nothing: bool = False) -> QueueView:
    """The room of the staff."""
    rooms = (Room(key="overview", href="#"), Room(key="requests", href="#"), Room(key="reports", href="#"))
    desk = Desk(shell=around, name="tara", team="trust_and_safety", site="IE", rooms=rooms, active="reports")
    lines = (
        _line("9C1D02AB", "message", 3, 1, (("violence.threats", 1),), 2),
        _line("02AB9C1D", "comment", 2, 7, (("bullying.harassment", 5), ("hate.attacks", 2)), 30),
        _line("1D02AB9C", "clip", 1, 41, (("truth.synthetic-media", 41),), 90),
    )
    return QueueView(desk=desk, lines=() if nothing else lines)


def _line(
    number: str, kind: str, severity: int, reporters: int, reasons: tuple[tuple[str, int], ...], hours: int
) -> QueueLine:
    return QueueLine(
        number=number,
        kind=kind,
        region="eu",
        severity=severity,
        reporters=reporters,
        reasons=reasons,
        first_at=NOW - timedelta(hours=hours),
        last_at=NOW - timedelta(hours=hours / 2),
        href="" if kind == "message" else "#",
    )


def message_settings(around: Shell) -> MessageSettingsView:
    """Choices about messages."""
    return MessageSettingsView(
        shell=around, accepts="friends", choices=("everyone", "friends", "nobody"), receipts=True
    )


def requests(around: Shell) -> InboxView:
    """What people wrote whom one doesn't follow."""
    row = ConversationRow(
        href="#",
        author=AuthorView(handle="noor"),
        preview="Hi, is the bowl for sale?",
        mine=False,
        at=NOW,
        request=True,
    )
    return InboxView(shell=around, conversations=(row,), requests=1, folder=True)


def asked(around: Shell) -> ConversationView:
    """Somebody new has written."""
    one = BubbleView(message_id="1", mine=False, sent_at=NOW - timedelta(minutes=4), text="Hi, is the bowl for sale?")
    return _conversation(around, (one,), request=True)


def seen(around: Shell) -> ConversationView:
    """What one wrote was read."""
    one = BubbleView(message_id="1", mine=False, sent_at=NOW - timedelta(minutes=4), text="Hi, is the bowl for sale?")
    other = BubbleView(message_id="2", mine=True, sent_at=NOW - timedelta(minutes=2), text="It is. Come by.", seen=True)
    return _conversation(around, (one, other), muted=True)


def _conversation(
    around: Shell, bubbles: tuple[BubbleView, ...], *, request: bool = False, muted: bool = False
) -> ConversationView:
    return ConversationView(
        shell=around,
        author=AuthorView(handle="noor"),
        name="noor",
        bubbles=bubbles,
        longest=2000,
        key="0" * 32,
        newest_id=bubbles[-1].message_id,
        started=True,
        request=request,
        muted=muted,
    )
