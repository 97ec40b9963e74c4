"""runtime: the opened stores of one process, and nothing else: cells, vaults, gateway, ledger, gates, clock.

Front doors and the worker are handed a `Runtime`; verbs below are handed the parts they need. Opened by `app` alone.
"""

from kept.runtime.opening import Runtime, open_runtime

__all__ = ["Runtime", "open_runtime"]
