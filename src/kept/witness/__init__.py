"""witness: the HTTP front door of `kept witness`, on the machine of an auditor.

Owns the words of HTTP, and limits on what a stranger can make it hold. Decides nothing: `kept.audit` does. Uses no web
framework and imports nothing of the platform, so that a witness fits on any machine and is soon read.
Start reading at `starting.py`, then `serving.py`.
"""

from kept.witness.serving import Door, run
from kept.witness.starting import start

__all__ = ["Door", "run", "start"]
