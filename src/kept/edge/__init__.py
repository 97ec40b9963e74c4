"""edge: what every HTTP door shares. Who is asking, how an error becomes an answer, headers, forgery, routing, tallies.

Nothing here knows a page or a resource; nothing below knows HTTP.
Start reading at `asking.py` (who is asking), then `errors.py` (how things fail, as people and programs see it).
"""

from kept.edge.asking import Asker, ask, ask_anywhere, refusals_counted, require_offered, require_own_page
from kept.edge.body import form_of
from kept.edge.cookies import clear_cookie, cookie_name, forget_cookie, kept_cookie, private_cookie, session_cookie
from kept.edge.errors import Problem, json_problem, status_of
from kept.edge.headers import SecurityHeaders
from kept.edge.limits import RateLimit
from kept.edge.opening import is_opening, opening_ticket
from kept.edge.racing import tell_if_moved
from kept.edge.refusals import html_problem
from kept.edge.routing import led_elsewhere
from kept.edge.shell import LANGUAGE_COOKIE, THEME_COOKIE, shell_of
from kept.edge.site import origin_of
from kept.edge.state import runtime_of
from kept.edge.versions import FOR_EVERY_VERSION, refuse_too_old, tell_newest

__all__ = [
    "FOR_EVERY_VERSION",
    "LANGUAGE_COOKIE",
    "THEME_COOKIE",
    "Asker",
    "Problem",
    "RateLimit",
    "SecurityHeaders",
    "ask",
    "ask_anywhere",
    "clear_cookie",
    "cookie_name",
    "forget_cookie",
    "form_of",
    "html_problem",
    "is_opening",
    "json_problem",
    "kept_cookie",
    "led_elsewhere",
    "opening_ticket",
    "origin_of",
    "private_cookie",
    "refusals_counted",
    "refuse_too_old",
    "require_offered",
    "require_own_page",
    "runtime_of",
    "session_cookie",
    "shell_of",
    "status_of",
    "tell_if_moved",
    "tell_newest",
]
