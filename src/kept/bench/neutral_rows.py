"""Rows for the neutral schema: some people with as many rows each, in among the rows of a crowd that knows them.

Made in the database, person by person in turns, so that a person's rows lie between other people's, as years of use leave
them. Ids come from numbers: `person(n)`, and `clip(member, k)` for the k-th video of somebody.
"""

from hashlib import md5
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.bench.neutral import Base

SHARES = {"video": 1, "watched": 60, "liked": 15, "message": 10, "comment": 8, "follow": 3, "session": 3}
"""Rows of a hundred that a person has in each table."""
NAMED = {"watched": 3, "liked": 2, "message": 2, "comment": 2, "follow": 1}
"""Rows of others that name a person, to a hundred of that person's own."""
CLIPS = 5
"""Videos of each of the crowd."""

_FUNCTIONS = (
    "CREATE FUNCTION person(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5('person ' || n)::uuid $$",
    "CREATE FUNCTION clip(member uuid, k bigint) RETURNS uuid LANGUAGE sql IMMUTABLE"
    " AS $$ SELECT md5(member || ' ' || k)::uuid $$",
)
_ROW = {
    "video": ("member_id, id, title, published_at", "clip(m, k), 'A walk by the harbour, part ' || k, now()"),
    "watched": (
        "member_id, id, author_id, video_id, seconds, watched_at",
        "gen_random_uuid(), o, clip(o, k), k % 60 + 0.5, now()",
    ),
    "liked": ("member_id, author_id, video_id, liked_at", "o, clip(o, k), now()"),
    "message": (
        "member_id, id, peer_id, text, sent_at",
        "gen_random_uuid(), o, 'See you at seven by the lighthouse, number ' || g, now()",
    ),
    "comment": (
        "member_id, id, author_id, video_id, text, written_at",
        "gen_random_uuid(), o, clip(o, k), 'That light on the water! ' || g, now()",
    ),
    "follow": ("member_id, followed_id, since", "o, now()"),
    "session": (
        "member_id, id, device, address, opened_at",
        "gen_random_uuid(), 'Firefox on Android', '192.0.2.' || g % 250, now()",
    ),
}
"""Columns, and what stands in them after the owner: `m` is the owner, `o` somebody else, `k` the number of a video."""


_MEMBERS = """
INSERT INTO member SELECT person(n), 'member' || n, 'member' || n || '@mail.example', now()
FROM generate_series(0, CAST(:members AS bigint) - 1) n
"""
_VIDEOS = """
SELECT person(CAST(:first AS bigint) + n) AS m, k
FROM generate_series(0, CAST(:rows AS bigint) - 1) k, generate_series(0, CAST(:people AS bigint) - 1) n ORDER BY k
"""
_OWN = """
SELECT person(CASE WHEN turn < people THEN crowd + turn ELSE g % crowd END) AS m,
  person((g + (turn = people)::int * (1 + g / crowd)) % crowd) AS o, g / crowd AS k, g
FROM (SELECT CAST(:crowd AS bigint) AS crowd, CAST(:people AS bigint) AS people) n,
  generate_series(0, CAST(:rows AS bigint) - 1) g, generate_series(0, people) turn ORDER BY g
"""
"""Rows of people's own, and one of the crowd's after every turn; what they are about is the crowd's."""
_OF_OTHERS = """
SELECT person(g % crowd) AS m, person(crowd + turn) AS o, g / crowd AS k, g
FROM (SELECT CAST(:crowd AS bigint) AS crowd) n, generate_series(0, CAST(:rows AS bigint) - 1) g,
  generate_series(0, CAST(:people AS bigint) - 1) turn ORDER BY g
"""
"""Rows of the crowd's that are about people."""


def person(number: int) -> UUID:
    """The id of a person."""
    return UUID(md5(f"person {number}".encode(), usedforsecurity=False).hexdigest())


async def make_people(connection: AsyncConnection, people: int, rows: int) -> list[UUID]:
    """Make the tables, a crowd with as many rows as one of `people` has, and `people` with `rows` each; whose ids it returns.

    The connection is the superuser's: that the rows refer to one another is not checked on the way.
    """
    crowd = max(rows * SHARES["follow"] // 100, 100)
    await connection.run_sync(Base.metadata.create_all)
    for statement in ("SET LOCAL session_replication_role = replica", *_FUNCTIONS):
        await connection.execute(sa.text(statement))
    await connection.execute(sa.text(_MEMBERS), {"members": crowd + people})
    await _insert(connection, "video", _VIDEOS, first=0, people=crowd, rows=CLIPS)
    await _insert(connection, "video", _VIDEOS, first=crowd, people=people, rows=rows * SHARES["video"] // 100)
    for table, share in SHARES.items():
        if table != "video":
            await _insert(connection, table, _OWN, crowd=crowd, people=people, rows=rows * share // 100)
    for table, share in NAMED.items():
        await _insert(connection, table, _OF_OTHERS, crowd=crowd, people=people, rows=rows * share // 100)
    return [person(crowd + number) for number in range(people)]


async def _insert(connection: AsyncConnection, table: str, source: str, **numbers: int) -> None:
    columns, values = _ROW[table]
    sql = f"INSERT INTO {table} ({columns}) SELECT m, {values} FROM ({source}) made ON CONFLICT DO NOTHING"  # noqa: S608
    await connection.execute(sa.text(sql), numbers)
