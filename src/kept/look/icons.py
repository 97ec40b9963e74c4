"""The icons and the mark, as inline SVG: one set, drawn here, kept in `static/icons.svg`."""

import re
from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup

_SYMBOL = re.compile(r'<symbol id="([a-z-]+)">(.*?)</symbol>')
_OPEN = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'

# The word `kept`; the crossbar of the t is a tick. Strokes of 3.4 on a grid of 82 by 40.
MARK_PATHS = (
    '<path d="M4 4v26M4 22.4 13.6 13.4M7.8 19 15 30M20.4 21.6h15.4A7.9 7.9 0 1 0 33.6 27.3M43 13.4V38'
    'M43 21.7a8 8 0 1 1 16 0a8 8 0 1 1-16 0M70 5.5v19a5.6 5.6 0 0 0 7.6 5.2M63.2 13.2l4 3.8 13.2-7.6"/>'
)


def _load() -> Mapping[str, Markup]:
    drawn = (Path(__file__).parent / "static" / "icons.svg").read_text("utf-8")
    return {name: Markup(f"{_OPEN}{shape}</svg>") for name, shape in _SYMBOL.findall(drawn)}  # noqa: S704  our own file


ICONS = _load()
MARK = Markup(  # noqa: S704  our own drawing
    f'<svg class="mark" viewBox="0 0 82 40" role="img" aria-label="kept">{MARK_PATHS}</svg>'
)


def icon(name: str) -> Markup:
    """The icon of that name, without a word: the element that holds it says what it does. Raises KeyError."""
    return ICONS[name]
