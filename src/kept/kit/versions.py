"""Versions of programs: dotted numbers, compared as numbers, so that 1.10 is newer than 1.9 and 1.0 is 1."""

import re

Version = tuple[int, ...]
"""The numbers, without zeros at the end."""

_DOTTED = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,3}")


def read_version(text: str) -> Version:
    """Read one to four numbers with dots between them. Raises ValueError for anything else; says what a version is."""
    if not _DOTTED.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no version: write one to four numbers with dots between, such as 1.2.3")
    numbers = [int(number) for number in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
