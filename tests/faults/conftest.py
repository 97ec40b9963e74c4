"""One platform for all faults: it has to survive every one of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.wreck import Wreck
from tests.fixtures.folders import swift_folder
from tests.fixtures.platform import new_platform, remove
from tests.journeys.people import Person, sign_up
from tests.media import recordings


@pytest.fixture(scope="package")
def wreck() -> Iterator[Wreck]:
    """A running platform. Its ledger verifies in the end, and nothing runs after it was stopped."""
    platform = new_platform()
    try:
        platform.start()
        yield Wreck(platform)
    finally:
        remove(platform)


@pytest.fixture(scope="package")
def clip() -> Iterator[bytes]:
    """Small, and of more lines than the lighter forms have."""
    folder = swift_folder()
    picture = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "45", "-g", "10", "-pix_fmt", "yuv420p"]
    path = recordings.plain(folder / "clip.mp4", seconds=0.4, size="576x1024", codecs=[*picture, "-c:a", "aac"])
    yield path.read_bytes()
    path.unlink()
    folder.rmdir()


@pytest.fixture(scope="package")
def author(wreck: Wreck) -> Person:
    return sign_up(wreck.platform.url, country="FR")


@pytest.fixture(scope="package")
def viewer(wreck: Wreck) -> Person:
    return sign_up(wreck.platform.url, country="US")


@pytest.fixture(scope="package")
def somewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("played")
