"""An office at noon, with a second counsel, and a court that writes."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.access.office import LEDGER, Office, policy
from tests.disclosure.bench import Bench
from tests.fixtures.installation import open_installation


@pytest.fixture
async def bench(fresh_database: Callable[..., str], templates: dict[str, str], tmp_path: Path) -> AsyncIterator[Bench]:
    policy(tmp_path)
    async with open_installation(fresh_database, templates, tmp_path, ledger=LEDGER) as here:
        office = Office(here)
        await office.hire()
        made = Bench(office)
        await made.hire()
        yield made
