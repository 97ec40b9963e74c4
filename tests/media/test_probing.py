"""What a file is found to be, and what is refused before anything is done with it."""

# ruff: noqa: ASYNC240  the files are tiny, and the loop is this test's own

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.media import Limits, NoPicture, NotAVideo, Probe, TooLarge, TooLong, Truncated, compliant, probe
from kept.media.compliance import fitted, scaled
from tests.media import recordings

H264 = ["-c:v", "libx264", "-preset", "ultrafast"]


def facts(**changes: object) -> Probe:
    """A clip that every browser plays, but for `changes`."""
    plain = {
        "container": "mov", "video_codec": "h264", "profile": "High", "level": 40, "pixel_format": "yuv420p",
        "width": 1080, "height": 1920, "rotation": 0, "mirrored": False, "pixel_aspect": 1.0, "hdr": False,
        "seconds": 15.0, "frames": 450, "hidden_frames": 0, "video_bytes": 12_000_000, "keyframe_seconds": 1.0,
        "audio_codec": "aac", "audio_channels": 2, "other_streams": 0, "bytes": 12_300_000,
    }  # fmt: skip
    return Probe(**{**plain, **changes})  # type: ignore[arg-type]


async def test_a_phone_s_clip_is_described(phone: Path) -> None:
    found = await probe(phone)
    assert (found.container, found.video_codec, found.audio_codec) == ("mov", "h264", "aac")
    assert (found.width, found.height, found.rotation, found.shown_size) == (320, 180, 270, (180, 320))
    assert (found.frames, found.seconds, found.fps) == (60, 2.0, 30.0)
    assert found.keyframe_seconds == 1.0
    assert found.other_streams == 2
    assert {"location", "make", "model", "creation_time"} <= set(found.tag_names)
    assert recordings.PLACE in dict(found.tags).values()
    assert compliant(found)


async def test_a_place_is_not_in_what_is_logged_of_a_clip(phone: Path) -> None:
    assert "48.8577" not in repr(await probe(phone))


async def test_a_tag_that_is_no_text_is_no_reason_to_refuse_a_clip(phone: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.mp4"
    odd.write_bytes(phone.read_bytes().replace(b"PearCo", b"\xff\xfe\xc3\x28\x80\x00"))
    assert (await probe(odd)).frames == 60


async def test_a_recording_without_a_duration_is_measured(recorder: Path) -> None:
    found = await probe(recorder)
    assert (found.container, found.video_codec, found.audio_codec) == ("matroska", "vp9", "opus")
    assert found.seconds == pytest.approx(2, abs=0.1)
    assert not compliant(found)


@pytest.mark.parametrize(
    "change",
    [
        {"video_codec": "hevc"}, {"profile": "High 10"}, {"level": 51}, {"level": -99}, {"pixel_format": "yuv444p"},
        {"width": 1088}, {"height": 2160}, {"frames": 15 * 90}, {"keyframe_seconds": 8.0}, {"video_bytes": 40_000_000},
        {"hidden_frames": 3}, {"rotation": 45}, {"mirrored": True}, {"hdr": True}, {"pixel_aspect": 1.33},
        {"audio_codec": "opus"}, {"audio_channels": 6},
    ],
)  # fmt: skip
def test_what_some_browser_might_not_play_well_does_not_comply(change: dict[str, object]) -> None:
    assert compliant(facts())
    assert compliant(facts(audio_codec="", audio_channels=0))
    assert compliant(facts(width=1920, height=1080, rotation=90))
    assert not compliant(facts(**change))


@settings(deadline=None)
@given(st.integers(32, 4096), st.integers(32, 4096), st.sampled_from([0, 90, 180, 270]), st.sampled_from([540, 720]))
def test_sizes_are_even_never_enlarged_and_within_their_box(width: int, height: int, rotation: int, side: int) -> None:
    clip = facts(width=width, height=height, rotation=rotation)
    for size, box in ((scaled(clip, side), (side, side * 1920 / 1080)), (fitted(clip, 540, 960), (540, 960))):
        assert size.width % 2 == size.height % 2 == 0
        assert min(size.width, size.height) <= max(2, box[0] + 1)
        assert max(size.width, size.height) <= box[1] + 1
        assert size.width <= max(2, clip.shown_size[0] + 1)
        assert size.height <= max(2, clip.shown_size[1] + 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.mp4", b"This is no video at all. " * 100),
        ("page.mp4", b"<!doctype html><script>alert(1)</script>" * 50),
        ("empty.mp4", b""),
        ("one byte.mp4", b"\0"),
        ("archive.mp4", b"PK\x03\x04" + bytes(4000)),
    ],
)
async def test_what_is_no_video_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(NotAVideo) as refusal:
        await probe(file)
    assert "MP4" in refusal.value.public


@pytest.mark.parametrize(
    "name", ["picture.png", "picture.jpg", "picture.gif", "film.avi", "film.ts", "film.flv", "raw.h264"]
)
async def test_pictures_and_containers_that_phones_do_not_make_are_refused(tmp_path: Path, name: str) -> None:
    one_picture = ["-frames:v", "1"] if name.startswith("picture") else ["-t", "1"]
    recordings.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64", *one_picture, tmp_path / name)
    with pytest.raises(NotAVideo):
        await probe(tmp_path / name)


@pytest.mark.parametrize("name", ["sound.m4a", "sound.webm", "sound.mp4"])
async def test_sound_without_a_picture_is_refused(tmp_path: Path, name: str) -> None:
    recordings.ffmpeg("-f", "lavfi", "-i", "sine", "-t", "1", tmp_path / name)
    with pytest.raises(NoPicture):
        await probe(tmp_path / name)


async def test_a_sound_with_a_cover_is_no_video(tmp_path: Path) -> None:
    cover, song = tmp_path / "cover.png", tmp_path / "song.m4a"
    recordings.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1", cover)
    attach = ["-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic", "-t", "1"]
    recordings.ffmpeg("-f", "lavfi", "-i", "sine", "-i", cover, *attach, song)
    with pytest.raises(NoPicture):
        await probe(song)


async def test_a_single_picture_in_an_mp4_is_no_video(tmp_path: Path) -> None:
    recordings.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1", *H264, tmp_path / "still.mp4")
    with pytest.raises(NoPicture):
        await probe(tmp_path / "still.mp4")


async def test_a_clip_that_is_too_long_is_refused_with_its_length(small: Path) -> None:
    with pytest.raises(TooLong) as refusal:
        await probe(small, Limits(max_seconds=-0.1))
    assert "0 seconds" in refusal.value.public


async def test_counting_stops_at_the_most_frames_that_a_clip_can_have(tmp_path: Path) -> None:
    many = recordings.plain(tmp_path / "many.mp4", seconds=4, size="32x32", fps=100)
    with pytest.raises(TooLong):
        await probe(many, Limits(max_seconds=1, max_fps=60))


async def test_a_file_that_is_too_large_is_refused_unread(small: Path) -> None:
    with pytest.raises(TooLarge):
        await probe(small, Limits(max_bytes=1000))


async def test_a_picture_that_is_too_large_is_refused(small: Path) -> None:
    with pytest.raises(TooLarge, match="64 × 96"):
        await probe(small, Limits(max_side=80))


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.98])
@pytest.mark.parametrize("front", [True, False])
async def test_a_clip_that_ends_early_is_refused_as_such(tmp_path: Path, keep: float, front: bool) -> None:
    whole, part = tmp_path / "whole.mp4", tmp_path / "part.mp4"
    flags = ["-movflags", "+faststart"] if front else []
    recordings.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=180x320:r=30", "-t", "3", *H264, *flags, whole)
    part.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * keep)])
    with pytest.raises(Truncated, match="missing or damaged"):
        await probe(part)
