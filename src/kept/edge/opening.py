"""Tickets for the report of a first open: each page carries one, and it is good once, for an hour.

Without them anybody could send reports, and so break or embellish a public promise without opening the app.
"""

from collections import OrderedDict
from datetime import timedelta

import msgspec

from kept.accounts import BadTicket
from kept.kit import new_id
from kept.runtime import Runtime

GOOD_FOR = timedelta(hours=1)
REMEMBERED = 50_000

_used: OrderedDict[str, None] = OrderedDict()


class Opening(msgspec.Struct, array_like=True):
    """What a ticket says: which one it is."""

    number: str


def opening_ticket(runtime: Runtime) -> str:
    """The ticket of one page."""
    return runtime.accounts.tickets.write(Opening(new_id().hex), until=runtime.clock.now() + GOOD_FOR)


def is_opening(runtime: Runtime, ticket: str) -> bool:
    """Whether a ticket is of a page of ours and is shown for the first time."""
    try:
        number = runtime.accounts.tickets.read(ticket, Opening, now=runtime.clock.now()).number
    except BadTicket:
        return False
    if number in _used:
        return False
    _used[number] = None
    while len(_used) > REMEMBERED:
        _used.popitem(last=False)
    return True
