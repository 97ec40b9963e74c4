"""The last look at a result: is the place where it was recorded, or the device, still readable in any of its bytes?

Stripping works by leaving out; this would notice what nobody thought of, such as notes inside sound packets.
"""

import os
import re

from kept.media.probing import Probe

_TELLING = re.compile(r"location|gps|geo|xyz|coord|latitude|longitude|make|model|serial|device", re.IGNORECASE)
_POSITION = re.compile(r"[+-]\d{1,3}\.\d{2,}[+-]\d{1,3}\.\d{2,}")  # ISO 6709, Annex H
_SHORTEST = 6  # shorter runs of bytes occur by chance
_CHUNK = 1 << 20


def telling(found: Probe) -> list[bytes]:
    """Texts from the metadata of a clip that tell where or with what it was recorded."""
    texts = {value for name, value in found.tags if _TELLING.search(name) or _POSITION.search(value)}
    return [text.encode() for text in sorted(texts) if len(text.encode()) >= _SHORTEST]


def any_in(descriptor: int, texts: list[bytes]) -> bool:
    """Whether one of `texts` is in the file behind `descriptor`."""
    if not texts:
        return False
    overlap = max(map(len, texts)) - 1
    at, tail = 0, b""
    while chunk := os.pread(descriptor, _CHUNK, at):
        window = tail + chunk
        if any(text in window for text in texts):
            return True
        at, tail = at + len(chunk), window[len(window) - overlap :]
    return False
