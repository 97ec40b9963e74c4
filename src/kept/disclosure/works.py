"""What this floor uses of the runtime, and the errors that counsel sees."""

from pathlib import Path
from typing import Protocol

from kept.access import PublicLog
from kept.kit import Database, KeptError, Kind
from kept.residency.luggage import LedgerStores as Signed
from kept.rights.works import Works as Rights


class LedgerStores(Signed, Protocol):
    """Where the log is, and its head."""

    @property
    def database(self) -> Database: ...


class Works(Rights, Protocol):
    """The opened stores, with the log as everybody sees it."""

    @property
    def ledger(self) -> LedgerStores: ...


def public_log(works: Works) -> PublicLog:
    """The published log, with the witnesses of the settings."""
    policy: Path | None = works.settings.witness_policy
    return PublicLog.of(works.ledger.objects, works.ledger.database, policy)


class BadProduction(KeptError):
    code = "bad_production"
    kind = Kind.CONFLICT
    message = "This can't be done: {why}."


class NotAgreed(KeptError):
    """Promise `messages.decryption`: nothing is put into a package that two teams have not agreed to."""

    code = "not_agreed"
    kind = Kind.CONFLICT
    message = "No package is made: {why}."


class NotWhole(KeptError):
    """What was written is not what an independent count finds: such a package is given to nobody."""

    code = "package_not_whole"
    kind = Kind.BUSY
    message = "The package is not whole: {why}. It is made again."


class NoPackage(KeptError):
    code = "no_package"
    kind = Kind.NOT_FOUND
    message = "There is no package of {number}: it was not made yet, or it was destroyed after its {days} days."
