"""An office at noon."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.access.office import LEDGER, Office, policy
from tests.fixtures.installation import open_installation


@pytest.fixture
async def office(
    fresh_database: Callable[..., str], templates: dict[str, str], tmp_path: Path
) -> AsyncIterator[Office]:
    policy(tmp_path)
    async with open_installation(fresh_database, templates, tmp_path, ledger=LEDGER) as here:
        opened = Office(here)
        await opened.hire()
        yield opened
