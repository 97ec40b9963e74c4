"""Who may follow whom: the questions put to the policy, and how a refusal is told without telling anything about anybody.

First the one who acts is asked about, as if the other were the most open adult: what is refused then has to do with them and
is told as it is. Everything else (nobody of that name, a child, a block) is one and the same: there is nobody.
"""

from kept.policy import Action, Actor, AgeBand, Choice, Person, Relation, can, require
from kept.social.errors import NoSuchMember

_ANYBODY = Person(relation=Relation.STRANGER, owner_band=AgeBand.ADULT, private=False, mentions=Choice.EVERYONE)
YOUNGEST = AgeBand.TEEN_13_15
"""Who lives elsewhere is taken to be as young as anybody with a profile; their own cell asks again."""


def require_self(actor: Actor, action: Action) -> None:
    """Whether somebody may do this at all. Raises Refused."""
    require(actor, action, _ANYBODY)


def require_follow(actor: Actor, relation: Relation, *, band: AgeBand, private: bool) -> None:
    """Whether somebody may follow, or ask to follow, this member. Raises Refused, NoSuchMember."""
    action = Action.REQUEST_FOLLOW if private else Action.FOLLOW
    require_self(actor, Action.FOLLOW)
    if not can(actor, action, Person(relation=relation, owner_band=band, private=private)):
        raise NoSuchMember


def is_welcome(actor: Actor, relation: Relation, band: AgeBand) -> bool:
    """Whether a member's own cell lets the wish of somebody reach them."""
    return can(actor, Action.REQUEST_FOLLOW, Person(relation=relation, owner_band=band, private=True)).allowed


def may_see(actor: Actor, relation: Relation, *, private: bool) -> bool:
    """Whether somebody sees a member's profile."""
    return can(actor, Action.SEE_PROFILE, Person(relation=relation, owner_band=YOUNGEST, private=private)).allowed
