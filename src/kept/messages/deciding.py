"""Who may write to whom: the questions put to the policy, and how a refusal is told without telling anything about anybody.

First the sender alone is asked about, as if the other one were the most open adult: what is refused then has to do with
the sender and is told as it is. Everything else (nobody of that name, their age, their choice, a block, their account) gets
one and the same answer.
"""

from kept.messages.gates import Tie
from kept.policy import Action, Actor, AgeBand, Choice, Mailbox, Payload, Refused, Relation, can, require
from kept.policy import tally as policy_tally

_NOT_AVAILABLE = Mailbox(
    relation=Relation.BLOCKED, owner_band=AgeBand.ADULT, accepts=Choice.NOBODY, payload=Payload.TEXT
)


def require_sender(sender: Actor, relation: Relation, payload: Payload) -> None:
    """Whether this sender may send this at all, to somebody to whom they stand like that. Raises Refused."""
    other = Mailbox(relation=relation, owner_band=AgeBand.ADULT, accepts=Choice.EVERYONE, payload=payload)
    require(sender, Action.SEND_MESSAGE, other)


def is_taken(sender: Actor, recipient: Actor, tie: Tie, payload: Payload) -> bool:
    """Whether the one who receives may, and lets, this sender write. Refusals are counted under the policy's own reason."""
    theirs = Mailbox(relation=tie.relation, owner_band=recipient.band, accepts=tie.accepts, payload=payload)
    sending = can(sender, Action.SEND_MESSAGE, theirs)
    if not sending.allowed:
        policy_tally.refused(Action.SEND_MESSAGE, sender.band, sending.policies)
        return False
    ours = Mailbox(relation=tie.relation, owner_band=sender.band, accepts=tie.accepts, payload=payload)
    receiving = can(recipient, Action.RECEIVE_MESSAGE, ours)
    if not receiving.allowed:
        policy_tally.refused(Action.RECEIVE_MESSAGE, recipient.band, receiving.policies)
    return receiving.allowed


def not_available(sender: Actor) -> Refused:
    """The one answer for everybody who can't be written to, whatever the reason, and for those who don't exist."""
    return Refused.of(can(sender, Action.SEND_MESSAGE, _NOT_AVAILABLE), Action.SEND_MESSAGE, sender.band)


def require_own(reader: Actor) -> None:
    """Whether somebody reads their own messages. Raises Refused."""
    require(reader, Action.READ_MESSAGES, Mailbox(relation=Relation.OWN))


def require_unsend(actor: Actor, *, mine: bool, recent: bool) -> None:
    """Whether somebody takes a message back. Raises Refused."""
    own = Relation.OWN if mine else Relation.STRANGER
    require(actor, Action.UNSEND_MESSAGE, Mailbox(relation=own, owner_band=actor.band, recent=recent))
