"""The check on results: a file that holds anything beside what playing needs does not pass."""

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.media import MediaFailed, check_file, strip
from kept.media.boxes import box, boxes
from kept.media.webp import only_picture

PARENTS = [(b"moov",), (b"moov", b"trak"), (b"moov", b"trak", b"mdia"), (b"moov", b"trak", b"mdia", b"minf", b"stbl")]
STRANGERS = [
    b"udta",
    b"meta",
    b"uuid",
    b"free",
    b"skip",
    b"wide",
    b"mvex",
    b"XMP_",
    b"gps ",
    b"\xa9xyz",
    b"ilst",
    b"pnot",
]
PATIENT = settings(deadline=None, max_examples=50)
CONTENTS = st.binary(max_size=64)


@pytest.fixture(scope="module")
async def result(phone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result of ours."""
    out = tmp_path_factory.mktemp("clean") / "clean.mp4"
    await strip(phone, out)
    return out


def refused(data: bytes, folder: Path) -> bool:
    file = folder / "result.mp4"
    file.write_bytes(data)
    try:
        check_file(file)
    except MediaFailed:
        return True
    return False


def with_box(content: bytes, parents: tuple[bytes, ...], stranger: bytes) -> bytes:
    """Boxes with `stranger` put into the first of `parents`, all the way down."""
    if not parents:
        return content + stranger
    inner = list(boxes(content))
    at = [kind for kind, _ in inner].index(parents[0])
    inner[at] = (inner[at][0], with_box(inner[at][1], parents[1:], stranger))
    return b"".join(box(kind, inside) for kind, inside in inner)


def test_a_result_of_ours_passes(result: Path, tmp_path: Path) -> None:
    clean = result.read_bytes()
    assert not refused(clean, tmp_path)


@PATIENT
@given(st.sampled_from(PARENTS), st.sampled_from(STRANGERS), CONTENTS)
def test_a_box_that_playing_does_not_need_is_found_wherever_it_is(
    result: Path, tmp_path_factory: pytest.TempPathFactory, parents: tuple[bytes, ...], kind: bytes, content: bytes
) -> None:
    clean = result.read_bytes()
    stranger = box(kind, content)
    index_at, index = 32, struct.unpack_from(">I", clean, 32)[0]
    grown = with_box(clean[index_at : index_at + index], parents, stranger)
    shifted = clean[:index_at] + grown + clean[index_at + index :]
    assert refused(shifted, tmp_path_factory.getbasetemp())


@PATIENT
@given(st.sampled_from(STRANGERS), CONTENTS, st.integers(0, 3))
def test_a_box_between_the_boxes_of_the_file_is_found(
    result: Path, tmp_path_factory: pytest.TempPathFactory, kind: bytes, content: bytes, place: int
) -> None:
    clean = result.read_bytes()
    top = list(boxes(clean))
    top.insert(place, (kind, content))
    empty = kind == b"free" and not content  # ffmpeg's own filler: eight bytes that say nothing
    assert empty or refused(b"".join(box(*one) for one in top), tmp_path_factory.getbasetemp())


@PATIENT
@given(st.binary(min_size=1, max_size=64))
def test_bytes_of_no_sample_are_found(result: Path, tmp_path_factory: pytest.TempPathFactory, hidden: bytes) -> None:
    clean = result.read_bytes()
    (first, kind), (second, index), (third, samples) = boxes(clean)
    longer = box(first, kind) + box(second, index) + box(third, samples + hidden)
    assert refused(longer, tmp_path_factory.getbasetemp())
    assert refused(clean + hidden, tmp_path_factory.getbasetemp())


@pytest.mark.parametrize("header", [b"mvhd", b"tkhd", b"mdhd"])
def test_a_time_of_recording_is_found(result: Path, tmp_path: Path, header: bytes) -> None:
    clean = result.read_bytes()
    timed = bytearray(clean)
    struct.pack_into(">I", timed, timed.index(header) + 8, 3_860_000_000)
    assert refused(bytes(timed), tmp_path)


def test_a_name_in_a_track_is_found(result: Path, tmp_path: Path) -> None:
    clean = result.read_bytes()
    named = bytearray(clean)
    at = named.index(b"avc1", named.index(b"stsd")) + 4 + 42
    named[at : at + 12] = b"\x0bPear Phone "
    assert refused(bytes(named), tmp_path)


@PATIENT
@given(st.integers(0, 1 << 20), st.integers(1, 255))
def test_a_changed_index_is_refused_or_harmless_but_never_a_crash(
    result: Path, tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    clean = result.read_bytes()
    changed = bytearray(clean)
    changed[place % clean.index(b"mdat")] ^= flip
    refused(bytes(changed), tmp_path_factory.getbasetemp())


@PATIENT
@given(
    st.lists(st.tuples(st.sampled_from([b"EXIF", b"XMP ", b"ICCP", b"ANIM", b"junk"]), CONTENTS)),
    st.binary(max_size=32),
)
def test_only_the_picture_of_a_webp_is_kept(chunks: list[tuple[bytes, bytes]], tail: bytes) -> None:
    def riff(*parts: tuple[bytes, bytes]) -> bytes:
        body = b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1) for kind, data in parts)
        return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body

    picture = (b"VP8 ", b"the picture")
    assert only_picture(riff((b"VP8X", bytes(10)), *chunks, picture, *chunks) + tail) == riff(picture)


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"RIFF\x10\0\0\0WEBP", b"RIFF\x10\0\0\0WEBPVP8 \xff\xff\0\0a", b"PNG" * 9]
)
def test_what_is_no_webp_is_refused(data: bytes) -> None:
    with pytest.raises(MediaFailed):
        only_picture(data)
