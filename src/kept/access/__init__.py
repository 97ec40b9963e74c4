"""access: how staff come to see members' data: they ask, others say yes, and what they then read is logged before it is shown.

Owns requests with their approvals, the grants that come of them, emergencies, and the one gateway through which rows are
read: masked unless the grant says otherwise, only the columns, people and time that it names, so many rows and no more.
Which data has which level, and what it may be used for, is the catalogue's; who may do what is the policy's. Opens nothing
sealed without the proof that the authorisation is in the log, cosigned from outside (`vault.open_authorised`).
Start reading at `states.py`, then `wanting.py` (what is asked for), `asking.py`, `approving.py`, `reading.py`.
"""

from kept.access.approving import Vote, decide
from kept.access.asking import ask, ask_to_produce, end
from kept.access.fetching import stream
from kept.access.figures import Figures, figures, pairs
from kept.access.glass import break_glass, is_overdue, review
from kept.access.looks import Look, count_given, given_of, looks_at, note_given
from kept.access.models import AccessApproval, AccessRead, AccessRequest, AccessSubject
from kept.access.proving import NotOnRecord, PublicLog, authorisation
from kept.access.reading import MOST_ROWS, NotGranted, Page, Reading, TooMuch, read
from kept.access.requests import Approval, NoSuchRequest, Request, find, open_requests, own_requests, unreviewed
from kept.access.states import State, needed, reached
from kept.access.wanting import BadRequest, Choice, Wanted, choices, level_of, purposes_of

__all__ = [
    "MOST_ROWS",
    "AccessApproval",
    "AccessRead",
    "AccessRequest",
    "AccessSubject",
    "Approval",
    "BadRequest",
    "Choice",
    "Figures",
    "Look",
    "NoSuchRequest",
    "NotGranted",
    "NotOnRecord",
    "Page",
    "PublicLog",
    "Reading",
    "Request",
    "State",
    "TooMuch",
    "Vote",
    "Wanted",
    "ask",
    "ask_to_produce",
    "authorisation",
    "break_glass",
    "choices",
    "count_given",
    "decide",
    "end",
    "figures",
    "find",
    "given_of",
    "is_overdue",
    "level_of",
    "looks_at",
    "needed",
    "note_given",
    "open_requests",
    "own_requests",
    "pairs",
    "purposes_of",
    "reached",
    "read",
    "review",
    "stream",
    "unreviewed",
]
