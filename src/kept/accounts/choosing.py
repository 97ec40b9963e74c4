"""Choosing a password: at sign-up, as a first one beside a passkey, or in place of another."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts.models import PasswordCredential
from kept.accounts.opening import Accounts
from kept.accounts.passwords import SHORTEST, SHORTEST_ALONE, HashedPassword, judged
from kept.accounts.sessions import Session
from kept.cells import Tx
from kept.kit import KeptError
from kept.policy import Account, Action, require
from kept.vault import Reason, Sealed

_KNOWN = """
SELECT a.email, EXISTS (SELECT FROM second_factor f WHERE f.owner_id = a.owner_id) AS second
FROM account a WHERE a.owner_id = $1
"""


async def choose(
    accounts: Accounts, password: str, *, handle: str, email: str | None, shortest: int = SHORTEST_ALONE
) -> HashedPassword:
    """Take a new password, or say why not; refusals are counted. Raises what `judged` raises."""
    site = accounts.settings.site.name
    try:
        return await judged(
            accounts.hasher, accounts.breached, password, handle=handle, email=email, site=site, shortest=shortest
        )
    except KeptError as error:
        if error.code.startswith("password_"):
            accounts.count(f"protection.refused:{error.code}")
        raise


async def choose_another(accounts: Accounts, session: Session, password: str) -> HashedPassword:
    """The same for somebody who is a member; with a second factor a shorter one will do (NIST SP 800-63B-4, 3.1.1.2)."""
    require(session.actor, Action.SECURE_ACCOUNT, Account())
    row = (await session.cell.database.fetch(_KNOWN, session.member_id))[0]
    email = None
    if row["email"] is not None:
        sealed, vault = Sealed(row["email"]), accounts.vault(session.cell)
        place = (session.member_id, "account.email", session.member_id)
        email = (await vault.open(*place, sealed, reason=Reason.SECURITY_LOGIN)).decode()
    shortest = SHORTEST if row["second"] else SHORTEST_ALONE
    return await choose(accounts, password, handle=session.handle, email=email, shortest=shortest)


async def set_password(tx: Tx, session: Session, chosen: HashedPassword, *, now: datetime) -> None:
    """Put a password in place of the old one, if there was one. What was begun with the old one is void. Raises Refused."""
    require(session.actor, Action.SECURE_ACCOUNT, Account())
    values = {"hash": chosen.hash, "set_at": now}
    new = insert(PasswordCredential).values(owner_id=session.member_id, **values)
    await tx.run(new.on_conflict_do_update(index_elements=[sa.column("owner_id")], set_=values))
