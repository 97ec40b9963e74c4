"""Evidence on what staff read: every reading under a grant, every grant approved as its level asks, every use for its purpose.

The readings are held against the requests and votes, and what the vaults opened for staff against both: the vaults keep a
record of their own, which the gateway can't touch.
"""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from kept.access import Figures, choices, figures, pairs
from kept.catalog import Purpose
from kept.cells import Cell, tallied
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime
from kept.staff import Colleague, colleagues, site_of
from kept.vault import Reason

_COUNTED = timedelta(days=30)
_GRANTED = "SELECT request_id FROM access_request WHERE granted_at IS NOT NULL AND request_id = ANY($1)"
_USES = "SELECT purpose, fields, count(*) AS n FROM access_read WHERE given_to IS NULL GROUP BY purpose, fields"
_SITES = "SELECT site, count(*) AS n FROM access_read GROUP BY site"
_APPROVED_AT = "SELECT site, count(*) AS n FROM access_approval GROUP BY site"


@measures("access.need", "kept.access.reading", "kept.access.granting", "kept.access.states", "kept.vault.authorising")
async def need(runtime: Runtime) -> Finding:
    """Readings without a grant, outside its time or fields, or without the approvals that the level asks for: none."""
    found = await _figures(runtime)
    bad: Counter[str] = sum((one.bad for one in found), Counter())
    opened, stray = await _openings(runtime)
    reads, glass = sum(one.reads for one in found), sum(one.glass for one in found)
    granted: Counter[str] = sum((one.granted for one in found), Counter())
    late = sum(one.glass_overdue for one in found)
    wrong = bad.total() + stray
    levels = ", ".join(f"{count:,} {level}" for level, count in granted.items() if count) or "none"
    return Finding.of(
        good=wrong == 0 and late == 0,
        figure=(
            f"{reads:,} readings by staff, {wrong:,} outside a grant; granted: {levels}; {_median(found)} to approval; "
            f"{glass:,} emergencies, {late:,} not looked at within a day"
        ),
        sample=reads,
        opened_for_staff=opened,
        declined=sum(one.declined for one in found),
        **{f"wrong_{name}": count for name, count in bad.items() if count},
    )


@measures("access.oversight", "kept.access.approving", "kept.policy", "kept.staff")
async def oversight(runtime: Runtime) -> Finding:
    """Approvals by team and site; of one's own request: none; grants without the region's security team: none."""
    found = await _figures(runtime)
    votes: Counter[str] = sum((one.votes_by for one in found), Counter())
    own, total = sum(one.self_approvals for one in found), sum(one.approvals for one in found)
    alone = sum(one.bad["unapproved"] + one.bad["unapproved_restricted"] for one in found)
    mutual = await pairs(list(runtime.cells), now=runtime.clock.now())
    where = ", ".join(f"{who} {count:,}" for who, count in votes.most_common(6))
    return Finding.of(
        good=own == 0 and alone == 0,
        figure=(
            f"{total:,} answers, {sum(one.overseen for one in found):,} by the region's security team ({where or 'none yet'}); "
            f"{own:,} self-approvals; {mutual:,} pairs who approved each other's"
        ),
        sample=total,
        without_oversight=alone,
    )


@measures("use.purposes", "kept.access.wanting", "kept.vault.reasons", "kept.catalog")
async def purposes(runtime: Runtime) -> Finding:
    """Readings by purpose, each held against the catalogue as it is now; and what the program opened, by reason."""
    uses, wrong = Counter[str](), 0
    for cell in runtime.cells:
        for row in await cell.database.fetch(_USES):
            uses[_name(row["purpose"])] += row["n"]
            wrong += 0 if _fits(row["fields"], row["purpose"]) else row["n"]
    since = (runtime.clock.now() - _COUNTED).date()
    opened = Counter(await tallied(runtime.cells, "vault.opened:", since=since))
    refused = Counter(await tallied(runtime.cells, "vault.refused:", since=since))
    said = ", ".join(f"{purpose} {count:,}" for purpose, count in uses.most_common(6))
    return Finding.of(
        good=wrong == 0,
        figure=(
            f"{uses.total():,} readings by staff ({said or 'none yet'}), {wrong:,} for another purpose than the catalogue's; "
            f"{opened.total():,} values opened by the program under {len(opened)} declared reasons, {refused.total():,} refused"
        ),
        sample=uses.total(),
        **{f"use_{purpose}": count for purpose, count in uses.items()},
    )


@measures("service.sites", "kept.staff.acting", "kept.staff.people", "kept.access.reading")
async def sites(runtime: Runtime) -> Finding:
    """Where staff sit, and from where they read and approve; from a country on the refusal list, or none: nothing."""
    people = await colleagues(runtime.cells.directory)
    unknown = sum(one.site == "" for one in people)
    seen, listed = Counter[str](), 0
    for cell in runtime.cells:
        for statement in (_SITES, _APPROVED_AT):
            for row in await cell.database.fetch(statement):
                place = _place(runtime, cell, row["site"])
                seen[place] += row["n"]
                listed += row["n"] if place in ("listed", "unknown") else 0
    where = ", ".join(f"{count} in {site}" for site, count in sorted(Counter(one.site for one in people).items()))
    teams = len({_team(one) for one in people})
    return Finding.of(
        good=unknown == 0 and listed == 0,
        figure=(
            f"{len(people)} people in {teams} teams ({where or 'none yet'}); {seen.total():,} readings and answers: "
            f"{seen['in_region']:,} from the data's region, {seen['abroad']:,} from abroad, {listed:,} from listed countries"
        ),
        sample=len(people),
        unknown=unknown,
    )


async def _figures(runtime: Runtime) -> list[Figures]:
    return [await figures(cell, now=runtime.clock.now()) for cell in runtime.cells]


def _median(found: list[Figures]) -> str:
    times = [one.median_seconds.get("confidential", 0.0) for one in found if one.granted.get("confidential")]
    minutes = max(times, default=0.0) / 60
    return f"median {minutes:,.1f} minutes"


async def _openings(runtime: Runtime) -> tuple[int, int]:
    """Values that vaults opened for staff, and how many openings name no request that was granted."""
    opened, stray = 0, 0
    for cell in runtime.cells:
        mine = [one for one in await runtime.vaults[cell.name].openings() if one.reason is Reason.STAFF]
        opened += sum(one.opened for one in mine)
        cases = {one.case.removeprefix("case:") for one in mine}
        ids = [UUID(case) for case in cases]
        known = {str(row["request_id"]) for row in await cell.database.fetch(_GRANTED, ids)}
        stray += len(cases - known)
    return opened, stray


def _fits(fields: list[str], purpose: str) -> bool:
    known = choices()
    if purpose not in tuple(Purpose):
        return False
    return all((place in known and Purpose(purpose) in known[place].purposes) or _is_public(place) for place in fields)


def _is_public(place: str) -> bool:
    return place in choices() and choices()[place].level == 0


def _place(runtime: Runtime, cell: Cell, site: str) -> str:
    refused = runtime.settings.availability.refused_governments
    return site_of(site, region=cell.region, cells=runtime.cells, refused_governments=refused).value


def _team(one: Colleague) -> tuple[str, str]:
    return one.team.value, one.region


def _name(purpose: str) -> str:
    """The purpose in a word that is known: figures are published, and nothing else that a row may hold is."""
    return Purpose(purpose).name.lower() if purpose in tuple(Purpose) else "unknown"
