"""audit: what an outsider runs to hold a log to its word: a witness that cosigns, and a mirror that copies and checks.

Owns the witness's memory and its refusals, the mirror's folder and its alarms. Knows nothing of the platform but what is
public, opens no database, and is small enough for the smallest machine. Serves no HTTP itself: that is the front door's.
Start reading at `witness.py` (when it cosigns), then `memory.py` (what it must never forget); `mirror.py` (a visit to a
log), then `alarms.py` (what it cries about), `copy.py` (what it keeps), `findings.py` (what it can tell),
`productions.py` (what was given to authorities).
"""

from kept.audit.alarms import Alarm, Alarmed
from kept.audit.copy import Copy, DamagedMirror, MirrorBusy, NoMirror, State
from kept.audit.findings import Findings, findings
from kept.audit.memory import DamagedMemory, Memory
from kept.audit.mirror import PATIENCE, AnotherLog, Mirror, follow
from kept.audit.productions import Production, productions
from kept.audit.witness import Answer, Witness

__all__ = [
    "PATIENCE",
    "Alarm",
    "Alarmed",
    "AnotherLog",
    "Answer",
    "Copy",
    "DamagedMemory",
    "DamagedMirror",
    "Findings",
    "Memory",
    "Mirror",
    "MirrorBusy",
    "NoMirror",
    "Production",
    "State",
    "Witness",
    "findings",
    "follow",
    "productions",
]
