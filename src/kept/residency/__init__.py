"""residency: data that moves between stores, and data that is kept for the day a store is lost, without leaving its region.

Owns the move of a member to another cell, the pivot of a whole cell to a new store with its certificate, backups to declared
sites, and the gate that a restored cell has to pass before it answers anybody. Never lets two homes accept writes, never
deletes what it has not read back at the new place, never stores a backup where the region does not allow it. Which tables,
columns and objects go along is read from the catalogue; what floors above keep beside them they supply (`luggage.py`).
Start reading at `moving.py` (one member), then `pivoting.py` (a cell), `backing_up.py` and `restoring.py`.
"""

from kept.residency.backing_up import Backup, back_up, expire
from kept.residency.boxes import DamagedBackup
from kept.residency.certificate import read_certificate, residue_of
from kept.residency.copying import CopyDiffers
from kept.residency.emptying import NotVerified
from kept.residency.luggage import Luggage, NoLuggage, Replay, Stores, Supplied, Works
from kept.residency.models import ArrivingObject, BackupRow, MemberMove, MoveBatch, MoveCount, PivotRow
from kept.residency.moving import CannotHold, MemberBusy, Moved, move_member, move_members, settle_all
from kept.residency.objects import ObjectDiffers
from kept.residency.pivoting import LeftBehind, NoPivot, PivotUnderWay, TooLate, abort_pivot, begin_pivot
from kept.residency.preparing import NotPrepared
from kept.residency.replaying import erased
from kept.residency.restoring import CellInUse, NoBackup, StillThere, restore, try_restore
from kept.residency.scheduling import keep_backed_up
from kept.residency.signing import BadStatement, hash_of
from kept.residency.since import LedgerUnfit
from kept.residency.sites import UndeclaredSite, declared_sites

__all__ = [
    "ArrivingObject",
    "Backup",
    "BackupRow",
    "BadStatement",
    "CannotHold",
    "CellInUse",
    "CopyDiffers",
    "DamagedBackup",
    "LedgerUnfit",
    "LeftBehind",
    "Luggage",
    "MemberBusy",
    "MemberMove",
    "MoveBatch",
    "MoveCount",
    "Moved",
    "NoBackup",
    "NoLuggage",
    "NoPivot",
    "NotPrepared",
    "NotVerified",
    "ObjectDiffers",
    "PivotRow",
    "PivotUnderWay",
    "Replay",
    "StillThere",
    "Stores",
    "Supplied",
    "TooLate",
    "UndeclaredSite",
    "Works",
    "abort_pivot",
    "back_up",
    "begin_pivot",
    "declared_sites",
    "erased",
    "expire",
    "hash_of",
    "keep_backed_up",
    "move_member",
    "move_members",
    "read_certificate",
    "residue_of",
    "restore",
    "settle_all",
    "try_restore",
]
