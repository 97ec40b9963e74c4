"""Evidence that children under 13 only watch: the policy over every write, attempts refused, works and ties of theirs: none."""

from datetime import timedelta

import sqlalchemy as sa

from kept.catalog import CellRow, Nature
from kept.cells import tallied
from kept.policy import Action, Actor, AgeBand, Standing, can_anyhow
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime

WRITTEN = ("user.content.public", "user.content.private", "user.social")
"""A table with a column of these categories holds what members make, or what they have to do with each other."""


@measures("youth.under13", "kept.policy", "kept.videos.uploading")
async def under_thirteen_only_watch(runtime: Runtime) -> Finding:
    """Every write action is asked of the policy; every table of members' works is searched for a child's."""
    child = Actor.member(AgeBand.UNDER_13, standing=Standing.GOOD, offered=True, limits=())
    writes = [action for action in Action if action.is_write]
    allowed = [action for action in writes if can_anyhow(child, action)]
    written, children = 0, 0
    for cell in runtime.cells:
        count = "SELECT count(*) AS n FROM account WHERE band = 'under_13'"
        children += (await cell.database.fetch(count))[0]["n"]
        for table in _works():
            owner = table.info["law"].owner
            sql = f'SELECT count(*) AS n FROM "{table.name}" w JOIN account a ON a.owner_id = w."{owner}" WHERE a.band = \'under_13\''  # noqa: E501
            written += (await cell.database.fetch(sql))[0]["n"]
    since = (runtime.clock.now() - timedelta(days=30)).date()
    refused = sum((await tallied(runtime.cells, "refused:under_13:", since=since)).values())
    figure = f"{refused} attempts refused, {written} successes, by {children} accounts"
    good = not allowed and written == 0
    return Finding.of(good=good, figure=figure, sample=children + refused, writes_forbidden=len(writes) - len(allowed))


def _works() -> list[sa.Table]:
    """The record tables in which members' works stand, by their annotation."""
    return [
        table
        for table in CellRow.metadata.sorted_tables
        if table.info["law"].nature is Nature.RECORD
        and table.name != "account"
        and any(column.info["rule"].category in WRITTEN for column in table.c)
    ]
