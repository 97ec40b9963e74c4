"""What other floors may know of members who are not the one asking: enough to ask the policy about them, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kept.accounts.limits import limits_in
from kept.accounts.opening import Accounts
from kept.accounts.sessions import acting
from kept.cells import Cell
from kept.policy import Actor, AgeBand, Standing, is_offered

_ABOUT = """
SELECT a.owner_id, a.handle, a.band, a.country, l.guarded, l.guarded_minutes, l.chosen, l.chosen_minutes
FROM account a LEFT JOIN member_limits l ON l.owner_id = a.owner_id
WHERE a.owner_id = ANY($1) AND a.closed_at IS NULL AND a.leaving_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class About:
    """A member whose account is open. The band is that of their last visit: on a birthday, the younger one."""

    member_id: UUID
    handle: str
    actor: Actor


async def about(accounts: Accounts, cell: Cell, members: Sequence[UUID]) -> dict[UUID, About]:
    """Members at home in `cell`, in one round trip; whoever has no open account there is left out.

    Whether a new yes to the terms is due is not looked up: the stricter of both is said.
    """
    refused = accounts.settings.availability.refused_countries
    found = {}
    for row in await cell.database.fetch(_ABOUT, members):
        offered = is_offered(refused, row["country"])
        band = AgeBand(row["band"])
        actor = acting(band, Standing.TERMS_DUE, offered, limits_in(row).switched_off(band))
        found[row["owner_id"]] = About(row["owner_id"], row["handle"], actor)
    return found
