"""audit: what an outsider runs to hold a log to its word: a witness that cosigns.

Owns the witness's memory and its refusals. Knows nothing of the platform but what is
public, opens no database, and is small enough for the smallest machine. Speaks no HTTP itself: that is the front door's.
Start reading at `witness.py` (when it cosigns), then `memory.py` (what it must never forget).
"""

from kept.audit.memory import DamagedMemory, Memory
from kept.audit.witness import Answer, Witness

__all__ = ["Answer", "DamagedMemory", "Memory", "Witness"]
