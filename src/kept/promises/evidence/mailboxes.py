"""Evidence on what messages may carry, and that nobody under 16 has any: attempts refused, and what lies in the mailboxes.

What members write stays sealed: the mailboxes are looked through by owner, size and schema, and the rule itself is tried on
made-up texts each time.
"""

from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa

from kept.catalog import Category, CellRow, Crossing
from kept.cells import tallied
from kept.messages import LARGEST_BODY, payload_of
from kept.policy import Action, Actor, AgeBand, Choice, Mailbox, Payload, Relation, Standing, can, can_anyhow
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime
from kept.vault import SealedColumn

_COUNTED = timedelta(days=30)
CARRYING = (
    "look: data:image/png;base64,iVBORw0KGgo=",
    "data:video/mp4;base64,AAAA",
    "https://media.example/holiday.jpg",
    "https://media.example/a/b/clip.mp4?x=1",
    "www.youtube.com/watch?v=abc",
    "https://i.imgur.com/abc",
    "h\u0074tps://media\u3002example/x.webm",
    "ipfs://QmExample",
)
"""Made-up texts, each of which carries a picture, a video, or a link to one off the platform."""
UNDER_16 = (AgeBand.UNDER_13, AgeBand.TEEN_13_15)
OFF_UNDER_16 = (Action.SEND_MESSAGE, Action.RECEIVE_MESSAGE, Action.HOST_LIVE, Action.JOIN_LIVE)


@measures("messages.no-media", "kept.messages.carrying", "kept.policy")
async def no_media(runtime: Runtime) -> Finding:
    """Attempts that were refused; bodies that are larger than a text can be, and columns that could name a file: none.

    The platform's own canaries are looked at, too, and don't count as members' messages.
    """
    passed = [text for text in CARRYING if _would_pass(payload_of(text))] + [one for one in _MEDIA if _would_pass(one)]
    naming = sum(_may_name_files(table) for table in _mailboxes())
    bodies, large = 0, 0
    for cell in runtime.cells:
        for table in _mailboxes():
            for column in _bodies(table):
                sql = (
                    f'SELECT count(a.owner_id) AS n, count(*) FILTER (WHERE octet_length(m."{column}") > $1) AS large'
                    f' FROM "{table.name}" m LEFT JOIN account a ON a.owner_id = m."{table.info["law"].owner}"'
                    f' WHERE m."{column}" IS NOT NULL'
                )
                (row,) = await cell.database.fetch(sql, LARGEST_BODY)
                bodies, large = bodies + row["n"], large + row["large"]
    refused = Counter(await tallied(runtime.cells, "messages.refused:", since=_since(runtime)))
    tried = refused[f"messages.refused:{Payload.FILE}"] + refused[f"messages.refused:{Payload.OUTSIDE_MEDIA}"]
    return Finding.of(
        good=not passed and not naming and not large,
        figure=(
            f"{tried:,} attempts refused; {large:,} of {bodies:,} messages hold more than a text or a clip of ours; "
            f"{len(passed)} of {len(CARRYING)} made-up texts with pictures or videos would pass"
        ),
        sample=bodies + tried,
        columns_that_name_files=naming,
    )


@measures("youth.under16", "kept.policy", "kept.messages.deciding")
async def under_sixteen(runtime: Runtime) -> Finding:
    """The policy over every way to message or go live; messages in a mailbox of somebody under 16: none."""
    allowed = [action for band in UNDER_16 for action in OFF_UNDER_16 if can_anyhow(_member(band), action)]
    kept, young = 0, 0
    bands = [band.value for band in UNDER_16]
    for cell in runtime.cells:
        (row,) = await cell.database.fetch("SELECT count(*) AS n FROM account WHERE band = ANY($1)", bands)
        young += row["n"]
        for table in _mailboxes():
            sql = (
                f'SELECT count(*) AS n FROM "{table.name}" m'
                f' JOIN account a ON a.owner_id = m."{table.info["law"].owner}" WHERE a.band = ANY($1)'
            )
            kept += (await cell.database.fetch(sql, bands))[0]["n"]
    refused = Counter(await tallied(runtime.cells, "messages.refused:", since=_since(runtime)))[
        "messages.refused:under_16"
    ]
    return Finding.of(
        good=not allowed and kept == 0,
        figure=(
            f"{refused:,} attempts to write from or to somebody under 16 refused, {kept:,} messages with {young:,} accounts"
            f" under 16; going live is refused to all of them"
        ),
        sample=young + refused,
        allowed=len(allowed),
    )


_MEDIA = (Payload.FILE, Payload.OUTSIDE_MEDIA)


def _would_pass(payload: Payload) -> bool:
    """Whether any member of any age could send it to anybody."""
    boxes = [
        Mailbox(relation=relation, owner_band=band, accepts=Choice.EVERYONE, payload=payload)
        for relation in Relation
        for band in AgeBand
    ]
    return any(can(_member(band), Action.SEND_MESSAGE, box).allowed for band in AgeBand for box in boxes)


def _member(band: AgeBand) -> Actor:
    return Actor.member(band, standing=Standing.GOOD, offered=True, limits=())


def _mailboxes() -> list[sa.Table]:
    """Tables that hold what members write to each other, by their annotation."""
    return [table for table in CellRow.metadata.sorted_tables if _bodies(table)]


def _bodies(table: sa.Table) -> list[str]:
    return [
        column.name
        for column in table.c
        if column.info["rule"].crossing is Crossing.ADDRESSED
        and column.info["rule"].category == Category.PRIVATE_CONTENT
        and isinstance(column.type, SealedColumn)
    ]


def _may_name_files(table: sa.Table) -> bool:
    return any(column.info["rule"].names_object for column in table.c)


def _since(runtime: Runtime) -> date:
    return (runtime.clock.now() - _COUNTED).date()
