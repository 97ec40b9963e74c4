"""What every test may use: a real database server of the session's own, and databases on it.

Sockets lead to this machine and nowhere else.
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from kept.postgres import EmbeddedPostgres
from tests.fixtures.folders import swift_folder

pytest_plugins = [
    "tests.fixtures.house",
    "tests.fixtures.lot",
    "tests.fixtures.platform",
    "tests.fixtures.site",
    "tests.fixtures.crowd",
    "tests.fixtures.household",
]

FreshDatabase = Callable[..., str]
"""`fresh_database(name, template=None)`: the address of a new database, gone after the test."""

_numbers = itertools.count(1)


def chromium() -> str | None:
    """The browser that tests drive: the distribution's, or the one named in CHROMIUM."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium() is None:
        missing = pytest.mark.skip(reason="NO CHROMIUM HERE: nothing was tried in a browser")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture
def reachable_folder() -> Iterator[Path]:
    """A folder of the test's own that other users may pass through: pytest's `tmp_path` is closed to them."""
    folder = swift_folder()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A database server for the whole session; it ends with us, even if we are killed."""
    folder = swift_folder("kept-tests-")
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def fresh_database(postgres: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    """Makes databases, empty or copies of a template, and removes them after the test."""
    made: list[str] = []

    def fresh(name: str = "test", *, template: str | None = None) -> str:
        unique = f"{name}_{next(_numbers)}"
        made.append(unique)
        return postgres.ensure_database(unique) if template is None else postgres.clone_database(unique, template)

    yield fresh
    for name in made:
        postgres.drop_database(name)
