"""After every journey the ledger verifies, and nobody is left connected."""

from collections.abc import Iterator

import pytest

from tests.fixtures.platform import Platform
from tests.journeys import people


@pytest.fixture(autouse=True)
def the_ledger_verifies_afterwards(platform: Platform) -> Iterator[None]:
    yield
    for client in people.opened:
        client.close()
    people.opened.clear()
    checked = platform.kept("ledger", "verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
