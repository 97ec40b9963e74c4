"""What a comment may say: plain text of 1 to 500 characters, as it will be shown. Pure."""

import re
import unicodedata

from kept.comments.errors import NotAComment

LONGEST = 500
"""Characters (Unicode code points), counted as they are stored."""

_JOINERS = frozenset("\u200c\u200d")
"""What joins letters of some scripts, and the parts of some emoji. All other format characters go: they hide, and turn
around what stands beside them (UAX #9: U+202A to U+202E, U+2066 to U+2069)."""
_NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
_PILED = re.compile(r"(?<=[\u0300-\u036f]{3})[\u0300-\u036f]+")
"""Marks piled upon marks: letters have three at most."""
_BLANK_LINES = re.compile(r"\n{3,}")


def checked_text(text: str) -> str:
    """A text as a comment holds it: NFC, nothing invisible, one blank line at a time. Raises NotAComment."""
    if len(text) > 20 * LONGEST:
        raise NotAComment(why=f"it is longer than {LONGEST} characters")
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    plain = "".join(one for one in plain if one == "\n" or one in _JOINERS or unicodedata.category(one) not in _NO_TEXT)
    plain = _BLANK_LINES.sub("\n\n", _PILED.sub("", plain)).strip()
    if not any(unicodedata.category(one)[0] in "LNPS" for one in plain):
        raise NotAComment(why="there is nothing in it")
    if len(plain) > LONGEST:
        raise NotAComment(why=f"it is longer than {LONGEST} characters")
    return plain
