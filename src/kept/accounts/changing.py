"""What is changed in an account because its owner asked for it: a birth date that was wrong, a use that they object to."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts.age_screen import birth_band
from kept.accounts.limit_models import UseObjection
from kept.accounts.models import Account
from kept.cells import Tx
from kept.policy import AgeBand
from kept.vault import Sealed


async def set_birth_date(tx: Tx, member_id: UUID, sealed: Sealed, born: date, *, now: datetime) -> AgeBand:
    """Put another birth date, `sealed` for `account.birth_date`; the band follows at once. Raises BadBirthDate."""
    band = birth_band(born, now=now)
    values = {"birth_date": sealed, "band": band, "band_on": now.date()}
    await tx.run(sa.update(Account).where(Account.owner_id == member_id).values(**values))
    return band


async def keep_out_of(tx: Tx, member_id: UUID, purpose: str, *, now: datetime) -> None:
    """Note that a member's data is not used for a purpose."""
    noted = insert(UseObjection).values(owner_id=member_id, purpose=purpose, since=now)
    await tx.run(noted.on_conflict_do_nothing())


async def is_kept_out_of(tx: Tx, member_id: UUID, purpose: str) -> bool:
    """Whether a member objected to a use."""
    mine = sa.select(UseObjection.purpose).where(UseObjection.owner_id == member_id, UseObjection.purpose == purpose)
    return (await tx.run(mine)).first() is not None
