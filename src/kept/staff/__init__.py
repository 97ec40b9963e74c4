"""staff: who works for the operator: team, region, place of work, manager; how they sign in, and nothing that they may see.

Owns the staff directory, invitations, staff passkeys and short sessions; all of it stands in the directory that all cells
share, for somebody at one site may ask for another region's data. Says who somebody is, as the policy's `Actor`; never
decides, never reads a member's row. No password: a passkey, verified by its device, and nothing else.
Start reading at `people.py` (the directory), then `signing_in.py`, `acting.py` (what the policy is told).
"""

from kept.staff.acting import Seat, acting, seat, site_of
from kept.staff.joining import Invitation, begin_joining, finish_joining, invite
from kept.staff.models import StaffMember
from kept.staff.people import (
    BadStaff,
    Colleague,
    NewColleague,
    NoSuchColleague,
    change_site,
    colleague,
    colleagues,
    enter,
    leave,
    still_here,
)
from kept.staff.signing_in import LONGEST, NotOnDuty, OnDuty, sign_in, sign_out, taken_up

__all__ = [
    "LONGEST",
    "BadStaff",
    "Colleague",
    "Invitation",
    "NewColleague",
    "NoSuchColleague",
    "NotOnDuty",
    "OnDuty",
    "Seat",
    "StaffMember",
    "acting",
    "begin_joining",
    "change_site",
    "colleague",
    "colleagues",
    "enter",
    "finish_joining",
    "invite",
    "leave",
    "seat",
    "sign_in",
    "sign_out",
    "site_of",
    "still_here",
    "taken_up",
]
