"""Information for authorities: how to ask, what is refused, and how often it happens. Nothing here is about anybody."""

from dataclasses import dataclass
from datetime import datetime

from kept.look.views.page import Shell
from kept.look.views.trust import PromiseState


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryName:
    """A country: its code, and its English name, which a module puts into the reader's language."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentRow:
    """A kind of legal document: `key` and `reaches` name texts; None where the document itself says it."""

    key: str
    answer_days: int | None
    emergency_hours: int | None
    preserves_days: int | None
    longer_days: int | None
    reaches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """Requests from a country by one instrument, as bands (`1–9`)."""

    country: CountryName
    instrument: str
    received: str
    refused: str
    valid: str
    withdrawn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedRow:
    """Accounts that were disclosed to a country's authorities, as a band."""

    country: CountryName
    accounts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritiesView:
    """The whole page. `state` and `measured_at` are those of the promise to give nothing to the countries in `listed`."""

    shell: Shell
    operator: str
    contact: str
    listed: tuple[CountryName, ...]
    instruments: tuple[InstrumentRow, ...]
    asked: tuple[AskedRow, ...]
    disclosed: tuple[DisclosedRow, ...]
    state: PromiseState
    measured_at: datetime | None = None
