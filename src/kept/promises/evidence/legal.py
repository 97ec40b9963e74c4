"""Evidence that nothing is given to governments on the refusal list: the door is tried, and every account disclosed counted."""

from collections import Counter
from collections.abc import Collection, Sequence

from kept.legal import (
    Case,
    Figure,
    band,
    cases_numbered,
    disclosed,
    figures,
    is_whole,
    listed_countries,
    open_cases,
    try_the_door,
)
from kept.promises.promise import Finding, Verdict
from kept.promises.registry import measures
from kept.retention import holds
from kept.runtime import Runtime


@measures("government.refusal", "kept.legal.models", "kept.legal.listing", "kept.legal.entering", "kept.legal.sealed")
async def refusal(runtime: Runtime) -> Finding:
    """In each cell, rows of listed countries are put where they may not stand; then what there is is counted.

    Unproven without a list, before the databases have it, and where an account was opened in a case that is not here.
    """
    listed, now = listed_countries(runtime.settings), runtime.clock.now()
    tried = [await try_the_door(cell, listed, now=now) for cell in runtime.cells]
    counted = await figures(runtime.cells)
    accounts, opened_in, elsewhere = await disclosed(runtime)
    let_in = sum(one.let_in for one in tried)
    standing = sum(one.standing for one in tried) + sum(accounts[code] for code in listed)
    wrong = let_in + standing + await _wrong(runtime, opened_in, listed)
    turned_away = sum(one.turned_away for one in tried)
    figure = f"{_of_listed(counted, accounts, listed)}; {turned_away:,} attempts to get further were turned away"
    figure += f", {let_in:,} were let in" if let_in else ""
    figure += f". {_of_others(counted, accounts, listed)}"
    figure += f"; {wrong:,} requests or accounts where none may be" if wrong > let_in else ""
    details = {f"disclosed_{code}": accounts[code] for code in {one.country for one in counted} | set(accounts)}
    ready = bool(listed) and all(one.told for one in tried) and not elsewhere
    if not wrong and not ready:
        why = _why(listed, elsewhere)
        return Finding(Verdict.EMPTY, f"{figure}; unproven: {why}", 0, dict(details))
    sample = turned_away + sum(one.received for one in counted)
    return Finding.of(good=wrong == 0, figure=figure, sample=sample, turned_away=turned_away, **details)


async def _wrong(runtime: Runtime, opened_in: Sequence[Case], listed: Collection[str]) -> int:
    """Requests that are not what was sealed, and holds that run for listed countries."""
    readable = [case for case in opened_in if case.asked is not None]  # what was said is destroyed some years after
    suspects = {case.case_id: case for case in [*await open_cases(runtime.cells), *readable]}
    altered = [case for case in suspects.values() if not await is_whole(runtime, case)]
    now = runtime.clock.now()
    running = [
        one.case_ref
        for cell in runtime.cells
        for one in await holds(cell)
        if one.lifted_at is None and one.ends_at > now
    ]
    known = await cases_numbered(runtime.cells, running)
    return len(altered) + sum(number in known and known[number].country in listed for number in running)


def _of_listed(counted: Sequence[Figure], accounts: Counter[str], listed: Collection[str]) -> str:
    mine = [one for one in counted if one.country in listed]
    received, refused = sum(one.received for one in mine), sum(one.refused for one in mine)
    given = sum(accounts[code] for code in listed)
    names = ", ".join(sorted(listed)) or "no country"
    return f"Listed ({names}): {received:,} requests received, {refused:,} refused, {given:,} accounts disclosed"


def _of_others(counted: Sequence[Figure], accounts: Counter[str], listed: Collection[str]) -> str:
    received: Counter[str] = Counter()
    for one in counted:
        if one.country not in listed:
            received[one.country] += one.received
    told = [
        f"{code} {band(count)} received, {band(accounts[code])} accounts disclosed" for code, count in received.items()
    ]
    return f"Others: {'; '.join(sorted(told)) or 'no requests'}"


def _why(listed: Collection[str], elsewhere: int) -> str:
    if not listed:
        return "there is no refusal list"
    if elsewhere:
        return f"{elsewhere:,} accounts were opened in cases that are not here"
    return "not every database has the list of the settings yet"
