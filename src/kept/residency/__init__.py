"""residency: data that moves between stores, and data that is kept for the day a store is lost, without leaving its region.

Owns the move of a member to another cell, the pivot of a whole cell to a new store with its certificate, backups to declared
sites, and the gate that a restored cell has to pass before it answers anybody. Never lets two homes accept writes, never
deletes what it has not read back at the new place, never stores a backup where the region does not allow it. Which tables,
columns and objects go along is read from the catalogue; what floors above keep beside them they supply (`luggage.py`).
Start reading at `moving.py` (one member), then `pivoting.py` (a cell), `backing_up.py` and `restoring.py`.
"""

from kept.residency.copying import CopyDiffers
from kept.residency.luggage import Luggage, NoLuggage, Replay, Supplied
from kept.residency.models import ArrivingObject, BackupRow, MemberMove, MoveBatch, MoveCount, PivotRow
from kept.residency.moving import CannotHold, MemberBusy, Moved, move_member, move_members, settle_all
from kept.residency.objects import ObjectDiffers

__all__ = [
    "ArrivingObject",
    "BackupRow",
    "CannotHold",
    "CopyDiffers",
    "Luggage",
    "MemberBusy",
    "MemberMove",
    "MoveBatch",
    "MoveCount",
    "Moved",
    "NoLuggage",
    "ObjectDiffers",
    "PivotRow",
    "Replay",
    "Supplied",
    "move_member",
    "move_members",
    "settle_all",
]
