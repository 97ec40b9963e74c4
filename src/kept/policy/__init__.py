"""policy: who may do what, in text that people read, and the one question that every verb asks.

Owns the Cedar files, the words they are made of (actors, actions, nouns and the finite values of their attributes), the age
bands, the table generated from the texts, and the sentences that refused people get. Never loads anything: a verb tells it
what it knows, and what it does not tell counts as the strictest case. Knows no HTTP, no database and no particular person.
Start reading at `cedar/youth.cedar` (what a policy looks like), then `actions.py` (everything that can be done), then
`deciding.py` (how a decision is made).

    require(actor, Action.COMMENT, Clip(relation=Relation.FRIEND, owner_band=AgeBand.ADULT, comments=Choice.FRIENDS))
"""

from kept.policy.actions import GROUPS, Action, Group
from kept.policy.actor import Actor, ActorKind, is_offered
from kept.policy.asking import can_by_cedar
from kept.policy.attributes import (
    Approvals,
    Audience,
    Choice,
    ClipState,
    Limit,
    Payload,
    Rating,
    Relation,
    Site,
    Standing,
    Team,
)
from kept.policy.bands import AgeBand, BirthDateInFuture, band_of, next_change
from kept.policy.deciding import can, can_anyhow, require
from kept.policy.decision import Decision, Refused
from kept.policy.limiting import added, taken_away
from kept.policy.matrix import matrix
from kept.policy.resources import (
    AccessRequest,
    Account,
    Clip,
    Comment,
    Consent,
    Data,
    Family,
    Judgement,
    LegalRequest,
    Live,
    Mailbox,
    Person,
    Resource,
    RightsRequest,
    Service,
)
from kept.policy.table import StaleTable, build, outdated
from kept.policy.table import check as check_policy
from kept.policy.tally import tally
from kept.policy.texts import FILES, BadPolicy, Policy, introduction, policies, policy_hash

__all__ = [
    "FILES",
    "GROUPS",
    "AccessRequest",
    "Account",
    "Action",
    "Actor",
    "ActorKind",
    "AgeBand",
    "Approvals",
    "Audience",
    "BadPolicy",
    "BirthDateInFuture",
    "Choice",
    "Clip",
    "ClipState",
    "Comment",
    "Consent",
    "Data",
    "Decision",
    "Family",
    "Group",
    "Judgement",
    "LegalRequest",
    "Limit",
    "Live",
    "Mailbox",
    "Payload",
    "Person",
    "Policy",
    "Rating",
    "Refused",
    "Relation",
    "Resource",
    "RightsRequest",
    "Service",
    "Site",
    "StaleTable",
    "Standing",
    "Team",
    "added",
    "band_of",
    "build",
    "can",
    "can_anyhow",
    "can_by_cedar",
    "check_policy",
    "introduction",
    "is_offered",
    "matrix",
    "next_change",
    "outdated",
    "policies",
    "policy_hash",
    "require",
    "taken_away",
    "tally",
]
