"""A colleague's first passkey: made once, in their own browser, with an invitation that whoever entered them hands over."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Ceremony, RelyingParty, Tickets, begin_newcomer, finish_making
from kept.cells import DIRECTORY_NAME, Directory
from kept.kit import KeptError, Kind
from kept.ledger import Entry, recorded
from kept.policy import Action, Actor, Service, require
from kept.staff.models import StaffMember, StaffPasskey
from kept.staff.people import Colleague, NoSuchColleague, colleague

INVITED_FOR = timedelta(hours=24)
_SECRET_BYTES = 24


class NotInvited(KeptError):
    code = "not_invited"
    kind = Kind.NOT_FOUND
    message = "This invitation was used, or is too old. Ask whoever sent it for another one."


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a colleague is handed: good once, and for a day."""

    staff_id: UUID
    secret: str

    @property
    def code(self) -> str:
        """Both, as one text for an address."""
        return f"{self.staff_id}.{self.secret}"

    @classmethod
    def read(cls, code: str) -> "Invitation":
        """Raises NotInvited."""
        number, _, secret = code.partition(".")
        try:
            return cls(UUID(number), secret)
        except ValueError:
            raise NotInvited from None


async def invite(directory: Directory, staff_id: UUID, *, actor: Actor, by: str, now: datetime) -> Invitation:
    """Invite somebody to make a passkey, also one more. An earlier invitation is void. Raises Refused, NoSuchColleague."""
    require(actor, Action.MANAGE_STAFF, Service())
    invitation = Invitation(staff_id, os.urandom(_SECRET_BYTES).hex())
    mine = sa.update(StaffMember).where(StaffMember.staff_id == staff_id, StaffMember.ended_at.is_(None))
    mine = mine.values(invitation_hash=_hash(invitation.secret), invited_until=now + INVITED_FOR)
    entry = Entry("staff.invited", actor=by, object=f"staff:{staff_id}")
    if not await directory.act(mine.returning(StaffMember.staff_id), entry, now=now):
        raise NoSuchColleague
    return invitation


async def begin_joining(
    directory: Directory, tickets: Tickets, site: RelyingParty, code: str, *, now: datetime
) -> tuple[Colleague, Ceremony]:
    """Options for the passkey of whoever has the invitation. Raises NotInvited."""
    invitation = Invitation.read(code)
    rows = await directory.database.fetch(
        "SELECT invitation_hash FROM staff_member WHERE staff_id = $1 AND ended_at IS NULL AND invited_until > $2",
        invitation.staff_id,
        now,
    )
    if not rows or not hmac.compare_digest(rows[0]["invitation_hash"] or b"", _hash(invitation.secret)):
        raise NotInvited
    who = await colleague(directory, invitation.staff_id)
    return who, begin_newcomer(tickets, site, who.name, now=now, person_id=who.staff_id)


async def finish_joining(
    directory: Directory,
    tickets: Tickets,
    site: RelyingParty,
    code: str,
    ticket: str,
    answer: str,
    *,
    label: str,
    now: datetime,
) -> UUID:
    """Store the passkey and use the invitation up, in one transaction; returns whose it is.

    Raises:
        NotInvited: used meanwhile, too old, or for somebody else.
        BadTicket, BadPasskey: as for members.
    """
    invitation = Invitation.read(code)
    key = finish_making(tickets, site, ticket, answer, now=now)
    used = (
        sa.update(StaffMember)
        .where(
            StaffMember.staff_id == key.member_id,
            StaffMember.ended_at.is_(None),
            StaffMember.invited_until > now,
            StaffMember.invitation_hash == _hash(invitation.secret),
        )
        .values(invitation_hash=None, invited_until=None)
    )
    entry = Entry("staff.passkey_made", actor=f"staff:{key.member_id}", object=f"staff:{key.member_id}")
    async with directory.database.begin() as connection:
        done = recorded(used.returning(StaffMember.staff_id), [entry], cell=DIRECTORY_NAME, now=now)
        if (await connection.execute(done)).first() is None:
            raise NotInvited
        await connection.execute(
            sa.insert(StaffPasskey).values(
                staff_id=key.member_id,
                credential_id=key.credential_id,
                public_key=key.public_key,
                sign_count=key.sign_count,
                label=label,
                added_at=now,
            )
        )
    return key.member_id


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
