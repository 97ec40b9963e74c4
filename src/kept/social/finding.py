"""Finding people by the beginning of their handle, on the shelf of one's own cell.

Nobody finds whoever is at rest, chose to be left out, or stands apart by a block on either side; nobody is told which it is.
"""

import re

from kept.accounts import Session
from kept.policy import Action, Person, Relation, Service, can, require
from kept.social.deciding import YOUNGEST
from kept.social.facing import hidden_from
from kept.social.profiles import Profile

MOST_FOUND = 20
_LONGEST = 40
_NO_HANDLE = re.compile(r"[^a-z0-9._]")

_FOUND = """
SELECT owner_id, handle, private, followers, following FROM shelf_profile
WHERE handle LIKE $1 AND NOT away AND NOT unlisted AND owner_id <> ALL($2)
ORDER BY handle <> $3, followers DESC, handle LIMIT $4
"""


async def find_people(by: Session, words: str, *, limit: int = MOST_FOUND) -> list[Profile]:
    """Members whose handle begins with what was written: the very one first, then those whom most follow. Raises Refused."""
    require(by.actor, Action.SEARCH_PEOPLE, Service())
    start = _NO_HANDLE.sub("", words.lower().removeprefix("@"))[:_LONGEST]
    if not start:
        return []
    hidden = tuple(await hidden_from(by.cell, by.member_id))
    pattern = start.replace("_", r"\_") + "%"
    rows = await by.cell.database.fetch(_FOUND, pattern, hidden, start, min(limit, MOST_FOUND))
    return [Profile(*row.values()) for row in rows if _may_be_found(by, row["private"])]


def _may_be_found(by: Session, private: bool) -> bool:
    """Whether the policy lets somebody find a member; how old they are is not on the shelf, so as for the youngest."""
    someone = Person(relation=Relation.STRANGER, owner_band=YOUNGEST, private=private)
    return can(by.actor, Action.FIND_PERSON, someone).allowed
