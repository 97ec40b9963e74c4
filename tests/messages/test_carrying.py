"""What a message may carry: text, or a clip of this platform. Everything else is named for what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.messages import LONGEST_TEXT, NotAMessage, checked_text, payload_of
from kept.messages.content import Content, pack, unpack
from kept.policy import Payload

TEXT = [
    "hello",
    "see you at 10.30, then?",
    "v2.0 is out. It works!",
    "my file is called holiday.mov, ask me for it",
    "https://en.wikipedia.org/wiki/Ceramic_glaze",
    "https://www.gutenberg.org/ebooks/2701?format=text#top",
    "read docs.python.org",
    "mail me: kim@example.org",
    "data: we need more of it",
    "http://kept.example/clips/0195a1e0-0000-7000-8000-000000000000",
    "ratio 3:4, time 12:30, and C:\\ is a drive",
    "日本語のテキスト。",
]
MEDIA = [
    "https://example.org/cat.jpg",
    "HTTPS://EXAMPLE.ORG/CAT.JPG",
    "look: www.example.org/a/b.webm?x=1",
    "example.org/film.mp4",
    "https://example.org/view?file=cat.png&size=2",
    "https://example.org/cat%2Ejpg",
    "https://example.org/ｃａｔ．ｊｐｇ",
    "https://youtu.be/dQw4w9WgXcQ",
    "youtube.com/watch?v=1",
    "m.youtube.com/shorts/1",
    "https://www.instagram.com/p/abc/",
    "https://i.imgur.com/abc",
    "i.imgur.com",
    "https://bit.ly/3xyz",
    "https://user:pw@media.giphy.com/media/1",
    "https://cdn.discordapp.com:443/attachments/1",
    "ftp://example.org/film",
    "magnet:?xt=urn:btih:abc",
    "ipfs://bafy/cat",
    "youtu。be/abc",
    "https :// youtu.be/abc",
    "http://203.0.113.9/secret.mp4",
]
FILES = ["data:image/png;base64,iVBORw0KGgo=", "DATA:text/html,<b>", "see data: image/gif;base64,R0lGOD", "data:,hi"]


@pytest.mark.parametrize("text", TEXT)
def test_words_and_links_to_pages_are_text(text: str) -> None:
    assert payload_of(text, own_hosts=frozenset({"kept.example"})) is Payload.TEXT


@pytest.mark.parametrize("text", MEDIA)
def test_links_to_media_elsewhere_are_known(text: str) -> None:
    assert payload_of(text) is Payload.OUTSIDE_MEDIA
    assert payload_of(f"look at this: {text} isn't it nice") is Payload.OUTSIDE_MEDIA


@pytest.mark.parametrize("text", FILES)
def test_a_data_url_is_a_file(text: str) -> None:
    assert payload_of(text) is Payload.FILE


@pytest.mark.parametrize(
    "text", ["", "  \n ", "\u200b", "a\x07b", "x" * (LONGEST_TEXT + 1), "\ud800", "\ue000", "\x00"]
)
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(NotAMessage):
        checked_text(text)


@pytest.mark.parametrize("text", ["x" * LONGEST_TEXT, "👩‍👩‍👧‍👦", "a\nb\tc", "שלום", "é"])
def test_what_people_write_is_taken(text: str) -> None:
    assert checked_text(f"  {text} ") == text


@given(st.text())
def test_every_text_gets_an_answer_and_comes_back_as_it_was(text: str) -> None:
    assert payload_of(text) in Payload
    try:
        checked = checked_text(text)
    except NotAMessage:
        return
    assert unpack(pack(Content(text=checked))) == Content(text=checked)


def test_the_same_text_is_packed_differently_each_time() -> None:
    assert pack(Content(text="yes")) != pack(Content(text="yes"))
