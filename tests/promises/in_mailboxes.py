"""What must not lie in a mailbox, planted behind everybody's back."""

import os
from datetime import date

from kept.kit import new_id
from kept.messages import LARGEST_BODY
from tests.fixtures.installation import Installation

_MESSAGE = """
INSERT INTO message (owner_id, message_id, peer_id, mine, state, body, sent_at, arrived_at)
VALUES ($1, $2, $3, true, 'sent', $4, $5, $5)
"""
TEEN = date(2012, 3, 9)


async def a_text(here: Installation, *, born: date = date(1990, 5, 17), size: int = 90) -> None:
    """A message in the mailbox of somebody born on that day."""
    one = await here.join(born=born)
    body = b"\x01" + os.urandom(size - 1)
    await here.run("us", _MESSAGE, one.member_id, new_id(), new_id(), body, here.clock.now())


async def a_message_with_a_picture(here: Installation) -> None:
    await a_text(here, size=LARGEST_BODY + 1)


async def a_message_of_somebody_under_16(here: Installation) -> None:
    await a_text(here, born=TEEN)


async def a_refusal_of_each_kind(here: Installation) -> None:
    here.runtime.tallies.count("messages.refused:file", 2)
    here.runtime.tallies.count("messages.refused:under_16", 3)


OFFENDERS = [
    ("messages.no-media", a_message_with_a_picture),
    ("youth.under16", a_message_of_somebody_under_16),
]
