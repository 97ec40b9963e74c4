"""From an upload to what members see: what it takes, what comes of it, and what happens when something breaks."""

# ruff: noqa: ASYNC240  the files are tiny, and the loop is this test's own
import asyncio
import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kept.media import DiskFull, Size, check_file, poster, prepare, probe, rendition, sha256_file
from kept.media import ffmpeg as programs
from tests.media import recordings
from tests.media.recordings import left_in, pixels


async def test_a_phone_s_clip_becomes_a_clip_a_poster_and_a_hint(phone: Path, out: Path) -> None:
    before = phone.read_bytes()
    made = await prepare(phone, out)
    assert made.compliant
    assert made.size == Size(180, 320)
    assert left_in(out) == ["poster.webp", "video.mp4"]
    assert (made.video.stat().st_mode & 0o777, made.video.stat().st_uid) == (0o600, os.geteuid())
    assert made.placeholder.startswith("data:image/webp;base64,")
    assert phone.read_bytes() == before


async def test_a_browser_s_recording_becomes_h264_and_aac(recorder: Path, out: Path) -> None:
    made = await prepare(recorder, out)
    found = await probe(made.video)
    assert (found.container, found.video_codec, found.audio_codec, found.profile) == ("mov", "h264", "aac", "High")
    assert found.seconds == pytest.approx(2, abs=0.1)
    assert found.keyframe_seconds <= 2.1
    assert not made.compliant


async def test_a_good_picture_is_copied_even_if_its_sound_is_not_aac(tmp_path: Path, out: Path) -> None:
    opus = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-c:a", "libopus"]
    clip = recordings.plain(tmp_path / "chrome.mp4", seconds=1, codecs=opus)
    made = await prepare(clip, out)
    found = await probe(made.video)
    assert found.audio_codec == "aac"
    assert pixels(made.video, 64, 64, at=0.5) == pixels(clip, 64, 64, at=0.5)
    assert not made.compliant


async def test_a_clip_without_sound_stays_without(tmp_path: Path, out: Path) -> None:
    recordings.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=90x160", "-t", "1", tmp_path / "silent.mp4")
    made = await prepare(tmp_path / "silent.mp4", out)
    assert (await probe(made.video)).audio_codec == ""


@pytest.mark.parametrize(
    ("size", "shown"), [("2160x3840", Size(720, 1280)), ("1440x1080", Size(960, 720)), ("1200x100", Size(1200, 100))]
)
async def test_a_large_picture_becomes_smaller_and_keeps_its_shape(
    tmp_path: Path, out: Path, size: str, shown: Size
) -> None:
    hevc = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-frames:v", "2", "-an"]
    clip = recordings.plain(tmp_path / "large.mp4", size=size, codecs=hevc)
    made = await prepare(clip, out)
    found = await probe(made.video)
    assert made.size == shown == Size(found.width, found.height)


async def test_a_high_dynamic_range_becomes_an_ordinary_one(tmp_path: Path, out: Path) -> None:
    hlg = ["-vf", "format=yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-an", "-frames:v", "6"]
    marks = ["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"]
    quiet = ["-x265-params", "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"]
    clip = recordings.plain(tmp_path / "hdr.mov", codecs=[*hlg, *marks, *quiet])
    assert (await probe(clip)).hdr
    made = await prepare(clip, out)
    found = await probe(made.video)
    assert (found.hdr, found.pixel_format) == (False, "yuv420p")


async def test_the_poster_is_the_first_picture_that_is_not_black(tmp_path: Path, out: Path) -> None:
    parts = ["-f", "lavfi", "-i", "color=black:s=90x160:r=30:d=1", "-f", "lavfi", "-i", "color=red:s=90x160:r=30:d=1"]
    recordings.ffmpeg(*parts, "-filter_complex", "concat=n=2", "-g", "15", tmp_path / "late.mp4")
    made = await prepare(tmp_path / "late.mp4", out)
    red, green, blue = pixels(made.poster, 1, 1)
    assert red > 200 > 60 > max(green, blue)


async def test_a_black_clip_has_a_black_poster(tmp_path: Path, out: Path) -> None:
    recordings.ffmpeg("-f", "lavfi", "-i", "color=black:s=90x160:d=1", tmp_path / "black.mp4")
    made = await prepare(tmp_path / "black.mp4", out)
    assert max(pixels(made.poster, 1, 1)) < 20


@pytest.mark.parametrize("size", ["1080x1920", "1920x1080", "180x320", "640x64"])
async def test_a_poster_is_small_and_its_hint_fits_into_the_page(tmp_path: Path, out: Path, size: str) -> None:
    noise = f"color=gray:s={size},noise=alls=100:allf=t"  # the worst that can be asked of a codec
    clip = tmp_path / "noise.mp4"
    recordings.ffmpeg("-f", "lavfi", "-i", noise, "-frames:v", "3", "-c:v", "libx264", "-preset", "ultrafast", clip)
    hint = await poster(clip, out / "poster.webp")
    picture = (out / "poster.webp").read_bytes()
    width, height = (int.from_bytes(picture[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    assert width <= 540
    assert height <= 960
    assert len(hint) <= 500


async def test_a_rendition_tells_its_progress_and_its_size(tmp_path: Path, out: Path) -> None:
    clip = recordings.plain(tmp_path / "clip.mp4", seconds=4, size="720x1280")
    told: list[float] = []
    size = await rendition(clip, out / "540.mp4", 540, progress=told.append)
    assert size == Size(540, 960)
    assert told == sorted(told)
    assert 0 < told[-1] <= 1
    found = await probe(out / "540.mp4")
    assert (found.width, found.height, found.seconds) == (540, 960, pytest.approx(4, abs=0.1))
    check_file(out / "540.mp4")


async def test_the_loop_keeps_turning_while_a_clip_is_prepared(recorder: Path, out: Path) -> None:
    longest, preparing = 0.0, asyncio.create_task(prepare(recorder, out))
    loop = asyncio.get_running_loop()
    while not preparing.done():
        before = loop.time()
        await asyncio.sleep(0.005)
        longest = max(longest, loop.time() - before)
    await preparing
    assert longest < 0.3


async def test_several_clips_are_prepared_at_once(phone: Path, recorder: Path, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(4)]
    for folder in folders:
        folder.mkdir()
    made = await asyncio.gather(
        *(prepare(clip, folder) for clip, folder in zip((phone, recorder) * 2, folders, strict=True))
    )
    assert [one.compliant for one in made] == [True, False, True, False]


async def test_what_a_crash_left_is_cleared_away_by_the_next_try(phone: Path, out: Path) -> None:
    (out / ".work-old").mkdir()
    (out / ".work-old" / "clip.mp4").write_bytes(b"half")
    (out / ".draft-old").write_bytes(b"half")
    await prepare(phone, out)
    await prepare(phone, out)
    assert left_in(out) == ["poster.webp", "video.mp4"]


async def test_an_ffmpeg_that_cannot_seek_in_descriptors_gives_the_same(
    phone: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await prepare(phone, out)
    older = programs.Ffmpeg(programs.find_ffmpeg().path, seeks_descriptors=False)
    monkeypatch.setattr("kept.media.processing.find_ffmpeg", lambda: older)
    again = tmp_path / "again"
    again.mkdir()
    assert (await prepare(phone, again)).video.read_bytes() == made.video.read_bytes()


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of a few pages."""
    folder = tmp_path / "full"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("may not make a small disk here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_is_told_apart_from_a_bad_clip(phone: Path, full_disk: Path) -> None:
    with pytest.raises(DiskFull) as refusal:
        await prepare(phone, full_disk)
    assert refusal.value.kind.may_pass
    assert left_in(full_disk) == []


def test_a_file_s_hash_is_that_of_its_bytes(phone: Path) -> None:
    assert sha256_file(phone) == hashlib.sha256(phone.read_bytes()).hexdigest()
