"""The console's pages, as `pages` has the others: a view in, HTML out."""

from kept.look.pages import draw
from kept.look.views.cases import CaseView
from kept.look.views.console import (
    AskView,
    CasesView,
    ConsoleSignInView,
    HoldsView,
    JoinView,
    OverviewView,
    RequestPageView,
    RequestsView,
    RightsCaseView,
    RightsRoomView,
    StaffView,
)
from kept.look.views.reports import QueueView


def render_console_sign_in(view: ConsoleSignInView) -> str:
    """The door of the console."""
    return draw("console_signin.html", view)


def render_join(view: JoinView) -> str:
    """A colleague's first passkey."""
    return draw("console_join.html", view)


def render_overview(view: OverviewView) -> str:
    """The start of the console."""
    return draw("console_overview.html", view)


def render_requests(view: RequestsView) -> str:
    """Requests for members' data."""
    return draw("console_requests.html", view)


def render_request(view: RequestPageView) -> str:
    """One request, and its rows once they are read."""
    return draw("console_request.html", view)


def render_ask(view: AskView) -> str:
    """Asking for members' data."""
    return draw("console_ask.html", view)


def render_staff(view: StaffView) -> str:
    """Who works here."""
    return draw("console_staff.html", view)


def render_rights_case(view: RightsCaseView) -> str:
    """One request of a member's, before the privacy team."""
    return draw("console_rights_case.html", view)


def render_rights_room(view: RightsRoomView) -> str:
    """What members asked about their data."""
    return draw("console_rights.html", view)


def render_cases(view: CasesView) -> str:
    """What authorities asked."""
    return draw("console_cases.html", view)


def render_case(view: CaseView) -> str:
    """One request of an authority, and what may be done about it."""
    return draw("console_case.html", view)


def render_holds(view: HoldsView) -> str:
    """Legal holds."""
    return draw("console_holds.html", view)


def render_queue(view: QueueView) -> str:
    """What was reported, for the staff."""
    return draw("console_reports.html", view)
