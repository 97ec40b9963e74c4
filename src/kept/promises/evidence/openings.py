"""Evidence on messages opened for others than their owner: each one in a case, each one on public record before."""

from collections import Counter
from datetime import timedelta

from kept.catalog import CellRow, Crossing
from kept.cells import tallied
from kept.legal import disclosed
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime
from kept.vault import WITH_PROOF, Opening, SealedColumn

_LOGGED = "SELECT entry_id FROM log_entry WHERE entry_id = ANY($1)"
_COUNTED = timedelta(days=30)


@measures("messages.decryption", "kept.vault.authorising", "kept.vault.openings", "kept.disclosure.building")
async def opened_in_a_case(runtime: Runtime) -> Finding:
    """What the vaults opened for others is held against their record of it, and that against the ledger.

    Outside a case is what was opened without a record, what has one whose authorisation the ledger doesn't know, and what was
    opened under legal process in a case that no authority's request here has.
    """
    openings = [one for vault in runtime.vaults.values() for one in await vault.openings()]
    _, _, elsewhere = await disclosed(runtime)
    outside = await _unrecorded(runtime, openings) + await _unauthorised(runtime, openings) + elsewhere
    columns = _addressed()
    ours = [one for one in openings if one.place in columns]
    messages = 0
    for cell in runtime.cells:
        for place in columns:
            table, _, column = place.partition(".")
            sql = f'SELECT count(*) AS n FROM "{table}" WHERE "{column}" IS NOT NULL'
            messages += (await cell.database.fetch(sql))[0]["n"]
    reasons: Counter[str] = Counter()
    for one in ours:
        reasons[f"opened_{one.reason}"] += one.opened
    cases = len({one.case for one in ours})
    figure = f"{reasons.total():,} of {messages:,} messages opened for others, in {cases} cases; {outside} outside a case"
    return Finding.of(good=outside == 0, figure=figure, sample=messages, cases=cases, **reasons)


def _addressed() -> list[str]:
    """Every sealed column of what members write to each other, as `table.column`."""
    return [
        f"{table.name}.{column.name}"
        for table in CellRow.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, SealedColumn) and column.info["rule"].crossing is Crossing.ADDRESSED
    ]


async def _unrecorded(runtime: Runtime, openings: list[Opening]) -> int:
    """Values that processes counted as opened for such a reason, beyond those on record. Counting comes after recording."""
    since = runtime.clock.now() - _COUNTED
    counted = await tallied(runtime.cells, "vault.opened:", since=since.date())
    recorded: Counter[str] = Counter()
    for one in openings:
        # A day earlier: a count can be stored on the day after.
        recorded[f"vault.opened:{one.reason}"] += one.opened if one.at >= since - timedelta(days=2) else 0
    return sum(max(0, counted[name] - recorded[name]) for name in (f"vault.opened:{reason}" for reason in WITH_PROOF))


async def _unauthorised(runtime: Runtime, openings: list[Opening]) -> int:
    """Values opened under an authorisation that our ledger doesn't hold."""
    wanted = {one.authorisation_id for one in openings}
    known = {row["entry_id"] for row in await runtime.ledger.database.fetch(_LOGGED, list(wanted))}
    return sum(one.opened for one in openings if one.authorisation_id not in known)
