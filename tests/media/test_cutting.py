"""What an author cuts off is in no file that we keep, and the cover is the picture that they chose."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.media import SHORTEST, WHOLE, BadCut, Cut, prepare, probe
from tests.media import recordings
from tests.media.recordings import pixels

RED, GREEN, BLUE = 0, 1, 2
_VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 300k -c:a libopus -live 1 -f webm".split()  # noqa: SIM905
_H264 = "-c:v libx264 -preset ultrafast -g 300 -pix_fmt yuv420p -c:a aac".split()  # noqa: SIM905


@pytest.fixture(scope="module", params=["mp4", "webm"])
def three_colours(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of red, one of green, one of blue, as a phone or a browser would write it: with one keyframe, or no index."""
    path = tmp_path_factory.mktemp("colours") / f"colours.{request.param}"
    colours = [f"color=c={name}:s=90x160:r=30:d=1[{name}]" for name in ("red", "lime", "blue")]
    graph = ";".join([*colours, "[red][lime][blue]concat=n=3:v=1:a=0[out0]", "sine=f=440:d=3[out1]"])
    recordings.ffmpeg("-f", "lavfi", "-i", graph, *(_VP9 if request.param == "webm" else _H264), path)
    return path


def colour(path: Path, *, at: float = 0) -> int:
    """The channel that shines."""
    channels = pixels(path, 1, 1, at=at)
    return channels.index(max(channels))


async def test_what_is_cut_off_is_gone_and_the_cover_is_the_one_chosen(three_colours: Path, out: Path) -> None:
    made = await prepare(three_colours, out, cut=Cut(start=1.1, end=1.9, cover=1.5))
    found = await probe(made.video)
    assert found.seconds == pytest.approx(0.8, abs=0.08)
    assert (made.seconds, found.hidden_frames) == (pytest.approx(0.8, abs=0.01), 0)
    assert {colour(made.video, at=moment) for moment in (0, 0.3, 0.7)} == {GREEN}
    assert colour(made.poster) == GREEN
    assert (found.audio_codec, made.compliant) == ("aac", False)


async def test_a_cover_can_be_any_picture_of_a_clip_that_is_left_whole(three_colours: Path, out: Path) -> None:
    made = await prepare(three_colours, out, cut=Cut(start=0.02, end=2.99, cover=2.5))
    assert made.seconds == pytest.approx(3, abs=0.1)
    assert [colour(made.video), colour(made.video, at=2.5), colour(made.poster)] == [RED, BLUE, BLUE]
    assert made.compliant is (three_colours.suffix == ".mp4"), "what is left whole is copied where it can be"


async def test_without_a_choice_all_is_as_before(three_colours: Path, out: Path) -> None:
    made = await prepare(three_colours, out, cut=WHOLE)
    assert [colour(made.video, at=2.5), colour(made.poster)] == [BLUE, RED]


@pytest.mark.parametrize("cut", [Cut(start=2.8), Cut(start=2, end=2.2), Cut(start=2, end=1), Cut(start=900)])
async def test_too_little_is_refused(three_colours: Path, out: Path, cut: Cut) -> None:
    with pytest.raises(BadCut):
        await prepare(three_colours, out, cut=cut)


moments = st.floats(0, 9_999, allow_nan=False)


@given(moments, st.none() | moments, st.none() | moments, st.floats(0.1, 200))
def test_whatever_was_asked_lies_within_the_clip_or_is_refused(
    start: float, end: float | None, cover: float | None, seconds: float
) -> None:
    try:
        kept = Cut(start=start, end=end, cover=cover).within(seconds)
    except BadCut:
        return
    assert kept.end is not None
    assert 0 <= kept.start < kept.end <= seconds
    assert kept.length(seconds) >= min(SHORTEST, seconds) - 1e-9
    assert kept.cover is None or kept.start - 0.05 <= kept.cover < kept.end
    assert kept.within(seconds) == kept
