"""Finding words and phrases however they are written: case, accents, look-alikes, digits for letters, s p a c e s. Pure.

A text becomes words, and each word the forms that it may stand for. Words are compared whole, so that a short one is not
found inside a longer one; what is written in a script without spaces is found anywhere.
"""

import re
import unicodedata
from collections.abc import Iterable

_LOOK_ALIKES = str.maketrans(
    "\u0430\u0432\u0441\u0501\u0435\u04bb\u0456\u0458\u043a\u04cf\u043c\u043d\u043e\u0440\u051b\u0455"
    "\u0442\u051d\u0443\u0445\u04af\u0261\u0131\u0142\u00f8\u0111\u00e6\u03b1\u03b2\u03b5\u03b7\u03b9"
    "\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9\u0475",
    "abcdehijklmhopqstwyxygilodaabenikvoptuxwv",
)
"""The letters that are taken for Latin ones most often (UTS #39): Cyrillic, Greek, and some with a stroke."""
_DIGITS = str.maketrans("013457@$!|", "oieastasii")
_SYMBOL = re.compile(r"(?<=\w)[@!|]+(?=\w)|\$(?=\w)")
_WORD = re.compile(r"[\w@$!|]+")
_LETTER = re.compile(r"[^\W\d_]")
_RUN = re.compile(r"(.)\1{2,}")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
SHORTEST_PAIR = 5
"""Letters of a word that is also found when it is written in two."""

Forms = frozenset[str]


def words_of(text: str) -> list[Forms]:
    """The words of a text, each with what it may stand for; single letters in a row are one word."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Me", "Cf"))
    plain = plain.translate(_LOOK_ALIKES).replace("_", " ").replace("*", "")
    symbols = {match.start() + at for match in _SYMBOL.finditer(plain) for at in range(len(match[0]))}
    kept = "".join(one if one not in "@$!|" or at in symbols else " " for at, one in enumerate(plain))
    return [_forms(word) for word in _joined([match[0] for match in _WORD.finditer(kept)])]


class Phrases:
    """Words and phrases to look for."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._starts: dict[str, list[list[Forms]]] = {}
        self._anywhere: list[str] = []
        for phrase in phrases:
            words = words_of(phrase)
            if _UNSPACED.search(phrase):
                self._anywhere.append(_squeezed(phrase))
            elif words:
                for form in words[0]:
                    self._starts.setdefault(form, []).append(words)

    def found_in(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        if self._anywhere and any(one in _squeezed(text) for one in self._anywhere):
            return True
        words = words_of(text)
        return any(self._begins(words, at) or self._in_two(words, at) for at in range(len(words)))

    def _begins(self, words: list[Forms], at: int) -> bool:
        for form in words[at]:
            for phrase in self._starts.get(form, ()):
                rest = words[at : at + len(phrase)]
                if len(rest) == len(phrase) and all(one & other for one, other in zip(phrase, rest, strict=True)):
                    return True
        return False

    def _in_two(self, words: list[Forms], at: int) -> bool:
        """Whether this word and the next are a single one that is looked for."""
        if at + 1 >= len(words):
            return False
        whole = {one + other for one in words[at] for other in words[at + 1]}
        return any(
            len(phrase) == 1 for one in whole if len(one) >= SHORTEST_PAIR for phrase in self._starts.get(one, ())
        )


def _joined(words: list[str]) -> list[str]:
    """Words, with runs of three single letters or more made one: `s o   s a d`."""
    found: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1:
            run.append(word)
            continue
        found += ["".join(run)] if len(run) > 2 else run
        run = []
        if word:
            found.append(word)
    return found


def _forms(word: str) -> Forms:
    """What a word may stand for: digits read as letters where there are letters, letters that are drawn out made few."""
    read = word.translate(_DIGITS) if _LETTER.search(word) else word
    forms = {read, read.replace("i", "l")} if "1" in word or "|" in word else {read}
    drawn_out = {_RUN.sub(short, form) for form in forms if _RUN.search(form) for short in (r"\1", r"\1\1")}
    return frozenset(drawn_out or forms)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
