"""What this floor uses of the runtime, and the errors that people see."""

from collections.abc import Mapping
from typing import Protocol

from kept.accounts import Accounts
from kept.cells import Cells
from kept.kit import KeptError, Kind, Settings
from kept.residency import Works as Residency
from kept.vault import Beacon, Vault
from kept.videos import Studio


class Works(Residency, Protocol):
    """The opened stores, with accounts and the workshop for files."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def studio(self) -> Studio: ...


class Sealing(Protocol):
    """Where there is a vault for each cell."""

    @property
    def vaults(self) -> Mapping[str, Vault]: ...


class Doors(Sealing, Protocol):
    """What it takes to let a request in and to know whose it is; no key of a cell is needed for that."""

    @property
    def settings(self) -> Settings: ...
    @property
    def cells(self) -> Cells: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def beacon(self) -> Beacon: ...


class BadRequest(KeptError):
    code = "bad_rights_request"
    kind = Kind.INVALID
    message = "Nothing was asked: {why}."


class CantSetRight(KeptError):
    code = "cant_set_right"
    kind = Kind.CONFLICT
    message = "Nothing was changed: {why}."


class NoSuchRequest(KeptError):
    """One answer for a request that there isn't, for somebody else's, and for a wrong secret."""

    code = "no_such_request"
    kind = Kind.NOT_FOUND
    message = "There is no such request, or it is not yours. Check the number and the secret that you were given."


class NotReady(KeptError):
    code = "not_ready"
    kind = Kind.CONFLICT
    message = "This is not there at present: the request is {state}."


class TooLate(KeptError):
    code = "too_late"
    kind = Kind.CONFLICT
    message = "It is too late for that: the request has gone on in the meantime. Look at it again."
