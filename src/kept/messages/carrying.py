"""What a message may carry: a text, or a clip of this platform. Pure; the policy refuses the rest, and this tells which it is.

Promise `messages.no-media`: no files, no data URLs, no links to media files or to places that show media. A list of places
is never complete; what it misses is a link that somebody must open elsewhere, for nothing here shows a preview of any link.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from kept.messages.errors import NotAMessage
from kept.policy import Payload

LONGEST_TEXT = 2_000
"""Characters (Unicode code points)."""

_ENDINGS = (
    "apng avif bmp gif heic heif ico jfif jpe jpeg jpg jxl png psd svg svgz tif tiff webp "
    "3gp avi flv m2ts m3u8 m4v mkv mov mp4 mpd mpeg mpg ogv ts webm wmv "
    "aac aiff flac m4a mid mp3 oga ogg opus wav wma "
    "7z apk doc docx dmg exe iso pdf ppt pptx rar tar tgz xls xlsx zip"
)
_FILE = re.compile(rf"\.(?:{'|'.join(_ENDINGS.split())})(?=$|[?#&/;:,!)\]}}'\"\s])", re.IGNORECASE)
_DATA_URL = re.compile(r"\bdata\s*:\s*(?:[a-z]+/[a-z0-9.+-]+|[;,])", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"\b(?:blob|file|ftps?|ipfs|ipns|magnet|rtmp|rtsp|sftp|smb|torrent)\s*:\s*\S", re.IGNORECASE)
_LINK = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)\s?:\s?/\s?/\s?|\bwww\.)?"
    r"(?:[^\s/@]*@)?(?P<host>(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{1,62}|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])\.?"
    r"(?::\d+)?(?P<rest>[/?#]\S*)?",
    re.IGNORECASE,
)
_MAY_LINK = re.compile(r"[:%]|\.\w")
"""Without one of these, no ASCII text holds a link."""
_NOT_WRITTEN = frozenset({"Cc", "Cs", "Cn", "Co"})
"""Categories of code points that are no part of a text: controls, lone surrogates, unassigned, private use."""
_ALLOWED_CONTROLS = frozenset("\n\t")


def checked_text(text: str) -> str:
    """A text that can be sent, without blanks around it. Raises NotAMessage."""
    text = text.replace("\r\n", "\n").strip()
    if text.isascii() and text.isprintable() and 0 < len(text) <= LONGEST_TEXT:  # most are; the same, ten times as fast
        return text
    if not text or not any(unicodedata.category(one)[0] in "LMNPS" for one in text):
        raise NotAMessage(why="there is nothing in it")
    if len(text) > LONGEST_TEXT:
        raise NotAMessage(why=f"it is longer than {LONGEST_TEXT:,} characters")
    if any(unicodedata.category(one) in _NOT_WRITTEN and one not in _ALLOWED_CONTROLS for one in text):
        raise NotAMessage(why="it holds characters that are no text")
    return text


def payload_of(text: str, *, own_hosts: frozenset[str] = frozenset()) -> Payload:
    """What a text carries, as the policy asks: links to `own_hosts` (this platform) are text."""
    if text.isascii() and not _MAY_LINK.search(text):
        return Payload.TEXT
    plain = unicodedata.normalize("NFKC", unquote(text)).replace("\u2024", ".").replace("\u3002", ".")
    if _DATA_URL.search(plain):
        return Payload.FILE
    if _OTHER_SCHEME.search(plain):
        return Payload.OUTSIDE_MEDIA
    for link in _LINK.finditer(plain):
        host = link["host"].lower().rstrip(".")
        if host in own_hosts:
            continue
        if _shows_media(host) or _names_file(link, host):
            return Payload.OUTSIDE_MEDIA
    return Payload.TEXT


def _names_file(link: "re.Match[str]", host: str) -> bool:
    """Whether a link leads to a media file; `holiday.mov` alone, without a host, is the name of a file and no link."""
    rest = link["rest"] or ""
    is_link = bool(link["scheme"]) or bool(rest) or link[0].lower().startswith("www.")
    return is_link and bool(_FILE.search(rest) or (rest and _FILE.search(host)))


def _shows_media(host: str) -> bool:
    parts = host.split(".")
    return any(".".join(parts[start:]) in _hosts() for start in range(len(parts) - 1))


@cache
def _hosts() -> frozenset[str]:
    lines = (Path(__file__).parent / "media_hosts.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
