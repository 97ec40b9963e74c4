"""Files made to do harm: refused or cleaned, within limits, with nothing left behind."""

# ruff: noqa: ASYNC240  the files are tiny, and the loop is this test's own
import asyncio
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.kit import KeptError
from kept.media import NotAVideo, check_file, prepare, probe, strip
from tests.media import recordings

HTML = b"<html><script>alert(document.domain)</script></html>"
FUZZ = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    "tail", [HTML, b"PK\x03\x04" + bytes(30) + b"evil.zip", b"%PDF-1.7\n", b"\xff\xd8JFIF", bytes(5000)]
)
async def test_what_follows_a_clip_does_not_come_along(small: Path, tmp_path: Path, out: Path, tail: bytes) -> None:
    file = tmp_path / "polyglot.mp4"
    file.write_bytes(small.read_bytes() + tail)
    await strip(small, out / "plain.mp4")
    made = await prepare(file, out)
    assert made.video.read_bytes() == (out / "plain.mp4").read_bytes()


async def test_a_page_in_front_of_a_clip_is_not_a_clip(small: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.mp4"
    file.write_bytes(HTML + small.read_bytes())
    with pytest.raises(NotAVideo):
        await probe(file)


async def test_a_page_hidden_inside_a_box_does_not_come_along(small: Path, tmp_path: Path, out: Path) -> None:
    data = small.read_bytes()
    first = struct.unpack_from(">I", data)[0]
    file = tmp_path / "inside.mp4"
    file.write_bytes(data[:first] + struct.pack(">I4s", 8 + len(HTML), b"free") + HTML + data[first:])
    try:
        made = await prepare(file, out)
    except KeptError:
        return  # moving the samples makes their index wrong: refusing is right, too
    assert HTML not in made.video.read_bytes()


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXTINF:1,\nhttp://127.0.0.1:{port}/x.ts\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile '{secret}'\nfile 'tcp://127.0.0.1:{port}'\n",
    "list.txt": "file '{secret}'\n",
    "list.sdp": "v=0\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "list.mpd": '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>{secret}</BaseURL></Period></MPD>',
    "list.xspf": "<playlist><trackList><track><location>{secret}</location></track></trackList></playlist>",
    "picture.svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{secret}"/></svg>',
}


@pytest.mark.parametrize("name", sorted(PLAYLISTS))
@pytest.mark.parametrize("disguise", ["", ".mp4"])
async def test_a_playlist_opens_nothing(small: Path, tmp_path: Path, name: str, disguise: str) -> None:
    called = asyncio.Event()

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        file = tmp_path / (name + disguise)
        port = server.sockets[0].getsockname()[1]
        file.write_text(PLAYLISTS[name].format(secret=small, port=port))
        with pytest.raises(NotAVideo):
            await probe(file)
    assert not called.is_set()


async def test_an_mp4_that_points_to_another_file_does_not_open_it(small: Path, tmp_path: Path, out: Path) -> None:
    data = bytearray(small.read_bytes())
    at = data.find(b"url ")
    while at >= 0:  # 'the samples are elsewhere': flag 0 instead of 1
        data[at + 4 : at + 8] = bytes(4)
        at = data.find(b"url ", at + 4)
    file = tmp_path / "elsewhere.mp4"
    file.write_bytes(data)
    made = await prepare(file, out)
    check_file(made.video)


async def test_thousands_of_tracks_are_refused(small: Path, tmp_path: Path, out: Path) -> None:
    data = small.read_bytes()
    at = data.index(b"moov") - 4
    length = struct.unpack_from(">I", data, at)[0]
    index = data[at + 8 : at + length]
    track_at = index.index(b"trak") - 4
    track = index[track_at : track_at + struct.unpack_from(">I", index, track_at)[0]]
    crowd = index + track * 3000
    file = tmp_path / "crowd.mp4"
    file.write_bytes(data[:at] + struct.pack(">I4s", 8 + len(crowd), b"moov") + crowd + data[at + length :])
    with pytest.raises(KeptError):
        await prepare(file, out)


@pytest.mark.parametrize(("width", "height"), [(65535, 65535), (16384, 16), (0, 0), (1, 1)])
async def test_absurd_dimensions_are_refused_or_corrected(
    small: Path, tmp_path: Path, out: Path, width: int, height: int
) -> None:
    data = bytearray(small.read_bytes())
    at = data.index(b"avc1", data.index(b"stsd"))
    struct.pack_into(">HH", data, at + 4 + 24, width, height)
    file = tmp_path / "absurd.mp4"
    file.write_bytes(data)
    try:
        made = await prepare(file, out)
    except KeptError:
        assert recordings.left_in(out) == []
    else:
        assert (made.probe.width, made.probe.height) == (64, 96)


async def test_an_index_that_claims_billions_of_frames_is_refused(small: Path, tmp_path: Path, out: Path) -> None:
    data = bytearray(small.read_bytes())
    for table in (b"stts", b"stsz", b"stco", b"ctts"):
        at = data.find(table)
        if at >= 0:
            struct.pack_into(">I", data, at + (12 if table == b"stsz" else 8), 0xFFFFFFF0)
    file = tmp_path / "claims.mp4"
    file.write_bytes(data)
    with pytest.raises(KeptError):
        await prepare(file, out)
    assert recordings.left_in(out) == []


async def _survives(file: Path, out: Path) -> None:
    """Whatever `file` is: a clean clip or a clear refusal, and no half results."""
    try:
        made = await prepare(file, out)
    except KeptError:
        assert [name for name in recordings.left_in(out) if name.startswith(".")] == []
    else:
        check_file(made.video)
        assert recordings.left_in(out) == ["poster.webp", "video.mp4"]
    finally:
        for name in recordings.left_in(out):
            (out / name).unlink()


Change = st.tuples(st.integers(0, 1 << 30), st.integers(1, 255))


@settings(FUZZ, max_examples=15)
@given(st.lists(Change, min_size=1, max_size=12))
async def test_flipped_bytes_in_an_mp4_do_no_harm(
    small: Path, tmp_path: Path, out: Path, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(small.read_bytes())
    for place, flip in changes:
        data[place % len(data)] ^= flip
    file = tmp_path / "flipped.mp4"
    file.write_bytes(data)
    await _survives(file, out)


@settings(FUZZ, max_examples=12)
@given(st.lists(Change, min_size=1, max_size=8))
async def test_flipped_bytes_in_the_index_do_no_harm(
    small: Path, tmp_path: Path, out: Path, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(small.read_bytes())
    start = data.index(b"moov")
    for place, flip in changes:
        data[start + place % (len(data) - start)] ^= flip
    file = tmp_path / "index.mp4"
    file.write_bytes(data)
    await _survives(file, out)


@settings(FUZZ, max_examples=8)
@given(st.floats(0, 1), st.booleans())
async def test_truncated_files_do_no_harm(
    small: Path, recorder: Path, tmp_path: Path, out: Path, keep: float, webm: bool
) -> None:
    data = (recorder if webm else small).read_bytes()
    file = tmp_path / "truncated"
    file.write_bytes(data[: int(len(data) * keep)])
    await _survives(file, out)
