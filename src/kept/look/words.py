"""The texts for people, in every language, from one file a language: `texts/en.json`, `texts/es.json`.

Keys are dotted paths (`feed.more`). A text may name arguments in braces, and may have a `one` and an `other` form, chosen
by the argument `n`. Texts come out escaped, and so do their arguments, unless these are already `Markup`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
DEFAULT_LANGUAGE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

Translate = Callable[..., Markup]

_FOLDER = Path(__file__).parent / "texts"
_ARGUMENT = re.compile(r"\{(\w+)\}")


class NoSuchText(KeyError):
    """A page asked for a key that the texts do not have; a test asks for all of them."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text, escaped. `pattern` is for the % operator, which fills arguments in ten times as fast as `Markup.format`."""

    words: Markup
    pattern: str

    @classmethod
    def of(cls, written: str) -> "Text":
        """The text as it is written in the file, with arguments in braces."""
        escaped = escape(written)
        return cls(escaped, _ARGUMENT.sub(r"%(\1)s", escaped.replace("%", "%%")))

    def filled(self, arguments: Mapping[str, Any]) -> Markup:
        """The text with its arguments; raises KeyError for one that is missing."""
        values = {name: escape(value) for name, value in arguments.items()}
        return Markup(self.pattern % values)  # noqa: S704  pattern and values are escaped


@dataclass(frozen=True, slots=True)
class Plural:
    """A text with a form for one and a form for any other number. English and Spanish need no more (CLDR plural rules)."""

    one: Text
    other: Text


@cache
def texts(language: str) -> Mapping[str, Text | Plural]:
    """Every text of a language by its dotted key; raises NoSuchText for a language that has no file."""
    if language not in LANGUAGES:
        raise NoSuchText(language)
    loaded = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    return dict(_flatten(loaded, ""))


@cache
def translator(language: str) -> Translate:
    """The function `t(key, **arguments)` of one language."""
    known = texts(language)

    def t(key: str, /, **arguments: Any) -> Markup:
        text = known.get(key)
        if text is None:
            raise NoSuchText(f"{language}: {key}")
        if isinstance(text, Plural):
            text = text.one if arguments.get("n") == 1 else text.other
        return text.filled(arguments) if arguments else text.words

    return t


@cache
def section(language: str, name: str) -> str:
    """The texts under one key as JSON, for a browser module to show: `section("en", "upload.client")`."""
    start = name + "."
    found = {
        key.removeprefix(start): text.words.unescape() for key, text in texts(language).items()
        if key.startswith(start) and isinstance(text, Text)
    }
    if not found:
        raise NoSuchText(f"{language}: {name}")
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def best_language(accept: str) -> str:
    """The language to answer in, from an Accept-Language header (RFC 9110, 12.5.4). Unreadable weights count as least."""
    wanted = []
    for position, part in enumerate(accept.split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        wanted.append((-_weight(parameter), position, tag.split("-")[0].strip().lower()))
    for weight, _, language in sorted(wanted):
        if weight < 0 and language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE


def direction(language: str) -> str:
    """Which way a language is written: `ltr` or `rtl`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def _weight(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0


def _flatten(tree: Mapping[str, Any], path: str) -> list[tuple[str, Text | Plural]]:
    found: list[tuple[str, Text | Plural]] = []
    for name, value in tree.items():
        key = f"{path}{name}"
        if isinstance(value, str):
            found.append((key, Text.of(value)))
        elif value.keys() == {"one", "other"}:
            found.append((key, Plural(Text.of(value["one"]), Text.of(value["other"]))))
        else:
            found.extend(_flatten(value, key + "."))
    return found
