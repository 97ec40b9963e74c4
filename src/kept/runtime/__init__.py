"""runtime: the opened stores of one process, and nothing else: cells, vaults, gateway, ledger, gates, clock, tallies.

Front doors and the worker are handed a `Runtime`; verbs below are handed the parts they need. Opened by `app` alone.
Start reading at `opening.py`, then `keys.py` (who holds keys).
"""

from kept.runtime.keys import KeyHolders, open_key_holders
from kept.runtime.opening import LedgerStores, Runtime, clips_go_along, open_runtime
from kept.runtime.tallies import Tallies

__all__ = [
    "KeyHolders",
    "LedgerStores",
    "Runtime",
    "Tallies",
    "clips_go_along",
    "open_key_holders",
    "open_runtime",
]
