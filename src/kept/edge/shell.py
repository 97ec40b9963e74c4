"""What surrounds every page, filled from the request: who looks, in which language and theme, and which doors they have."""

from kept.accounts import Alert, Session
from kept.edge.asking import Asker
from kept.edge.opening import opening_ticket
from kept.edge.state import AnyConnection
from kept.look.views import AlertView, Nav, Notice, Shell, Theme, Viewer
from kept.look.words import DEFAULT_LANGUAGE, LANGUAGES, translator
from kept.policy import Account, Action, AgeBand, Mailbox, Relation, Service, can, can_anyhow
from kept.runtime import Runtime

LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"


def shell_of(
    connection: AnyConnection, runtime: Runtime, asker: Asker | None = None, *, active: Nav | None = None, told: bool = True
) -> Shell:
    """The shell of a page. Without an asker (an error page before anybody is known), a visitor's.

    `told`: the page mentions news about the family, until it was seen.
    """
    session = None if asker is None else asker.session
    viewer = None if session is None else Viewer(handle=session.handle, young=session.band is AgeBand.UNDER_13)
    language = _language(connection, session)
    news = told and session is not None and session.news
    return Shell(
        now=runtime.clock.now(),
        language=language,
        theme=_theme(connection),
        viewer=viewer,
        nav=_doors(asker),
        active=active,
        notice=Notice(text=str(translator(language)("family.told"))) if news else None,
        counts=session is not None and session.today.allowed is not None,
        alert=None if session is None or session.alert is None else alert_view(session.alert),
        opening=opening_ticket(runtime),
        save_data=connection.headers.get("save-data", "").lower() == "on",
    )


def alert_view(alert: Alert) -> AlertView:
    """What a member is asked about, as a page shows it."""
    kind = "codes" if alert.session_id is None else "session"
    return AlertView(alert_id=str(alert.alert_id), kind=kind, device=alert.device, at=alert.at)


def _doors(asker: Asker | None) -> tuple[Nav, ...]:
    """The doors of the bottom bar that exist for this viewer: what the policy can't ever allow has no door."""
    if asker is None or (asker.session is not None and asker.session.band is AgeBand.UNDER_13):
        return (Nav.HOME, Nav.ME)
    discover = (Nav.DISCOVER,) if can(asker.actor, Action.SEARCH_CLIPS, Service()) else ()
    if asker.session is None:
        return (Nav.HOME, *discover, Nav.ME)
    make = (Nav.MAKE,) if can_anyhow(asker.actor, Action.UPLOAD) else ()
    inbox = (Nav.INBOX,) if can(asker.actor, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN)) else ()
    told = (Nav.NOTICES,) if can(asker.actor, Action.BE_NOTIFIED, Account(undoes_guardian=False)) else ()
    return (Nav.HOME, *discover, *make, *inbox, *told, Nav.ME)


def _language(connection: AnyConnection, session: Session | None) -> str:
    """The language chosen in this browser, else the account's, else the first of the browser's that we have (RFC 9110,
    12.5.4; order is preference enough)."""
    for chosen in (connection.cookies.get(LANGUAGE_COOKIE, ""), session.language if session else ""):
        if chosen in LANGUAGES:
            return chosen
    for wanted in connection.headers.get("accept-language", "").split(","):
        tag = wanted.split(";")[0].strip().lower().split("-")[0]
        if tag in LANGUAGES:
            return tag
    return DEFAULT_LANGUAGE


def _theme(connection: AnyConnection) -> Theme:
    chosen = connection.cookies.get(THEME_COOKIE, "")
    return Theme(chosen) if chosen in tuple(Theme) else Theme.SYSTEM
