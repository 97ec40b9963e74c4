"""After every journey the ledger verifies, and nobody is left connected."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import chromium
from tests.fixtures.platform import Platform
from tests.journeys import people

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
"""A browser that calls nobody but for us."""

FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for the tests of a file; while it is there, this thread's loop is its own."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *FAKE_CAMERA])
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def the_ledger_verifies_afterwards(platform: Platform) -> Iterator[None]:
    yield
    for client in people.opened:
        client.close()
    people.opened.clear()
    checked = platform.kept("ledger", "verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
