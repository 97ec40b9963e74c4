"""How a value looks behind a mask: enough to recognise what one knows already, too little to learn it. Pure."""

from datetime import date, datetime
from typing import Any

from kept.catalog import Category, Level
from kept.catalog.law import Rule

DOTS = "•••"
_SHOWN_LETTERS = 2


def masked(value: Any, rule: Rule) -> Any:
    """A value of a column as somebody sees it who may see it masked. What is internal or public stays as it is."""
    if value is None or rule.level <= Level.INTERNAL:
        return value
    if isinstance(value, bool):
        return DOTS
    if isinstance(value, datetime | date):
        return f"{value:%Y}-{DOTS}"
    if isinstance(value, str):
        return _text(value, rule)
    return DOTS


def _text(value: str, rule: Rule) -> str:
    if rule.level >= Level.RESTRICTED:
        return f"{DOTS} ({len(value):,} characters)"
    if rule.category == Category.EMAIL:
        name, _, host = value.partition("@")
        return f"{name[:1]}{DOTS}@{DOTS}{host[host.rfind('.') :] if '.' in host else ''}"
    if rule.category == Category.BIRTH_DATE:
        return f"{value[:4]}-{DOTS}"
    if rule.category == Category.IP_ADDRESS:
        return f"{value.split('.')[0].split(':')[0]}.{DOTS}"
    return value[:_SHOWN_LETTERS] + DOTS if len(value) > 2 * _SHOWN_LETTERS else DOTS
