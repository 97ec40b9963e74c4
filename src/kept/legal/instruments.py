"""The instruments by which authorities ask: who may use each, how long we have, what it reaches, how long it preserves.

Sources: Regulation (EU) 2023/1543 (Art. 10, 11); 18 U.S.C. 2702, 2703. Where the law sets no time, the document does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DataClass(StrEnum):
    """What kind of data is asked for (Regulation 2023/1543, Art. 3(9) to (12))."""

    SUBSCRIBER = "subscriber"
    IDENTIFICATION = "identification"
    """Addresses and times of connections, asked for only to tell who somebody is."""
    TRAFFIC = "traffic"
    CONTENT = "content"


_ALL = frozenset(DataClass)
_EPOC_STATES = frozenset(
    "AT BE BG CY CZ DE EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
"""The Union without Denmark, which takes no part in the Regulation."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One kind of legal document."""

    key: str
    title: str
    states: frozenset[str] | None = None
    """The countries whose authorities may issue it; None: any."""
    answer: timedelta | None = None
    """How long we have; None: as the document says."""
    emergency_answer: timedelta | None = None
    reaches: frozenset[DataClass] = _ALL
    preserve: timedelta | None = None
    """For how long it has data kept from deletion; None: it asks for data."""
    prolong: timedelta | None = None
    """By how much that can be prolonged, once."""

    def due(self, received_at: datetime, *, emergency: bool, said: datetime | None) -> datetime | None:
        """When an answer is due: the law's time, or an earlier one that the document says."""
        time = self.emergency_answer if emergency and self.emergency_answer else self.answer
        moments = [moment for moment in (said, received_at + time if time else None) if moment is not None]
        return min(moments, default=None)


_LISTED = (
    Instrument(
        "epoc",
        "European Production Order (Regulation (EU) 2023/1543)",
        states=_EPOC_STATES,
        answer=timedelta(days=10),
        emergency_answer=timedelta(hours=8),
    ),
    Instrument(
        "epoc_pr",
        "European Preservation Order (Regulation (EU) 2023/1543)",
        states=_EPOC_STATES,
        preserve=timedelta(days=60),
        prolong=timedelta(days=30),
    ),
    Instrument(
        "us_subpoena",
        "US subpoena (18 U.S.C. 2703(c)(2))",
        states=frozenset({"US"}),
        reaches=frozenset({DataClass.SUBSCRIBER}),
    ),
    Instrument(
        "us_order",
        "US court order (18 U.S.C. 2703(d))",
        states=frozenset({"US"}),
        reaches=_ALL - {DataClass.CONTENT},
    ),
    Instrument("us_warrant", "US search warrant (18 U.S.C. 2703)", states=frozenset({"US"})),
    Instrument("us_emergency", "US emergency request (18 U.S.C. 2702)", states=frozenset({"US"})),
    Instrument(
        "us_preservation",
        "US preservation letter (18 U.S.C. 2703(f))",
        states=frozenset({"US"}),
        preserve=timedelta(days=90),
        prolong=timedelta(days=90),
    ),
    Instrument("national", "Order of a national authority or court, or under a treaty"),
)
INSTRUMENTS: dict[str, Instrument] = {one.key: one for one in _LISTED}
