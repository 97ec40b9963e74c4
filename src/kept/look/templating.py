"""Jinja, set up once a language: everything escaped, everything declared, every template compiled before it is asked for."""

import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.ext import Extension

from kept import __version__
from kept.look import assets, formats, icons, paths, words
from kept.look.linking import linked

_FOLDER = Path(__file__).parent / "templates"
_AVATAR_TINTS = 6
_CONSTANT = re.compile(r"""\{\{ (t|icon)\((["'])([\w.-]+)\2\) \}\}""")


class Constants(Extension):
    """Writes what is constant in a language (a text without arguments, an icon) into the template when it is compiled.

    A card of the feed is rendered some hundred times a second; this takes away half of its calls, and makes a key that
    does not exist an error of compiling.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template's source with the constants filled in."""
        known = cast(dict[str, Callable[[str], str]], self.environment.globals)
        return _CONSTANT.sub(lambda found: str(known[found[1]](found[3])), source)


@cache
def environment(language: str) -> Environment:
    """The environment of one language. Templates find the texts as `t`, and formats that know the language."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, auto_reload=False,
        trim_blocks=True, lstrip_blocks=True, extensions=[Constants], cache_size=-1,
    )
    made.globals.update(_globals(language))
    return made


@cache
def template(language: str, name: str) -> Template:
    """One compiled template."""
    return environment(language).get_template(name)


def compile_all() -> None:
    """Compile every template in every language, so that no reader waits for it; called when a server starts."""
    for language in words.LANGUAGES:
        for name in environment(language).list_templates(filter_func=lambda n: n.endswith(".html") and "/" not in n):
            template(language, name)


def tint(handle: str) -> int:
    """Which of the six tints an avatar without a picture has: always the same for one handle."""
    return sum(handle.encode()) % _AVATAR_TINTS + 1


def _globals(language: str) -> dict[str, Any]:
    spoken: dict[str, Callable[..., Any]] = {
        "ago": formats.ago, "age": formats.age, "date": formats.date, "exact": formats.exact,
        "compact": formats.compact, "full": formats.full, "stamp": formats.stamp,
    }
    return {
        **{name: partial(function, language=language) for name, function in spoken.items()},
        "asset": assets.address,
        "client": f"{assets.PAGES}/{__version__}",
        "clock": formats.clock,
        "direction": words.direction(language),
        "icon": icons.icon,
        "icons": tuple(icons.ICONS),
        "iso": formats.iso,
        "language": language,
        "linked": linked,
        "languages": words.LANGUAGES,
        "mark": icons.MARK,
        "months": formats.months(language),
        "paths": paths,
        "section": partial(words.section, language),
        "t": words.translator(language),
        "tint": tint,
    }
