"""The clips of a demo: each can be drawn, plays everywhere, and has sound worth hearing."""

import random
import re
import subprocess
from pathlib import Path

import pytest

from kept.demo.clips import _SCRIPTS, _song, generate, phone_clip
from kept.demo.music import MINOR, Song
from kept.media import compliant, find_ffmpeg, probe


def ffmpeg(*arguments: str) -> str:
    """Run ffmpeg, which must succeed; returns its messages."""
    command = [str(find_ffmpeg().path), "-nostdin", "-hide_banner", *arguments, "-f", "null", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: script.draw.__name__)
def test_every_scene_can_be_drawn_and_moves(script) -> None:  # type: ignore[no-untyped-def]
    graph = f"{script.draw()};[v]fps=2,tblend=all_mode=difference,signalstats,metadata=print:key=lavfi.signalstats.YAVG[out]"
    told = ffmpeg("-filter_complex", graph, "-map", "[out]", "-frames:v", "2")
    changes = [float(value) for value in re.findall(r"YAVG=([\d.]+)", told)]
    assert max(changes) > 0.05


def test_a_song_is_neither_silent_nor_distorted() -> None:
    song = Song(key=57, scale=MINOR, chords=(0, 5, 3, 4), pattern=(0, 2, 4, 7), beat=True)
    told = ffmpeg("-f", "lavfi", "-i", song.source(3), "-af", "volumedetect")
    loudest, mean = (float(re.search(rf"{name}_volume: (-?[\d.]+) dB", told)[1]) for name in ("max", "mean"))  # type: ignore[index]
    assert -12 < loudest < -0.5
    assert -24 < mean < -10


def test_the_same_seed_plays_the_same_songs_and_another_does_not() -> None:
    def songs(seed: int) -> list[Song]:
        chance = random.Random(seed)
        return [_song(script, chance) for script in _SCRIPTS]

    assert songs(1) == songs(1) != songs(2)


async def test_a_drawn_clip_complies_and_carries_what_its_author_would_write(tmp_path: Path) -> None:
    (clip,) = generate(tmp_path, count=1)
    found = await probe(clip.path)
    assert compliant(found)
    assert found.seconds == pytest.approx(clip.seconds, abs=0.1)
    assert (found.width, found.height) == (540, 960)
    assert clip.caption.startswith(clip.title)
    assert all(f"#{tag}" in clip.caption for tag in clip.hashtags)


async def test_a_phone_s_clip_complies_and_tells_where_it_was_made(tmp_path: Path) -> None:
    found = await probe(phone_clip(tmp_path / "phone.mp4", seconds=1))
    assert compliant(found)
    assert (found.width, found.height) == (1080, 1920)
    assert {"location", "make", "model", "creation_time"} <= set(found.tag_names)
