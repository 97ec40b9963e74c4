"""The lot, open for as long as the tests run; clips made on the spot."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kept.kit.settings import Uploads
from kept.media import cool
from kept.postgres import EmbeddedPostgres
from kept.videos import ExactHashGate, open_studio
from tests.fixtures.house import build, tear_down
from tests.media import recordings
from tests.videos.lot import Lot

LIMITS = Uploads(max_bytes=64 * 1024 * 1024, max_seconds=10.0, unfinished=5)


@pytest.fixture(scope="session")
async def lot(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Lot]:
    """Two cells with a studio; every test takes members of its own."""
    folder = Path(tempfile.mkdtemp(prefix="kept-videos-"))

    def make(name: str, template: str) -> str:
        return postgres.clone_database(f"{name}_videos", template)

    house = await build(make, templates, folder, uploads=LIMITS)
    yield Lot(house, open_studio(house.settings, house.beacon, [ExactHashGate()]))
    await tear_down(house)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def phone_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A phone's MP4, with the place where it was made in many corners."""
    return recordings.phone(tmp_path_factory.mktemp("clips") / "phone.mp4", seconds=1).read_bytes()


@pytest.fixture(scope="session")
def small_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A plain MP4, as small as they come."""
    return recordings.plain(tmp_path_factory.mktemp("clips") / "small.mp4", seconds=0.5, size="64x96").read_bytes()


@pytest.fixture(scope="session")
def large_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A clip of 1080 lines, from which both lighter forms are made."""
    path = tmp_path_factory.mktemp("clips") / "large.mp4"
    return recordings.plain(path, seconds=0.4, size="1080x1920").read_bytes()


@pytest.fixture(autouse=True, scope="session")
def _no_child_stays() -> Iterator[None]:
    yield
    cool()
