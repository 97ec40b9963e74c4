"""What the made-up members wrote to each other: within a region, and across the border."""

import asyncio
from collections.abc import Sequence

from kept.accounts import Session
from kept.messages import Content, conversations, send
from kept.policy import Action, Mailbox, Relation, can
from kept.runtime import Runtime
from kept.vault import NoWayThere

PATIENCE_SECONDS = 30.0

SAID = (
    ("mira.makes", "jonas.outdoors", "That pass at six in the morning! Which side did you come up?"),
    ("jonas.outdoors", "mira.makes", "From the lake. Bring a jacket, it is colder than it looks."),
    ("mira.makes", "jonas.outdoors", "I bring tea, too. And one of the blue bowls."),
    ("elif.in.colour", "mira.makes", "Your glaze in the last clip: is that cobalt?"),
    ("theo.slow", "mira.makes", "See you on Thursday at the kiln."),
    ("jonas.outdoors", "elif.in.colour", "The sky behind your wall, where is that?"),
)
"""Who wrote what to whom, in this order."""


async def talk(runtime: Runtime, sessions: Sequence[Session]) -> int:
    """Let those whose home is here write, unless they have before; returns how many messages were sent.

    Raises:
        NoWayThere: the other region's worker did not tell its key in time.
    """
    by_name = {session.handle: session for session in sessions}
    silent = {name for name, session in by_name.items() if not await _has_messages(runtime, session)}
    count = 0
    for sender, to, text in SAID:
        if sender in silent:
            await _send(runtime, by_name[sender], to, text)
            count += 1
    return count


async def _has_messages(runtime: Runtime, session: Session) -> bool:
    own = Mailbox(relation=Relation.OWN)
    return not can(session.actor, Action.READ_MESSAGES, own) or bool(await conversations(runtime.messages, session))


async def _send(runtime: Runtime, sender: Session, to: str, text: str) -> None:
    """The first messages of a new installation wait for its worker."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await send(runtime.messages, sender, to, Content(text=text), now=runtime.clock.now())
            except NoWayThere:
                await asyncio.sleep(0.5)
            else:
                return
