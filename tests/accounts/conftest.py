"""The town, open for as long as the tests run."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kept.accounts import open_accounts
from kept.kit.settings import Availability
from kept.postgres import EmbeddedPostgres
from tests.accounts.town import CHEAP, Town
from tests.fixtures.house import build, tear_down


@pytest.fixture(scope="session")
async def town(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Town]:
    """Two cells, with CN as a country where the service is not offered."""
    folder = Path(tempfile.mkdtemp(prefix="kept-accounts-"))

    def make(name: str, template: str) -> str:
        return postgres.clone_database(f"{name}_accounts", template)

    house = await build(
        make, templates, folder, accounts=CHEAP, availability=Availability(refused_countries=["CN"])
    )
    accounts = open_accounts(house.settings, house.cells, house.vaults, house.beacon)
    yield Town(house, accounts)
    accounts.close()
    await tear_down(house)
    shutil.rmtree(folder)
