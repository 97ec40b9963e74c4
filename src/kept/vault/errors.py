"""How the vault fails: refusals that an edge can answer, and discoveries after which nothing may go on."""

from kept.kit import Fatal, KeptError, Kind
from kept.kit.database import DatabaseAway


class KeyDestroyed(KeptError):
    """The member's key was destroyed on purpose. Nothing brings it back, and the id gets no second one."""

    code = "key_destroyed"
    kind = Kind.GONE
    message = "This was deleted for good. Nobody can read it any more."


class NoSuchKey(KeptError):
    """This cell never held a key for the member: they were never at home here."""

    code = "no_such_key"
    kind = Kind.NOT_FOUND
    message = "There is nothing sealed for this account here."


class ReasonRefused(KeptError):
    """No reason, or one for which this place may not be opened. `reason` and `place` say which."""

    code = "reason_refused"
    kind = Kind.FORBIDDEN
    message = "Sealed data may not be opened for this reason ({reason})."


class NotAuthorised(KeptError):
    """What is shown does not prove that this opening was put on public record before. `why` says what is missing."""

    code = "not_authorised"
    kind = Kind.FORBIDDEN
    message = "Sealed data is opened for others only after that was put on public record: {why}."


class UnknownPlace(KeptError):
    """A place is `table.column` of an annotated table; this is not one."""

    code = "unknown_place"
    kind = Kind.BUG
    message = "“{place}” is not a column that the catalogue knows."


class EnvelopeRefused(KeptError):
    """What came from another cell is no envelope for this one. Not fatal: whoever can reach a door can send bytes."""

    code = "envelope_refused"
    kind = Kind.INVALID
    message = "This envelope can't be opened here: {why}."


class KmsAway(KeptError):
    """The key management doesn't answer, or refuses us. `kms` and `error` say which and how, for the operator's logs."""

    code = "kms_away"
    kind = Kind.BUSY
    message = "We can't get at our keys for the moment. Try again in a few seconds."


class VaultAway(DatabaseAway):
    """The vault's process does not answer, or broke off. To who waits it is as a database that is away: it passes."""

    code = "vault_away"
    message = "We can't get at our keys for the moment. Try again in a few seconds."


class VaultFailed(KeptError):
    """The vault met an error that it did not expect; its log says which kind."""

    code = "vault_failed"
    kind = Kind.BUG
    message = "The vault could not do this."


class UnknownCell(KeptError):
    """The vault has no keys of that cell: it serves other regions."""

    code = "unknown_cell"
    kind = Kind.BUG
    message = "The vault has no keys of the cell {cell}."


class AskRefused(KeptError):
    """Who asks may not have that of the vault: it is for processes that hold keys themselves."""

    code = "ask_refused"
    kind = Kind.FORBIDDEN
    message = "The vault does not do that for whoever asks over its socket ({ask})."


class WrongKey(Fatal):
    """A value does not open under its owner's key: it was altered, or moved from another row, column, owner or cell."""


class NotSealed(WrongKey):
    """Bytes where a sealed value should be are none: too short, or of no suite that we know."""


class KeyFileExposed(Fatal):
    """A key file or its folder can be read by others, or is not what it should be; its keys must be taken for known."""


class RootKeyLost(Fatal):
    """A key is wrapped under a root that the key management no longer has. Restore that root; a new one won't help."""


class ForeignKeyStore(Fatal):
    """This key store belongs to another cell or region: the configuration points at the wrong database."""
