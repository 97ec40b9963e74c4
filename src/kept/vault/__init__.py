"""vault: every key, and all sealing and opening of what is private.

Owns the key hierarchy and the key stores, the type of private columns, the reasons for which something is opened,
blind indexes and pseudonyms, and the destruction of a key, which beats every cache. Never stores a value, never decides
who asks (policy does), never opens for staff or authorities without a proof that this is on public record already.
Start reading at `vault.py` (the verbs), then `sealing.py` (what a sealed value is), `lease.py` (why erasure is sure),
`authorising.py` (log before decrypt).
"""

from kept.vault.authorising import WITH_PROOF, Authorisation, witnesses_in
from kept.vault.beacon import Beacon, normalise
from kept.vault.cache import CacheSize
from kept.vault.entries import carry_entries
from kept.vault.envelopes import seal_envelope
from kept.vault.errors import (
    EnvelopeRefused,
    ForeignKeyStore,
    KeyDestroyed,
    KeyFileExposed,
    KmsAway,
    NoSuchKey,
    NotAuthorised,
    NotSealed,
    ReasonRefused,
    RootKeyLost,
    UnknownPlace,
    WrongKey,
)
from kept.vault.hierarchy import Shredded
from kept.vault.holding import KeyHolder
from kept.vault.kms import Kms, LocalKms, Wrapped, open_kms
from kept.vault.openings import Opening, committed
from kept.vault.posting import NoWayThere, Post
from kept.vault.reasons import Reason
from kept.vault.renewing import by_region, go_on_rotating
from kept.vault.rotation import Rotation
from kept.vault.sealed import OVERHEAD_BYTES, SUITES, Sealed, SealedColumn
from kept.vault.vault import Vault

__all__ = [
    "OVERHEAD_BYTES",
    "SUITES",
    "WITH_PROOF",
    "Authorisation",
    "Beacon",
    "CacheSize",
    "EnvelopeRefused",
    "ForeignKeyStore",
    "KeyDestroyed",
    "KeyFileExposed",
    "KeyHolder",
    "Kms",
    "KmsAway",
    "LocalKms",
    "NoSuchKey",
    "NoWayThere",
    "NotAuthorised",
    "NotSealed",
    "Opening",
    "Post",
    "Reason",
    "ReasonRefused",
    "RootKeyLost",
    "Rotation",
    "Sealed",
    "SealedColumn",
    "Shredded",
    "UnknownPlace",
    "Vault",
    "Wrapped",
    "WrongKey",
    "by_region",
    "carry_entries",
    "committed",
    "go_on_rotating",
    "normalise",
    "open_kms",
    "seal_envelope",
    "witnesses_in",
]
