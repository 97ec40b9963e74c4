"""What this floor uses of the runtime, and the errors that counsel sees."""

from collections.abc import Mapping
from typing import Protocol

from kept.cells import Cells
from kept.kit import Clock, KeptError, Kind, Settings
from kept.vault import Beacon, Vault


class Works(Protocol):
    """The opened stores, with keys."""

    @property
    def settings(self) -> Settings: ...
    @property
    def cells(self) -> Cells: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def vaults(self) -> Mapping[str, Vault]: ...
    @property
    def beacon(self) -> Beacon: ...


class NoSuchCase(KeptError):
    code = "no_such_case"
    kind = Kind.NOT_FOUND
    message = "There is no request of an authority with the number {number} here."


class BadCase(KeptError):
    code = "bad_case"
    kind = Kind.INVALID
    message = "This can't be done: {why}"


class WrongState(KeptError):
    code = "wrong_state"
    kind = Kind.CONFLICT
    message = "{number} is {state}: it can't become {wanted} from there."


class CaseAltered(KeptError):
    """Promise `government.refusal`: what is sealed in a case names the country, and nobody can change that afterwards."""

    code = "case_altered"
    kind = Kind.CONFLICT
    message = (
        "What is sealed in {number} is not what its row says: somebody has changed it. Refuse it, and find out who."
    )
