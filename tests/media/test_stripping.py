"""Nothing but picture and sound comes through: not the place, not the device, not a byte that nobody plays."""

# ruff: noqa: ASYNC240  the files are tiny, and the loop is this test's own
from pathlib import Path

import pytest

from kept.media import MediaFailed, check_file, prepare, probe, rendition, strip
from kept.media.traces import any_in, telling
from tests.media import recordings
from tests.media.recordings import PLACE, SECRETS, pixels


def secrets_in(folder: Path) -> list[str]:
    """Which secrets are in the bytes of any file of the folder."""
    data = b"".join(file.read_bytes() for file in folder.iterdir())
    return [secret for secret in SECRETS if secret.encode() in data]


async def test_the_place_is_in_no_byte_of_any_result(phone: Path, out: Path) -> None:
    assert (
        phone.read_bytes().count(PLACE.encode()) >= 5
    )  # tags, an XMP box, the picture's notes, timed metadata, free space
    made = await prepare(phone, out)
    await rendition(made.video, out / "540.mp4", 540)
    await strip(phone, out / "stripped.mp4")
    assert recordings.left_in(out) == ["540.mp4", "poster.webp", "stripped.mp4", "video.mp4"]
    assert secrets_in(out) == []
    assert made.compliant


@pytest.mark.parametrize("name", ["clip.mov", "clip.mkv", "clip.webm"])
async def test_other_containers_lose_their_metadata_too(tmp_path: Path, out: Path, name: str) -> None:
    codecs = (
        ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]
        if name.endswith("webm")
        else ["-c:v", "libx264"]
    )
    timecode = ["-timecode", "10:20:30:00"] if name.endswith("mov") else []
    clip = recordings.plain(
        tmp_path / name, seconds=1, codecs=[*codecs, *timecode, "-metadata:s:v", f"comment={PLACE}"]
    )
    assert PLACE.encode() in clip.read_bytes()
    made = await prepare(clip, out)
    assert secrets_in(out) == []
    check_file(made.video)
    assert (await probe(made.video)).tag_names == ()


async def test_a_copied_clip_keeps_its_picture_bit_by_bit(phone: Path, out: Path) -> None:
    made = await prepare(phone, out)
    for at in (0, 0.5, 1.9):
        assert pixels(made.video, 64, 64, at=at) == pixels(phone, 64, 64, at=at)


async def test_a_result_plays_from_its_first_bytes(phone: Path, recorder: Path, out: Path) -> None:
    for clip in (phone, recorder):
        made = await prepare(clip, out)
        assert recordings.top_boxes(made.video.read_bytes()) == ["ftyp", "moov", "mdat"]
        check_file(made.video)


async def test_stripping_a_stripped_clip_changes_nothing(phone: Path, out: Path) -> None:
    await strip(phone, out / "once.mp4")
    await strip(out / "once.mp4", out / "twice.mp4")
    assert (out / "once.mp4").read_bytes() == (out / "twice.mp4").read_bytes()


@pytest.mark.parametrize(("rotation", "corner"), [(0, (0, 0)), (-90, (1, 0)), (180, (1, 1)), (90, (0, 1))])
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
async def test_a_turned_picture_stays_upright(
    tmp_path: Path, out: Path, rotation: int, corner: tuple[int, int], codec: str
) -> None:
    flat, turned = tmp_path / "flat.mp4", tmp_path / "turned.mp4"
    # The upper left quarter as stored is red; where it must be seen depends on how the picture is turned.
    red = "color=blue:s=320x180:r=30,drawbox=x=0:y=0:w=160:h=90:color=red:t=fill"
    recordings.ffmpeg(
        "-f", "lavfi", "-i", red, "-t", "0.5", "-c:v", codec, "-preset", "ultrafast", "-pix_fmt", "yuv420p", flat
    )
    recordings.ffmpeg("-display_rotation", str(rotation), "-i", flat, "-c", "copy", turned)
    made = await prepare(turned, out)
    assert made.compliant == (codec == "libx264")
    assert (made.size.width, made.size.height) == ((320, 180) if rotation % 180 == 0 else (180, 320))
    x, y = corner
    for file in (made.video, made.poster):
        quarters = pixels(file, 2, 2)
        reds = [quarters[3 * i] > quarters[3 * i + 2] for i in range(4)]
        assert reds == [i == 2 * y + x for i in range(4)]


async def test_what_an_edit_list_hides_is_not_kept(tmp_path: Path, out: Path) -> None:
    whole, trimmed = tmp_path / "whole.mp4", tmp_path / "trimmed.mp4"
    two = ["-f", "lavfi", "-i", "color=red:s=64x64:r=30:d=1", "-f", "lavfi", "-i", "color=blue:s=64x64:r=30:d=1"]
    one_keyframe = ["-c:v", "libx264", "-g", "600", "-sc_threshold", "0", "-bf", "0"]
    recordings.ffmpeg(*two, "-filter_complex", "concat=n=2", *one_keyframe, whole)
    recordings.ffmpeg("-ss", "1.2", "-i", whole, "-c", "copy", trimmed)  # keeps all from the keyframe on, and hides it
    found = await probe(trimmed)
    assert found.hidden_frames > 0
    made = await prepare(trimmed, out)
    assert not made.compliant
    assert (await probe(made.video)).frames == found.frames - found.hidden_frames
    red, _, blue = pixels(made.video, 1, 1)
    assert blue > red


async def test_a_trace_that_nobody_thought_of_is_noticed(phone: Path, tmp_path: Path) -> None:
    texts = telling(await probe(phone))
    assert PLACE.encode() in texts
    file = tmp_path / "result"
    for before in (0, 10, (1 << 20) - 7, 3 << 20):
        file.write_bytes(bytes(before) + PLACE.encode() + bytes(100))
        with file.open("rb") as opened:
            assert any_in(opened.fileno(), texts)
    file.write_bytes(bytes(3 << 20))
    with file.open("rb") as opened:
        assert not any_in(opened.fileno(), texts)


async def test_a_clip_that_still_tells_its_place_is_not_kept(tmp_path: Path, out: Path) -> None:
    # A 'place' that every H.264 file holds can't be removed, so that clip must be refused rather than kept.
    fake = ["-c:v", "libx264", "-movflags", "use_metadata_tags", "-metadata", "location=isomiso2avc1mp41"]
    clip = recordings.plain(tmp_path / "stubborn.mp4", seconds=0.5, codecs=fake)
    with pytest.raises(MediaFailed, match="private data"):
        await prepare(clip, out)
    assert recordings.left_in(out) == []
