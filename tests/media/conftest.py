"""Folders and files that the media tests share; and nothing may be left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kept.media import cool
from kept.media.nursery import Trade
from tests.media import recordings


@pytest.fixture(scope="session")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phone's MP4, full of metadata."""
    return recordings.phone(tmp_path_factory.mktemp("phone") / "phone.mp4")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain MP4, as small as they come."""
    return recordings.plain(tmp_path_factory.mktemp("small") / "small.mp4", seconds=0.5, size="64x96")


@pytest.fixture(scope="session")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A browser's WebM."""
    return recordings.recorder(tmp_path_factory.mktemp("recorder") / "recorder.webm")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder for results."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _only_waiting_children_are_left() -> Iterator[None]:
    """After each test: at most one child of each kind, which waits for a job and has seen nothing."""
    yield
    assert recordings.children_running("ffmpeg") == []
    assert len(recordings.children_running("jail")) <= len(Trade)


@pytest.fixture(autouse=True, scope="session")
def _nothing_is_left() -> Iterator[None]:
    yield
    cool()
    assert recordings.children_running("jail") == []
    assert list(Path("/tmp").glob("kept-trial-*")) == []
