"""rights: what people may ask about their data: a copy of it, and its deletion; and that every request is answered in time.

Owns requests with their states and clocks, the copy, the erasure, and what its owner follows them by. Nothing below can read
that a request exists, so nobody can be treated worse for one; an account at rest is the account's own state. Never answers
anybody who has not just shown who they are, never calls an erasure complete while something could not be asked.
Start reading at `states.py` (the only ways), then `asking.py`, `erasing.py`, `archive.py`; `advancing.py` is the worker's part.
"""

from kept.rights.advancing import advance
from kept.rights.asking import GRACE, Asked, ask, call_off
from kept.rights.copying import make_copy, open_copy, ticket_for
from kept.rights.erasing import erase
from kept.rights.figures import Figures, figures
from kept.rights.models import COPY_DAYS, DataCopy, RightsRequest
from kept.rights.regimes import REGIMES, Regime, regime_of
from kept.rights.requests import Request, followed, own_request, requests_of, unanswered
from kept.rights.states import ANSWERED, ENDED, NEXT, START, Kind, State
from kept.rights.works import NoSuchRequest, NotReady, TooLate, Works

__all__ = [
    "ANSWERED",
    "COPY_DAYS",
    "ENDED",
    "GRACE",
    "NEXT",
    "REGIMES",
    "START",
    "Asked",
    "DataCopy",
    "Figures",
    "Kind",
    "NoSuchRequest",
    "NotReady",
    "Regime",
    "Request",
    "RightsRequest",
    "State",
    "TooLate",
    "Works",
    "advance",
    "ask",
    "call_off",
    "erase",
    "figures",
    "followed",
    "make_copy",
    "open_copy",
    "own_request",
    "regime_of",
    "requests_of",
    "ticket_for",
    "unanswered",
]
