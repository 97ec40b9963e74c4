"""What a comment may say, and words that are found however they are written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.comments.errors import BadWords, NotAComment
from kept.comments.filtering import Filter, checked_words
from kept.comments.folding import Phrases
from kept.comments.hurting import hurtful
from kept.comments.judging import Why, caught
from kept.comments.wording import LONGEST, checked_text

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
INSULT = "you are an idiot"


@given(st.text(max_size=600))
def test_what_is_taken_is_short_visible_and_stays_as_it_is(text: str) -> None:
    try:
        plain = checked_text(text)
    except NotAComment:
        return
    assert 1 <= len(plain) <= LONGEST
    assert checked_text(plain) == plain, "taken twice, it is the same"
    assert unicodedata.is_normalized("NFC", plain)
    assert not set(plain) & set(BIDI)
    assert all(one == "\n" or unicodedata.category(one) not in ("Cc", "Cs", "Cn", "Co") for one in plain)


@pytest.mark.parametrize("text", ["", " \n ", "\u200d\u200d", BIDI, "\u0301", "\ud800", "x" * 501, "\u200bx" * 501])
def test_what_is_no_comment(text: str) -> None:
    with pytest.raises(NotAComment):
        checked_text(text)


def test_direction_is_not_turned_around_and_families_stay_together() -> None:
    assert checked_text("safe \u202egnp.exe") == "safe gnp.exe"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert checked_text(f"{family} nice\r\n\r\n\r\n\r\nday ") == f"{family} nice\n\nday"
    assert checked_text("a" + "\u0336" * 40) == "a" + "\u0336" * 3
    assert checked_text("x" * LONGEST) == "x" * LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "You are an IDIOT!",
        "ídïöt",
        "1d1ot",
        "i d i o t",
        "i.d.i.o.t",
        "idi\u200bot",
        "\u0456d\u0456\u043et",
        "ｉｄｉｏｔ",
        "\U0001d422\U0001d41d\U0001d422\U0001d428\U0001d42d",
        "iiiidiooot",
        "id iot",
        "what an @idiot",
        "idi*ot",
        "!diot idi0t",
        "-idiot-",
    ],
)
def test_a_word_is_found_however_it_is_written(text: str) -> None:
    assert Phrases(["idiot"]).found_in(text)


@pytest.mark.parametrize("text", ["idiotic", "Scunthorpe classic assassin", "I did it", "audio track", "", "!!!", "id"])
def test_a_word_is_not_found_inside_others(text: str) -> None:
    assert not Phrases(["idiot", "ass", "cunt"]).found_in(text)


def test_phrases_drawn_out_letters_and_scripts_without_spaces() -> None:
    assert Phrases(["nobody likes you"]).found_in("Well, NOBODY   likes\nyou.")
    assert not Phrases(["nobody likes you"]).found_in("nobody likes him, you know")
    assert Phrases(["ass"]).found_in("what an assssss")
    assert not Phrases(["ass"]).found_in("as it is")
    assert Phrases(["ばか"]).found_in("君はばかだ")
    assert Phrases(["qué asco das"]).found_in("que asco das")


@given(st.lists(st.text(min_size=1, max_size=20), max_size=5), st.text(max_size=200))
def test_no_text_is_too_odd_to_be_looked_at(phrases: list[str], text: str) -> None:
    Phrases(phrases).found_in(text)


@given(st.from_regex(r"[a-z]{3,12}( [a-z]{3,12}){0,2}", fullmatch=True))
def test_whatever_is_listed_is_found_as_it_stands(phrase: str) -> None:
    assert Phrases([phrase]).found_in(f"Well, {phrase.upper()}!")


@pytest.mark.parametrize("text", [INSULT, "kys", "kill  yourself", "eres un idiota", "ESTÚPIDA", "m1erda", "mátate ya"])
def test_both_languages_have_their_list(text: str) -> None:
    assert hurtful().found_in(text)


@pytest.mark.parametrize(
    "text", ["What a lovely glaze!", "Qué bonito, ¿dónde es?", "The dog is so fast", "class of 1990"]
)
def test_kind_words_are_not_hurtful(text: str) -> None:
    assert not hurtful().found_in(text)


def test_an_operator_adds_words() -> None:
    assert not hurtful().found_in("what a numpty")
    assert hurtful(["numpty"]).found_in("what a NUMPTY")


def test_what_holds_a_comment_back_in_which_order() -> None:
    rules = hurtful()
    own = Filter(general=True, words=("blue bowl",))
    assert caught("hello", own, rules, restricted=True) is Why.RESTRICTED
    assert caught("the BLUE bowl, you idiot", own, rules, restricted=False) is Why.WORDS
    assert caught(INSULT, own, rules, restricted=False) is Why.GENERAL
    assert caught(INSULT, Filter(general=False), rules, restricted=False) is None
    assert caught("hello", own, rules, restricted=False) is None


def test_a_list_of_words_is_kept_tidy_and_has_an_end() -> None:
    assert checked_words(["  blue   bowl ", "blue bowl", "", "cobalt"]) == ["blue bowl", "cobalt"]
    for words in ([f"word{n}" for n in range(201)], ["x" * 51], ["!!"]):
        with pytest.raises(BadWords):
            checked_words(words)
