"""Captions as text: the part of WebVTT that we take, read strictly, and written again by ourselves. Pure.

Taken: the header, NOTE blocks (which are dropped), identifiers and settings of cues (dropped as well), and tags within a cue,
of which the words remain. Refused: styles and regions, times out of order or beyond the clip, and more than anybody reads.
What was read is plain text; a page that shows it has nothing to interpret. See https://www.w3.org/TR/webvtt1/ §4.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kept.kit import KeptError, Kind

MOST_CUES = 1_000
LONGEST_CUE = 300
"""Characters."""
LONGEST_TRACK = 128 * 1024
"""Characters of a whole file."""

_SLACK = 1_000
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S.*)?")
_TAG = re.compile(r"</?[A-Za-z0-9.:][^<>]*>|</>")
_BREAKS = re.compile(r"\r\n|\r|\n")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


class BadCaptions(KeptError):
    code = "bad_captions"
    kind = Kind.INVALID
    message = "These captions can't be taken: line {line} {why}."


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said between two moments, in milliseconds of the clip."""

    start: int
    end: int
    text: str


def read_cues(text: str, *, seconds: float) -> tuple[Cue, ...]:
    """The cues of a WebVTT file for a clip of that length. Raises BadCaptions, which names the line."""
    if len(text) > LONGEST_TRACK:
        raise BadCaptions(line=1, why=f"begins a file of more than {LONGEST_TRACK // 1024} thousand characters")
    lines = _BREAKS.split(text.removeprefix("\ufeff"))
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise BadCaptions(line=1, why="should say WEBVTT, as such a file begins")
    cues: list[Cue] = []
    for number, block in _blocks(lines):
        cue = _cue(number, block, most=round(seconds * 1000) + _SLACK)
        if cue is None:
            continue
        if cues and cue.start < cues[-1].start:
            raise BadCaptions(line=number, why="begins before the one above; put them in order")
        if len(cues) == MOST_CUES:
            raise BadCaptions(line=number, why=f"begins one more than the {MOST_CUES} that a clip may have")
        cues.append(cue)
    return tuple(cues)


def written(cues: Iterable[Cue]) -> str:
    """A WebVTT file of plain cues."""
    blocks = [f"{clock(cue.start)} --> {clock(cue.end)}\n{html.escape(cue.text, quote=False)}" for cue in cues]
    return "\n\n".join(("WEBVTT", *blocks)) + "\n"


def clock(milliseconds: int) -> str:
    """A moment as WebVTT writes it."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines that stand together below the header, with the number of the first."""
    block: list[str] = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield len(lines) - len(block) + 1, block


def _cue(number: int, block: list[str], *, most: int) -> Cue | None:
    """The cue of a block; None for a note."""
    first = block[0].split(maxsplit=1)[0]
    if first == "NOTE":
        return None
    if first in ("STYLE", "REGION") and "-->" not in block[0]:
        raise BadCaptions(line=number, why="begins a style or a region; captions here are plain text")
    if "-->" not in block[0] and len(block) > 1:
        number, block = number + 1, block[1:]  # an identifier stands above
    found = _TIMES.fullmatch(block[0].strip())
    if found is None:
        raise BadCaptions(line=number, why="should be two times, such as 00:01.000 --> 00:04.000")
    start, end = _moment(*found.groups()[:4]), _moment(*found.groups()[4:])
    if end <= start:
        raise BadCaptions(line=number, why="ends before it begins")
    if end > most:
        raise BadCaptions(line=number, why="ends after the clip does")
    text = _plain("\n".join(block[1:]))
    if not text:
        return None
    if len(text) > LONGEST_CUE:
        raise BadCaptions(line=number, why=f"has more than {LONGEST_CUE} characters; make two of it")
    return Cue(start, end, text)


def _moment(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)


def _plain(text: str) -> str:
    """The words of a cue: without tags, and with characters for their names."""
    words = _UNSEEN.sub("", html.unescape(_TAG.sub("", text)))
    return "\n".join(line.strip() for line in words.splitlines() if line.strip())
