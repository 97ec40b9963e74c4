"""What protects an account goes with it: secrets are in no copy, alerts are, and erasure takes all of it."""

import sqlalchemy as sa

from kept.accounts import Halfway, finish_sign_in, sign_in
from kept.catalog import CellRow
from kept.subjects import Others, erase_rows, owned_tables, rows_of
from tests.accounts.app import with_app
from tests.accounts.town import PASSWORD, Town

OURS = ("second_factor", "recovery_code", "signin_alert")


async def test_secrets_are_in_no_copy_alerts_are_and_erasure_takes_both(town: Town) -> None:
    made, app = await with_app(town, handle="leaves.codes")
    half = await sign_in(town.accounts, "leaves.codes", PASSWORD, device="Opera on Windows", now=town.now)
    assert isinstance(half, Halfway)
    await finish_sign_in(town.accounts, half.ticket, app.recovery[0], device="Opera on Windows", now=town.now)
    stored = await made.cell.database.fetch("SELECT secret FROM second_factor WHERE owner_id = $1", made.member_id)
    tables = owned_tables(CellRow.metadata)
    copied: dict[str, list[dict[str, object]]] = {}
    async with made.cell.database.engine.connect() as connection:
        for table in tables:
            if table.name in OURS:
                pages = rows_of(connection, table, made.member_id, others=Others())
                copied[table.name] = [dict(row) async for page in pages for row in page]
        assert {name: len(rows) for name, rows in copied.items()} == dict(zip(OURS, (1, 9, 1), strict=True))
        assert copied["signin_alert"][0]["device"] == "Opera on Windows"
        assert app.secret not in str(copied)
        assert stored[0]["secret"] not in [value for rows in copied.values() for row in rows for value in row.values()]
        await erase_rows(connection, [table for table in tables if table.name in OURS], made.member_id)
        for name in OURS:
            counted = sa.text(f"SELECT count(*) FROM {name} WHERE owner_id = :owner")  # noqa: S608
            assert (await connection.execute(counted, {"owner": made.member_id})).scalar() == 0
        await connection.rollback()
