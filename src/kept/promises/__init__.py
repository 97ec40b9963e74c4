"""promises: every public promise as an object, and the evidence that shows on the live system whether it is true.

Owns the list, the states, the evidence checks and their history. `kept promises`, the page `/trust`, the audit export and
the tests read these same objects. Never shows *kept* without fresh evidence, nor on an empty measurement.
Start reading at `promise.py` (what a promise is), then any file of `evidence/`.
"""

from kept.promises.history import History, Past, recent
from kept.promises.listing import PROMISES, by_id
from kept.promises.measuring import measure_all, standing, store
from kept.promises.models import PromiseReading
from kept.promises.promise import Finding, Promise, Reading, State, Verdict

__all__ = [
    "PROMISES",
    "Finding",
    "History",
    "Past",
    "Promise",
    "PromiseReading",
    "Reading",
    "State",
    "Verdict",
    "by_id",
    "measure_all",
    "recent",
    "standing",
    "store",
]
