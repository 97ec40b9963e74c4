"""`kept legal`, as counsel types it."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kept.cli.legal import app
from kept.kit import KeptError
from kept.kit.settings import Availability
from kept.legal import keep_lists
from tests.fixtures.house import build, tear_down
from tests.legal.conftest import LISTED, Chambers

NUMBER = re.compile(r"L-\d{4}-[0-9A-F]{12}")
ASKED = ["--authority", "A court", "--basis", "A law", "--identifier", "@kim", "--class", "subscriber"]
VALID = ["--account", "@kim", "--class", "subscriber", "--finding", "It is."]


class Handed:
    """What `app` hands to commands; each opens the stores anew, as a process of its own does."""

    def __init__(self, make: Callable[..., str], templates: dict[str, str], folder: Path) -> None:
        self._make, self._templates, self._folder = make, templates, folder
        self._made: dict[str, str] = {}

    @asynccontextmanager
    async def runtime(self, _settings: Any = None) -> AsyncIterator[Chambers]:
        availability = Availability(refused_governments=list(LISTED))
        house = await build(self._once, self._templates, self._folder, availability=availability)
        try:
            yield Chambers(**{name: getattr(house, name) for name in house.__dataclass_fields__})
        finally:
            await tear_down(house)

    def _once(self, name: str, *, template: str) -> str:
        self._made[name] = self._made.get(name) or self._make(name, template=template)
        return self._made[name]


@pytest.fixture
def handed(fresh_database: Callable[..., str], templates: dict[str, str]) -> Iterator[Handed]:
    folder = Path(tempfile.mkdtemp(prefix="kept-legal-"))
    made = Handed(fresh_database, templates, folder)

    async def begin() -> None:
        async with made.runtime() as chambers:
            await keep_lists(chambers.cells, chambers.settings, now=chambers.now)
            await chambers.resident(chambers.eu, "kim")

    asyncio.run(begin())
    yield made
    shutil.rmtree(folder)


def kept(handed: Handed, *words: str, fails: bool = False) -> Result:
    told = CliRunner().invoke(app, list(words), obj=handed)
    assert (told.exit_code != 0) is fails, (told.output, told.exception)
    return told


def entered(handed: Handed, *words: str) -> tuple[str, str]:
    told = kept(handed, "enter", "--cell", "eu", *words, *ASKED).output
    return NUMBER.findall(told)[0], told


def test_a_listed_country_is_refused_where_it_stands(handed: Handed) -> None:
    number, told = entered(handed, "--country", "cn", "--instrument", "national", "--emergency")
    assert f"{number}  CN  refused (listed)" in told
    failed = kept(handed, "validate", number, *VALID, fails=True)
    assert isinstance(failed.exception, KeptError)
    assert failed.exception.kind.name == "FORBIDDEN"
    assert "CN       1 received, 1 refused, 0 found valid" in kept(handed, "figures").output


def test_counsel_works_on_an_allowed_one_from_the_first_day_to_the_last(handed: Handed) -> None:
    number, told = entered(handed, "--country", "FR", "--instrument", "epoc_pr", "--gag-until", "2027-02-01")
    assert "nobody may be told before 01 February 2027" in told
    assert "FR  validated" in kept(handed, "validate", number, *VALID).output
    assert "preserved until 22 January 2027" in kept(handed, "preserve", number).output
    assert "preserved until 21 February 2027" in kept(handed, "preserve", number, "--longer").output
    shown = kept(handed, "show", number).output
    for text in ("A court", "@kim", "asks for     subscriber", "because      It is."):
        assert text in shown
    assert "withdrawn" in kept(handed, "withdraw", number).output
    second, _ = entered(handed, "--country", "DE", "--instrument", "national")
    assert "refused (too_broad)" in kept(handed, "refuse", second, "--ground", "too_broad").output
    assert len(NUMBER.findall(kept(handed, "list").output)) == 2
    assert "Accounts disclosed: none" in kept(handed, "figures").output


def test_what_is_typed_wrong_is_told(handed: Handed) -> None:
    number, _ = entered(handed, "--country", "FR", "--instrument", "epoc")
    assert "none of" in kept(handed, "refuse", number, "--ground", "because", fails=True).output
    assert "nobody has the handle" in kept(handed, "validate", number, *VALID, "--account", "@nix", fails=True).output
    assert isinstance(kept(handed, "show", "L-1", fails=True).exception, KeptError)
    assert "epoc_pr" in kept(handed, "instruments").output
