"""Information for authorities: how to ask, what is refused and why, and how often it was asked."""

from datetime import timedelta

from litestar import MediaType, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.accounts import COUNTRIES
from kept.edge import Asker, shell_of
from kept.legal import INSTRUMENTS, DataClass, Figure, Instrument, band, figures, listed_countries
from kept.look import pages
from kept.look.views import AskedRow, AuthoritiesView, CountryName, DisclosedRow, InstrumentRow, PromiseState
from kept.promises import Reading, standing
from kept.runtime import Runtime

_PROMISE, _DISCLOSED = "government.refusal", "disclosed_"


@get("/authorities", media_type=MediaType.HTML, include_in_schema=False)
async def authorities(
    request: Request[object, object, State], runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
) -> str:
    """The page; how many accounts were disclosed is what the worker measured last."""
    reading = next(one for one in await standing(runtime) if one.promise.id == _PROMISE)
    view = AuthoritiesView(
        shell=shell_of(request, runtime, anybody),
        operator=runtime.settings.site.operator,
        contact=runtime.settings.site.contact,
        listed=tuple(_country(code) for code in sorted(listed_countries(runtime.settings))),
        instruments=tuple(_instrument(one) for one in INSTRUMENTS.values()),
        asked=tuple(_asked(one) for one in await figures(runtime.cells)),
        disclosed=_disclosed(reading),
        state=PromiseState(reading.state),
        measured_at=reading.measured_at,
    )
    return pages.render_authorities(view)


def _country(code: str) -> CountryName:
    return CountryName(code=code, name=COUNTRIES.get(code, code))


def _instrument(one: Instrument) -> InstrumentRow:
    return InstrumentRow(
        key=one.key,
        answer_days=_days(one.answer),
        emergency_hours=int(one.emergency_answer.total_seconds() // 3600) if one.emergency_answer else None,
        preserves_days=_days(one.preserve),
        longer_days=_days(one.prolong),
        reaches=tuple(name for name in DataClass if name in one.reaches),
    )


def _days(time: timedelta | None) -> int | None:
    return time.days if time else None


def _asked(one: Figure) -> AskedRow:
    return AskedRow(
        country=_country(one.country),
        instrument=one.instrument,
        received=band(one.received),
        refused=band(one.refused),
        valid=band(one.valid),
        withdrawn=band(one.withdrawn),
    )


def _disclosed(reading: Reading) -> tuple[DisclosedRow, ...]:
    """By country, out of what was measured; where several regions measure, their names stand before."""
    told: dict[str, int] = {}
    for name, count in reading.details.items():
        key = name.rpartition(" ")[2]
        if key.startswith(_DISCLOSED):
            code = key.removeprefix(_DISCLOSED)
            told[code] = told.get(code, 0) + int(count)
    return tuple(DisclosedRow(country=_country(code), accounts=band(count)) for code, count in sorted(told.items()))
