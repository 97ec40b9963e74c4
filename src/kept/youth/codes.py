"""Codes for pairing: shown by a guardian, typed or scanned by a young person who sits beside them.

Eight letters and digits (40 bits) that can't be mistaken for each other; stored as a keyed hash, good once, for a quarter of an
hour and five tries. A code belongs to a name: it opens nothing by itself, and the guardian still has to confirm.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.policy import Action, AgeBand, Family, require
from kept.youth.models import PairingCode
from kept.youth.opening import Youth

GOOD_FOR = timedelta(minutes=15)
TRIES = 5
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")
_LENGTH = 8

_SPEND = sa.text("""
UPDATE pairing_code SET tries = tries + 1, spent_at = CASE WHEN code_hash = :hash THEN CAST(:now AS timestamptz) END
WHERE owner_id = :owner AND spent_at IS NULL AND tries < :tries AND made_at > :oldest AND made_at <= :now
RETURNING spent_at IS NOT NULL AS fits
""")


async def offer_code(youth: Youth, tx: Tx, by: Session, *, now: datetime) -> str:
    """A new code of a guardian's, as `ABCD-EFGH`; one that they had is no good any more. Raises Refused."""
    require(by.actor, Action.PAIR_AS_GUARDIAN, Family(owner_band=AgeBand.TEEN_16_17))
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    fresh = {"code_hash": _hashed(youth, by.member_id, code), "tries": 0, "spent_at": None, "made_at": now}
    put = insert(PairingCode).values(owner_id=by.member_id, **fresh)
    await tx.run(put.on_conflict_do_update(index_elements=["owner_id"], set_=fresh))
    return f"{code[:4]}-{code[4:]}"


async def spend_code(youth: Youth, tx: Tx, guardian_id: UUID, code: str, *, now: datetime) -> bool:
    """Whether that is the guardian's code; then it is spent. A wrong one is counted."""
    values = {
        "owner": guardian_id,
        "hash": _hashed(youth, guardian_id, code),
        "now": now,
        "oldest": now - GOOD_FOR,
        "tries": TRIES,
    }
    return bool((await tx.run(_SPEND, values)).scalar_one_or_none())


def _hashed(youth: Youth, guardian_id: UUID, code: str) -> bytes:
    plain = "".join(letter for letter in code.upper() if letter.isalnum()).translate(_LOOK_ALIKES)
    return youth.beacon.blind_index("pairing", f"{guardian_id.hex}:{plain[: 2 * _LENGTH]}")
