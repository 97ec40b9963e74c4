"""retention: how long things are kept, and what is held for longer and why.

Owns the sweeper that deletes what is past its time in bounded batches, the scan that shows whether anything is left, and
legal holds, which suspend both. The rules stand in the catalogue and nowhere else. Never deletes what is held, never touches
the log, nor a key that is still to be replaced (the vault does that when nothing hangs on it any more).
Start reading at `rules.py` (what is past its time), then `sweeping.py`; `holds.py` are the exceptions.
"""

from kept.retention.holds import (
    BadHold,
    Hold,
    NewHold,
    NoSuchHold,
    holds,
    lift_hold,
    place_hold,
    prolong_hold,
    release_case,
)
from kept.retention.models import LegalHold, RetentionSweep
from kept.retention.rules import SLACK, Rule, rules
from kept.retention.scanning import Looked, scan
from kept.retention.sweeping import LastSweep, Swept, last_sweeps, sweep

__all__ = [
    "SLACK",
    "BadHold",
    "Hold",
    "LastSweep",
    "LegalHold",
    "Looked",
    "NewHold",
    "NoSuchHold",
    "RetentionSweep",
    "Rule",
    "Swept",
    "holds",
    "last_sweeps",
    "lift_hold",
    "place_hold",
    "prolong_hold",
    "release_case",
    "rules",
    "scan",
    "sweep",
]
