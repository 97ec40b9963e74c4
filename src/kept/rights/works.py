"""What this floor uses of the runtime, and the errors that people see."""

from typing import Protocol

from kept.accounts import Accounts
from kept.kit import KeptError, Kind
from kept.residency import Works as Residency
from kept.videos import Studio


class Works(Residency, Protocol):
    """The opened stores, with accounts and the workshop for files."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def studio(self) -> Studio: ...


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
    message = "The deletion has begun and can't be called off any more."
