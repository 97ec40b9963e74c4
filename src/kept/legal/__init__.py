"""legal: what authorities ask for, and how it is answered; that nothing is given to those on the refusal list.

Owns requests of authorities with their states, deadlines and orders of silence, the refusal list as the database goes by it,
what counsel narrows, and preservation. Never gives anything to anybody: no code of this floor opens or hands out a member's
data. That is `disclosure`'s, above; it begins at `narrowed_in`, and goes no way that the states and the database's checks here
don't let it go. Never acts on a request whose row is not what was sealed.
Start reading at `models.py` (what the database holds, whatever a program does), then `states.py` and `listing.py`;
`entering.py`, `deciding.py` and `preserving.py` are what counsel does, `tending.py` is the worker's part.
"""

from kept.legal.cases import (
    Case,
    Production,
    amend,
    case_of,
    cases,
    cases_numbered,
    cases_with,
    change,
    note_after,
    open_cases,
    produced_cases,
)
from kept.legal.deciding import Span, refuse, validate, withdraw
from kept.legal.entering import NewRequest, enter
from kept.legal.figures import Figure, band, disclosed, figures
from kept.legal.instruments import INSTRUMENTS, DataClass, Instrument
from kept.legal.listing import keep_lists, listed_countries
from kept.legal.models import LegalCountry, LegalRequest
from kept.legal.preserving import preserve, prolong
from kept.legal.probing import Tried, try_the_door
from kept.legal.reading import Read, read_case
from kept.legal.sealed import Asked, Narrowed, asked_in, is_whole, narrowed_in
from kept.legal.states import ENDED, NEXT, OF_LISTED, Ground, State
from kept.legal.tending import tend
from kept.legal.works import BadCase, CaseAltered, NoSuchCase, Works, WrongState

__all__ = [
    "ENDED",
    "INSTRUMENTS",
    "NEXT",
    "OF_LISTED",
    "Asked",
    "BadCase",
    "Case",
    "CaseAltered",
    "DataClass",
    "Figure",
    "Ground",
    "Instrument",
    "LegalCountry",
    "LegalRequest",
    "Narrowed",
    "NewRequest",
    "NoSuchCase",
    "Production",
    "Read",
    "Span",
    "State",
    "Tried",
    "Works",
    "WrongState",
    "amend",
    "asked_in",
    "band",
    "case_of",
    "cases",
    "cases_numbered",
    "cases_with",
    "change",
    "disclosed",
    "enter",
    "figures",
    "is_whole",
    "keep_lists",
    "listed_countries",
    "narrowed_in",
    "note_after",
    "open_cases",
    "preserve",
    "produced_cases",
    "prolong",
    "read_case",
    "refuse",
    "tend",
    "try_the_door",
    "validate",
    "withdraw",
]
