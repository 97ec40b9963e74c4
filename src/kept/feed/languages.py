"""In which language a caption is written, as far as its smallest words tell: English, Spanish, or not known."""

import re

_ENGLISH = """
the a an of and to in is it you that this for on with my your our we they are was at be have what how why from not when who his
her their i me so but all out up just
"""
_SPANISH = """
el la los las un una unos unas de del y en es que lo por con para mi tu su se no como pero este esta esto muy más mas qué cómo
cuando donde son fue al nos todo todos ya hoy yo
"""
_WORDS = {"en": frozenset(_ENGLISH.split()), "es": frozenset(_SPANISH.split())}
_WORD = re.compile(r"(?<![#@\w])[^\W\d_]+")


def language_of(caption: str) -> str:
    """`en`, `es`, or empty where the caption doesn't tell, or tells of both alike."""
    words = [word.lower() for word in _WORD.findall(caption)]
    counts = {language: sum(word in small for word in words) for language, small in _WORDS.items()}
    first, second = sorted(counts.values(), reverse=True)
    return max(counts, key=counts.__getitem__) if first > second else ""
