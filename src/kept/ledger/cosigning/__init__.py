"""cosigning: how the log gets its checkpoints cosigned by outsiders, and publishes what they cosigned.

Never keeps an act waiting: entries are logged and signed whether a witness answers or not. Stops the writer when a witness
says that the log has two histories. Start reading at `asking.py` (one witness), then `rounds.py` (all of them).
"""

from kept.ledger.cosigning.asking import Asker
from kept.ledger.cosigning.rounds import Cosigning

__all__ = ["Asker", "Cosigning"]
