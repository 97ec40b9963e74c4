"""What a member sees of their own account, and may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from kept.accounts.models import Account
from kept.accounts.names import masked
from kept.accounts.opening import Accounts
from kept.accounts.sessions import Session
from kept.cells import Tx
from kept.policy import Account as OwnAccount
from kept.policy import Action, require
from kept.vault import Reason, Sealed

_ACCOUNT = """
SELECT a.created_at, a.email, EXISTS (SELECT FROM credential_password p WHERE p.owner_id = a.owner_id) AS has_password,
       (SELECT count(*) FROM session s WHERE s.owner_id = a.owner_id) AS sessions
FROM account a WHERE a.owner_id = $1
"""
_AGREED = "SELECT document, version, accepted_at FROM acceptance WHERE owner_id = $1 ORDER BY accepted_at"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The version of a document that somebody said yes to last."""

    version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """An account. `email` is masked (`k…@example.org`), empty without one; `agreed` is by document."""

    joined_at: datetime
    email: str = field(repr=False)
    has_password: bool
    sessions: int
    agreed: Mapping[str, Agreed]


async def overview(accounts: Accounts, session: Session) -> Overview:
    """The account of whoever is signed in."""
    cell, member_id = session.cell, session.member_id
    row = (await cell.database.fetch(_ACCOUNT, member_id))[0]
    email = ""
    if row["email"] is not None:
        vault = accounts.vault(cell)
        clear = await vault.open(member_id, "account.email", member_id, Sealed(row["email"]), reason=Reason.OWNER)
        email = masked(clear.decode())
    agreed = await cell.database.fetch(_AGREED, member_id)
    return Overview(
        joined_at=row["created_at"],
        email=email,
        has_password=row["has_password"],
        sessions=row["sessions"],
        agreed={one["document"]: Agreed(one["version"], one["accepted_at"]) for one in agreed},
    )


async def set_language(tx: Tx, session: Session, language: str) -> None:
    """Remember the language that a member wants pages in, for their next device, too. Raises Refused."""
    require(session.actor, Action.CHANGE_SETTINGS, OwnAccount(undoes_guardian=False))
    await tx.run(sa.update(Account).where(Account.owner_id == session.member_id).values(language=language))
