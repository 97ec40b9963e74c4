"""Clips drawn and played on the spot with ffmpeg: a dozen to look at, and one as a phone makes it, for tests and benches."""

import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kept.demo import landscapes, patterns
from kept.demo.drawing import FPS, Scene
from kept.demo.music import DORIAN, LYDIAN, MAJOR, MINOR, Song
from kept.kit import KeptError, Kind
from kept.media import find_ffmpeg, phone_clip

__all__ = ["Clip", "ClipNotDrawn", "generate", "phone_clip"]

_PATIENCE = 180.0
_AT_ONCE = 2
_PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 3), (0, 2, 5, 4), (0, 4, 5, 3))
_PATTERNS = ((0, 2, 4, 7, 4, 2, 9, 7), (0, 4, 7, 4, 9, 7, 4, 2), (0, 2, 4, 2, 7, 4), (7, 4, 2, 4, 9, 7, 4, 11))


class ClipNotDrawn(KeptError):
    code = "clip_not_drawn"
    kind = Kind.BUG
    message = "The clip {title} could not be drawn: this ffmpeg seems to lack a filter."


@dataclass(frozen=True, slots=True)
class Clip:
    """A drawn clip."""

    path: Path
    title: str
    hashtags: tuple[str, ...]
    seconds: float

    @property
    def caption(self) -> str:
        """What its author writes below it."""
        return " ".join([self.title, *(f"#{tag}" for tag in self.hashtags)])


@dataclass(frozen=True, slots=True)
class _Script:
    draw: Scene
    title: str
    hashtags: tuple[str, ...]
    seconds: float
    key: int
    scale: tuple[int, ...]
    bar: float
    beat: bool = False


_SCRIPTS = (
    _Script(landscapes.aurora, "Nobody at the lake but the sky", ("aurora", "night"), 9, 50, LYDIAN, 3.0),
    _Script(landscapes.hills, "Five sheets of paper and a lamp", ("papercut", "slow"), 8, 55, MAJOR, 2.0),
    _Script(
        patterns.beam, "One line, never the same twice", ("oscilloscope", "drawing"), 8, 52, DORIAN, 2.0, beat=True
    ),
    _Script(landscapes.sunset, "The sea at ten to nine", ("sunset", "sea"), 10, 53, MAJOR, 2.5),
    _Script(patterns.kaleidoscope, "Eight mirrors, no filter", ("kaleidoscope", "colour"), 8, 57, LYDIAN, 2.0),
    _Script(landscapes.rain, "Waiting for the last tram", ("rain", "city"), 8, 48, MINOR, 2.0),
    _Script(patterns.tunnel, "Straight on, then straight on", ("neon", "loop"), 8, 45, MINOR, 1.6, beat=True),
    _Script(patterns.silk, "Silk, a fan, and patience", ("silk", "slow"), 8, 55, LYDIAN, 2.0),
    _Script(
        patterns.fractal, "Zooming in for as long as it lasts", ("fractal", "maths"), 8, 50, DORIAN, 1.6, beat=True
    ),
    _Script(landscapes.orbs, "Paper lanterns, out of focus", ("lights", "calm"), 7, 53, LYDIAN, 2.0),
    _Script(patterns.life, "Two rules and you get a city", ("gameoflife", "code"), 7, 57, MINOR, 1.6, beat=True),
    _Script(patterns.stars, "Not stopping at the moon", ("stars", "space"), 8, 50, DORIAN, 2.0),
)


def generate(folder: Path, *, count: int = 12, seed: int = 1) -> list[Clip]:
    """Draw `count` clips into `folder`, all different up to a dozen, two at a time; `seed` chooses their music.

    Each is an MP4 of 6 to 10 seconds, 540 × 960, H.264 and AAC. May block for half a minute.

    Raises:
        ClipNotDrawn: ffmpeg can't draw one. NoFfmpeg: there is no ffmpeg.
    """
    chance = random.Random(seed)  # noqa: S311  which tune is played is no secret
    songs = [_song(_SCRIPTS[number % len(_SCRIPTS)], chance) for number in range(count)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda number: _draw(folder, number, songs[number]), range(count)))


def _song(script: _Script, chance: random.Random) -> Song:
    return Song(
        key=script.key + chance.choice((0, 2, 5)),
        scale=script.scale,
        chords=chance.choice(_PROGRESSIONS),
        pattern=chance.choice(_PATTERNS),
        bar=script.bar,
        beat=script.beat,
        pluck=chance.uniform(3.5, 7),
    )


def _draw(folder: Path, number: int, song: Song) -> Clip:
    script, turn = _SCRIPTS[number % len(_SCRIPTS)], number // len(_SCRIPTS)
    path = folder / f"{number + 1:02}-{script.draw.__name__}.mp4"
    colours = f"hue=h={40 * turn}" if turn else "null"  # a second dozen comes in other colours
    graph = f"{script.draw()};[v]{colours},setsar=1[picture];{song.source(script.seconds)}[sound]"
    picture = ["-c:v", "libx264", "-preset", "superfast", "-crf", "23", "-g", str(2 * FPS), "-threads", "1"]
    sound = ["-c:a", "aac", "-b:a", "96k"]
    length = ["-t", str(script.seconds), "-r", str(FPS), "-pix_fmt", "yuv420p"]
    outputs = ["-map", "[picture]", "-map", "[sound]", *length, *picture, *sound, str(path)]
    _run(["-filter_complex_threads", "1", "-filter_complex", graph, *outputs], script.title)
    return Clip(path, script.title, script.hashtags, script.seconds)


def _run(arguments: list[str], title: str) -> None:
    command = [str(find_ffmpeg().path), "-nostdin", "-v", "error", "-y", *arguments]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL)
    except subprocess.SubprocessError as error:
        raise ClipNotDrawn(title=title) from error
