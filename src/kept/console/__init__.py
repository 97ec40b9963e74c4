"""console: the front door for the operator's staff, at `/console`: by passkey alone, each team in its own rooms.

Decides nothing: `access`, `staff` and the policy do. A cookie of its own, sent to these pages and no others; a member's session
opens nothing here, and a colleague's nothing there. Reading members' data is a POST, for it is an act that goes on record.
Start reading at `duty.py` (who is here), `desk.py` (what waits for them), then `overview.py`, `asking.py`, `requests.py`.
"""

from litestar import Router

from kept.console.asking import AskPages
from kept.console.cases import CasePages
from kept.console.duty import lead_to_sign_in, on_duty
from kept.console.holds import HoldPages
from kept.console.overview import overview
from kept.console.people import StaffPages
from kept.console.reports import reports_room
from kept.console.requests import RequestPages
from kept.console.rights import RightsDesk
from kept.console.rooms import cases_room
from kept.console.signing_in import JoinPages, SignInPages, sign_out
from kept.staff import NotOnDuty

CONSOLE_ROUTES = (
    Router(
        path="/console",
        route_handlers=[
            overview,
            AskPages,
            RequestPages,
            StaffPages,
            RightsDesk,
            cases_room,
            CasePages,
            HoldPages,
            reports_room,
            SignInPages,
            JoinPages,
            sign_out,
        ],
        dependencies={"duty": on_duty},
        exception_handlers={NotOnDuty: lead_to_sign_in},
        include_in_schema=False,
        request_max_body_size=256 * 1024,
    ),
)

__all__ = ["CONSOLE_ROUTES"]
