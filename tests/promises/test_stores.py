"""Backups and pivots, as the promises' checks see them: nothing proves nothing, all well is good, one offender is bad."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from kept.kit import new_id
from kept.ledger import load_signer
from kept.promises import Verdict
from kept.residency import back_up, signing, try_restore
from tests.fixtures.house import NOON
from tests.fixtures.installation import Installation

Plant = Callable[[Installation], Awaitable[None]]


async def backed_up(here: Installation) -> None:
    for cell in here.runtime.cells:
        await back_up(here.runtime, cell)
        await try_restore(here.runtime, cell)


async def at_an_undeclared_site(here: Installation) -> None:
    await here.run("directory", "UPDATE backup SET site = 'a friend''s cellar' WHERE cell = 'eu'")


async def kept_too_long(here: Installation) -> None:
    await here.run("directory", "UPDATE backup SET expires_at = $1 WHERE cell = 'eu'", NOON - timedelta(hours=2))


async def overdue(here: Installation) -> None:
    await here.run("directory", "UPDATE backup SET taken_at = $1 WHERE cell = 'eu'", NOON - timedelta(hours=49))


async def last_tried_long_ago(here: Installation) -> None:
    await here.run("directory", "UPDATE backup SET tested_at = $1 WHERE cell = 'eu'", NOON - timedelta(days=15))


async def not_restorable(here: Installation) -> None:
    await here.run("directory", "UPDATE backup SET test = 'damaged' WHERE cell = 'eu'")


@pytest.mark.parametrize("plant", [at_an_undeclared_site, kept_too_long, overdue, last_tried_long_ago, not_restorable])
async def test_one_bad_backup_breaks_the_promise(installation: Installation, plant: Plant) -> None:
    assert await installation.verdict("residency.backup") is Verdict.EMPTY
    await installation.join("DE")
    await back_up(installation.runtime, installation.runtime.cells.named("eu"))
    assert await installation.verdict("residency.backup") is Verdict.EMPTY, "a backup that nobody tried proves nothing"
    await backed_up(installation)
    assert await installation.verdict("residency.backup") is Verdict.GOOD
    await plant(installation)
    assert await installation.verdict("residency.backup") is Verdict.BAD


async def certified(here: Installation, *, residue: int = 0) -> None:
    """A pivot that ended, as far as the directory tells."""
    stores = here.runtime.ledger
    signer = load_signer(stores.signing_key, stores.origin)
    await stores.objects.put("vkey", signer.vkey.text.encode())
    said = {"verification": {"residue": residue}, "moved": {"members": 3}}
    text = signing.signed(signing.PIVOT_CERTIFICATE, said, signer)
    sql = (
        "INSERT INTO pivot (pivot_id, old, new, step, members, began_at, changed_at, problem, certificate, ended_at)"
        " VALUES ($1, 'eu-1', 'eu', 'done', 3, $2, $2, '', $3, $2)"
    )
    await here.run("directory", sql, new_id(), NOON, text)


async def a_forged_certificate(here: Installation) -> None:
    await here.run("directory", "UPDATE pivot SET certificate = replace(certificate, '3', '4')")


async def no_certificate(here: Installation) -> None:
    await here.run("directory", "UPDATE pivot SET certificate = NULL")


async def something_left(here: Installation) -> None:
    await certified(here, residue=1)


async def a_member_left(here: Installation) -> None:
    await here.run(
        "directory",
        "INSERT INTO cell_standing (cell, standing, reason, since) VALUES ('eu-1', 'retired', '', $1)",
        NOON,
    )
    await here.run("directory", "UPDATE member SET cell = 'eu-1'")


@pytest.mark.parametrize("plant", [a_forged_certificate, no_certificate, something_left, a_member_left])
async def test_one_bad_pivot_breaks_the_promise(installation: Installation, plant: Plant) -> None:
    await installation.join("DE")
    assert await installation.verdict("residency.pivot") is Verdict.EMPTY
    await certified(installation)
    good = await installation.found("residency.pivot")
    assert good.verdict is Verdict.GOOD
    await plant(installation)
    assert await installation.verdict("residency.pivot") is Verdict.BAD
