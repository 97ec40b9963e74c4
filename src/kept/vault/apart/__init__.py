"""apart: the vault as a process of its own, and its face in the others.

`serving.py` answers over a Unix socket, in the one process that has root keys and key stores; `client.py` is a `Vault`
like any other, whose memory holds members' keys for a short time and nothing above them. `messages.py` is all that can
be said between the two: what is not in there can't be asked for. `kept vault` is that process: see docs/decisions/0017.
"""

from kept.vault.apart.client import VaultClient
from kept.vault.apart.link import Link
from kept.vault.apart.places import bound_socket
from kept.vault.apart.serving import VaultServer

__all__ = ["Link", "VaultClient", "VaultServer", "bound_socket"]
