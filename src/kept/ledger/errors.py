"""Why the writer stops. Each is `Fatal`: going on would sign a history that is not the one people have seen."""

from kept.kit import Fatal, KeptError, Kind


class Forked(Fatal):
    """Two histories: the head, the published checkpoint and the tiles do not continue one another."""


class Gap(Fatal):
    """A part of the log that must be there is missing."""


class BadSignature(Fatal):
    """A head or checkpoint that our key did not sign."""


class StoreOverwrites(Fatal):
    """The object store ignores conditional writes (`If-None-Match: *`): what is published there could be replaced."""


class HeadMoved(KeptError):
    """Another writer was faster. The next try starts from its head, after checking it."""

    code = "head_moved"
    kind = Kind.BUSY
    message = "The ledger is being written by another process."
