"""worker: the process that does what nobody waits for: jobs, the ledger's sequencer, the gateway, measuring, sweeping.

Answers nobody. Every loop survives its databases being away; a `Fatal` ends the process, for it must not go on.
Start reading at `main.py`.
"""

from kept.worker.main import Worker

__all__ = ["Worker"]
