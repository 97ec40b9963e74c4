"""social: how members stand to each other: who follows whom, who blocks, mutes or restricts whom, whose account
is private.

Owns both sides of each tie (each in its owner's cell), what one cell tells another about them, the lists that only their owner
sees, and the public profile with its figures. Never tells anybody that they were blocked, declined or removed; never puts a
tie on a shelf or into the ledger; never has anything to do with a child, on either side.
Start reading at `registers.py` (what each says, and what follows), then `following.py` (the verbs), `telling.py` (the other
cell), `facing.py` (what other floors ask).
"""

from kept.social.deciding import may_see
from kept.social.errors import NoSuchMember, NoSuchRequest, NotYourself, TooManyFollows
from kept.social.facing import Facing, apart_from, circle_of, facing, followed_by, hidden_from
from kept.social.finding import MOST_FOUND, find_people
from kept.social.following import (
    LONGEST_NAME,
    accept_follower,
    block,
    decline_follower,
    follow,
    remove_follower,
    unblock,
    unfollow,
    whose,
)
from kept.social.listing import MOST, PAGE, Listed, Which, how_many, listed
from kept.social.models import (
    LATE,
    Block,
    BlockedBy,
    Circle,
    Follow,
    Follower,
    Mute,
    ProfileDue,
    ProfileRow,
    Restriction,
    Tie,
)
from kept.social.muting import mute, unmute
from kept.social.opening import Social, open_social
from kept.social.pairs import lock_pair
from kept.social.privacy import Privacy, privacy_of, set_privacy
from kept.social.profiles import (
    Profile,
    ShelfProfile,
    draw_again,
    draw_due,
    find_drift,
    introduce,
    may_have_profile,
    profile_of,
)
from kept.social.registers import Answer, FollowState, Side, Wish, relation_of, state_of
from kept.social.restricting import restrict, restricts, unrestrict
from kept.social.telling import WHAT, deliver, turn_at

__all__ = [
    "LATE",
    "LONGEST_NAME",
    "MOST",
    "MOST_FOUND",
    "PAGE",
    "WHAT",
    "Answer",
    "Block",
    "BlockedBy",
    "Circle",
    "Facing",
    "Follow",
    "FollowState",
    "Follower",
    "Listed",
    "Mute",
    "NoSuchMember",
    "NoSuchRequest",
    "NotYourself",
    "Privacy",
    "Profile",
    "ProfileDue",
    "ProfileRow",
    "Restriction",
    "ShelfProfile",
    "Side",
    "Social",
    "Tie",
    "TooManyFollows",
    "Which",
    "Wish",
    "accept_follower",
    "apart_from",
    "block",
    "circle_of",
    "decline_follower",
    "deliver",
    "draw_again",
    "draw_due",
    "facing",
    "find_drift",
    "find_people",
    "follow",
    "followed_by",
    "hidden_from",
    "how_many",
    "introduce",
    "listed",
    "lock_pair",
    "may_have_profile",
    "may_see",
    "mute",
    "open_social",
    "privacy_of",
    "profile_of",
    "relation_of",
    "remove_follower",
    "restrict",
    "restricts",
    "set_privacy",
    "state_of",
    "turn_at",
    "unblock",
    "unfollow",
    "unmute",
    "unrestrict",
    "whose",
]
