"""The texts: complete in every language, escaped, and found by every template that asks for them."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from kept.look import words
from kept.look.words import LANGUAGES, NoSuchText, Plural, Text, best_language, section, texts, translator

LOOK = Path(words.__file__).parent
ARGUMENT = re.compile(r"%\((\w+)\)s")


def _patterns(text: Text | Plural) -> list[str]:
    return [text.pattern] if isinstance(text, Text) else [text.one.pattern, text.other.pattern]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_exists_in_every_language(language: str) -> None:
    assert texts(language).keys() == texts("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_written_twice(language: str) -> None:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({key for key, _ in pairs}) == len(pairs), [key for key, _ in pairs]
        return dict(pairs)

    json.loads((LOOK / "texts" / f"{language}.json").read_text(), object_pairs_hook=once)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_takes_the_same_arguments_in_every_language(language: str) -> None:
    for key, text in texts(language).items():
        mine = {name for pattern in _patterns(text) for name in ARGUMENT.findall(pattern)}
        english = {name for pattern in _patterns(texts("en")[key]) for name in ARGUMENT.findall(pattern)}
        assert mine == english, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_voice_is_calm(language: str) -> None:
    for key, text in texts(language).items():
        for pattern in _patterns(text):
            assert not set("!¡") & set(pattern), key
            assert not re.search(r"\b(oops|ups)\b", pattern, re.IGNORECASE), key


def test_every_key_that_a_template_names_exists() -> None:
    for template in (LOOK / "templates").rglob("*.html"):
        for key in re.findall(r"""\bt\(["']([\w.-]+)["'][,)]""", template.read_text()):
            assert key in texts("en"), f"{template.name}: {key}"


def test_every_word_that_a_module_says_exists() -> None:
    said = {"feed": ["feed.js"], "progress": ["page/progress.js"], "upload": ["composer.js"], "camera": ["camera.js"],
            "passkey": ["page/passkey.js"], "page": ["page/times.js", "page/share.js"]}
    for name, files in said.items():
        known = json.loads(section("en", f"client.{name}"))
        for file in files:
            source = (LOOK / "static" / "js" / file).read_text()
            for call in re.findall(r"#?words\(([^()]*)\)", source):
                for key in re.findall(r"'(\w+)'", call.split("{")[0]):
                    assert key in known, f"{file}: {key}"


def test_a_key_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(NoSuchText):
        translator("en")("no.such.key")
    with pytest.raises(NoSuchText):
        translator("xx")


@given(st.text())
def test_an_argument_comes_out_escaped(value: str) -> None:
    said = translator("en")("profile.title", handle=value)
    assert said == Markup("@") + value
    assert "<" not in said.replace("&lt;", "")


def test_one_and_many_have_their_own_forms() -> None:
    t = translator("en")
    assert t("settings.sessions", n=1) == "1 device is signed in"
    assert t("settings.sessions", n=3) == "3 devices are signed in"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("es", "es"), ("es-MX,es;q=0.9", "es"), ("de, es;q=0.5, en;q=0.8", "en"), ("fr", "en"),
        ("en;q=0, es;q=0.1", "es"), ("es;q=banana, en;q=0.2", "en"),
    ],
)
def test_the_best_language_is_the_one_that_the_browser_weighs_most(header: str, language: str) -> None:
    assert best_language(header) == language


@given(st.text())
def test_no_header_breaks_the_choice_of_language(header: str) -> None:
    assert best_language(header) in LANGUAGES
