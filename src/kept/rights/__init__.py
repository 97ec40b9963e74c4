"""rights: what people may ask about their data: a copy of it, and its deletion; and that every request is answered in time.

Owns requests with their states and clocks, the copy, the erasure, and what its owner follows them by. Nothing below can read
that a request exists, so nobody can be treated worse for one; an account at rest is the account's own state. Never answers
anybody who has not just shown who they are, never calls an erasure complete while something could not be asked.
Start reading at `states.py` (the only ways), then `asking.py`, `erasing.py`, `archive.py`; `advancing.py` is the worker's
part.
"""

from kept.rights.advancing import advance
from kept.rights.asking import ask, ask_correction, call_off
from kept.rights.copying import make_copy, open_copy, ticket_for
from kept.rights.deciding import FIELDS, USES, confirm, correct, extend, refuse
from kept.rights.erasing import erase
from kept.rights.figures import Doors, Figures, doors, figures
from kept.rights.intake import Claim, take_in
from kept.rights.letters import NoLetter, write_letter
from kept.rights.mailing import NoMail, require_mail, sends_mail
from kept.rights.matters import Matter, matter_of
from kept.rights.models import COPY_DAYS, DataCopy, RightsRequest
from kept.rights.regimes import REGIMES, Regime, Why, regime_of
from kept.rights.requests import Request, followed, overdue, own_request, request_of, requests_of, unanswered
from kept.rights.states import ANSWERED, COPIES, DECIDED, ENDED, NEXT, START, Ground, Kind, State
from kept.rights.taking import GRACE, Asked, Channel
from kept.rights.verifying import Verified, WrongCode, find_verified, not_verified, verify
from kept.rights.works import BadRequest, CantSetRight, NoSuchRequest, NotReady, TooLate, Works

__all__ = [
    "ANSWERED",
    "COPIES",
    "COPY_DAYS",
    "DECIDED",
    "ENDED",
    "FIELDS",
    "GRACE",
    "NEXT",
    "REGIMES",
    "START",
    "USES",
    "Asked",
    "BadRequest",
    "CantSetRight",
    "Channel",
    "Claim",
    "DataCopy",
    "Doors",
    "Figures",
    "Ground",
    "Kind",
    "Matter",
    "NoLetter",
    "NoMail",
    "NoSuchRequest",
    "NotReady",
    "Regime",
    "Request",
    "RightsRequest",
    "State",
    "TooLate",
    "Verified",
    "Why",
    "Works",
    "WrongCode",
    "advance",
    "ask",
    "ask_correction",
    "call_off",
    "confirm",
    "correct",
    "doors",
    "erase",
    "extend",
    "figures",
    "find_verified",
    "followed",
    "make_copy",
    "matter_of",
    "not_verified",
    "open_copy",
    "overdue",
    "own_request",
    "refuse",
    "regime_of",
    "request_of",
    "requests_of",
    "require_mail",
    "sends_mail",
    "take_in",
    "ticket_for",
    "unanswered",
    "verify",
    "write_letter",
]
