"""Every page as text: what must be in it, and what must not."""

import re
from dataclasses import replace

import pytest

from kept.look import pages, paths, samples, samples_trust
from kept.look.samples import shell
from kept.look.views import (
    CardView,
    FeedView,
    Figure,
    Nav,
    PromiseGroup,
    PromiseState,
    Shell,
    SignUpStep,
    TrustView,
)
from kept.look.words import LANGUAGES
from tests.look.reading import read
from tools.preview import routes

WHOLE_PAGES = [path for path in routes() if path != paths.CARDS]
YOUNG = ["/as/young", "/as/young-empty", "/as/young-asked"]
HERE = ("otpauth://totp/", "data:text/plain;charset=utf-8,")
"""Addresses that call nobody: another app on the same device is opened, a text that is here is kept."""
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", routes())
def test_every_page_is_well_formed_and_holds_nothing_inline(path: str, language: str) -> None:
    page = read(routes()[path](shell(language=language)))
    assert not page.all("style")
    for element in page.elements:
        assert "style" not in element.attributes, element
        assert not [name for name in element.attributes if name.startswith("on")], element
        assert not element.attributes.get("href", "").startswith("javascript:"), element
    for script in page.all("script"):
        assert script.attributes["src"].startswith("/static/")
        assert script.attributes["type"] == "module"


@pytest.mark.parametrize("path", WHOLE_PAGES)
def test_every_page_carries_its_rating_and_its_language(path: str) -> None:
    page = read(routes()[path](shell(language="es")))
    assert [meta.attributes["content"] for meta in page.all("meta") if meta.attributes.get("name") == "rating"] == ["13+"]
    assert page.all("html")[0].attributes["lang"] == "es"
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1


@pytest.mark.parametrize("path", routes())
def test_every_page_calls_only_this_site(path: str) -> None:
    for element in read(routes()[path](shell())).elements:
        for name in ("src", "href", "action", "poster", "data-src", "data-url"):
            address = element.attributes.get(name, "/")
            assert address.startswith(("/", "#", *(HERE if name == "href" else ()))), (element, name)
            assert not address.startswith("//"), (element, name)


@pytest.mark.parametrize("path", YOUNG)
def test_the_young_peoples_place_has_no_form_and_no_way_to_make_anything(path: str) -> None:
    page = read(routes()[path](shell()))
    for name in ("form", "input", "textarea", "select"):
        assert not page.all(name)
    links = {link.attributes["href"] for link in page.all("a")}
    assert not links & {paths.UPLOAD, paths.INBOX, paths.DISCOVER, paths.ME}
    assert not [link for link in links if link.startswith("/@")]


def test_a_young_viewer_gets_no_buttons_even_when_a_card_brings_them() -> None:
    view = samples.feed(shell("noa", young=True), social=True)
    for text in (pages.render_feed(view), pages.render_cards(view)):
        page = read(text)
        assert not page.all("form")
        assert not page.classed("rail")


def test_a_young_viewer_sees_a_clip_alone_in_their_own_place() -> None:
    page = read(pages.render_clip(samples.clip(shell("noa", young=True))))
    assert page.all("html")[0].attributes["class"] == "place-young"
    assert not page.all("form")


def test_what_a_view_does_not_allow_is_not_in_the_page() -> None:
    bare = pages.render_card(replace(samples.card(1), share=False), shell())
    social = pages.render_card(samples.card(1, social=True), shell())
    for mark in ("/like", "data-comments", "data-share"):
        assert mark not in bare
        assert mark in social


def test_only_the_doors_that_exist_are_shown() -> None:
    page = read(pages.render_feed(samples.feed(shell(nav=(Nav.HOME, Nav.ME)))))
    doors = [link.attributes["href"] for link in page.classed("door")]
    assert doors == [paths.HOME, paths.ME]


def test_a_card_has_its_poster_before_its_video_and_only_the_first_has_a_video() -> None:
    page = read(pages.render_feed(samples.feed(shell())))
    order = [element.name for element in page.elements if element.name in ("article", "img", "video")]
    assert order[:4] == ["article", "img", "video", "article"]
    assert len(page.all("video")) == 1
    video = page.all("video")[0].attributes
    assert video["poster"] == samples.card(0).poster
    assert video.keys() >= {"muted", "playsinline", "loop", "controls"}
    assert "autoplay" not in video


def test_a_later_page_of_the_feed_has_no_video_and_goes_on_counting() -> None:
    page = read(pages.render_cards(samples.feed(shell(), first=7)))
    assert not page.all("video")
    numbers = [article.attributes["aria-posinset"] for article in page.classed("clip")]
    assert numbers == ["7", "8", "9", "10", "11", "12"]


def test_the_link_to_more_cards_tells_where_they_begin() -> None:
    view = replace(samples.feed(shell()), next_cursor="a b&c")
    link = next(one for one in read(pages.render_feed(view)).all("a") if "data-cards" in one.attributes)
    assert link.attributes["data-cards"] == "/cards?after=a%20b%26c&first=7"


def test_nothing_is_fetched_early_for_whoever_saves_data() -> None:
    page = read(pages.render_feed(samples.feed(shell(save_data=True))))
    assert page.all("video")[0].attributes["preload"] == "none"
    assert "data-save" in page.all("kept-feed")[0].attributes


def test_the_placeholder_is_painted_before_the_poster() -> None:
    tiny = "data:image/webp;base64,UklGRg=="
    page = read(pages.render_card(replace(samples.card(1), placeholder=tiny), shell()))
    assert [image.attributes["src"] for image in page.all("img")] == [tiny, samples.card(1).poster]


def test_what_people_write_cannot_become_markup() -> None:
    author = replace(samples.card(0).author, handle=HOSTILE)
    card = replace(samples.card(0), caption=HOSTILE, author=author, media=HOSTILE, poster=HOSTILE)
    page = read(pages.render_feed(FeedView(shell=shell(), cards=(card,))))
    assert all(script.attributes["src"].startswith("/static/") for script in page.all("script"))
    assert "onerror" not in {name for element in page.elements for name in element.attributes}
    assert HOSTILE in "".join(page.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_age_screen_gives_no_hint(language: str) -> None:
    page = read(pages.render_sign_up(samples.sign_up(shell(None, language=language), SignUpStep.BIRTH)))
    visible = " ".join(page.text)
    assert not re.search(r"\d", re.sub(r"© ?\d{4}", "", visible)), "no number, so no age"
    assert not re.search(r"\b(old|older|young|younger|under|over|child|adult|mayor|menor|niñ\w+)\b", visible, re.IGNORECASE)
    for field in (*page.all("input"), *page.all("select")):
        assert not field.attributes.keys() & {"min", "max"}


def test_a_field_that_is_wrong_says_so_where_it_is() -> None:
    page = read(pages.render_sign_up(samples.sign_up(shell(None), SignUpStep.ACCOUNT, wrong=True)))
    handle = next(field for field in page.all("input") if field.attributes.get("name") == "handle").attributes
    assert handle["aria-invalid"] == "true"
    described = handle["aria-describedby"].split()
    assert "handle-error" in described
    assert {element.attributes.get("id") for element in page.elements} >= set(described)


@pytest.mark.parametrize("path", routes())
def test_every_id_is_there_once_and_every_reference_finds_its_own(path: str) -> None:
    page = read(routes()[path](shell()))
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            for wanted in element.attributes.get(name, "").split():
                assert wanted in ids, (element, wanted)


@pytest.mark.parametrize("status", [0, 400, 401, 402, 403, 404, 405, 410, 413, 415, 418, 422, 426, 429, 451, 500, 502, 503])
def test_every_status_has_a_page_that_says_what_why_and_what_to_do(status: int) -> None:
    page = read(pages.render_error(samples.error(shell(), status)))
    assert len(page.all("h1")) == 1
    assert page.classed("lead")
    assert page.classed("button")


def test_broken_is_counted_as_plainly_as_kept() -> None:
    text = pages.render_trust(samples_trust.trust(shell()))
    assert "Of 7 promises, 3 are kept, 1 is broken, 1 is unproven and 2 are planned." in text
    page = read(text)
    assert len(page.classed("promise")) == 7
    assert len(page.classed("promise-broken")) == 1
    shapes = {name: [element for element in page.elements if f"state-{name}" in element.attributes.get("class", "").split()]
              for name in PromiseState}
    assert all(shapes.values())


def test_a_trust_centre_before_the_first_measurement_is_a_page_too() -> None:
    empty = TrustView(shell=shell(None), groups=(), measured_at=None, operator="Somebody")
    assert "Of 0 promises" in pages.render_trust(empty)


def test_a_promise_without_a_figure_shows_its_finding() -> None:
    row = samples_trust.trust(shell()).groups[0].rows[0]
    shown = {}
    for figure in (None, Figure(value="0", unit="rows elsewhere")):
        group = PromiseGroup(key="one", title="One", rows=(replace(row, figure=figure),))
        view = replace(samples_trust.trust(shell()), groups=(group,))
        page = read(pages.render_trust(view))
        shown[figure is None] = len(page.classed("figure-none"))
    assert shown == {True: 1, False: 0}


def test_a_card_may_be_wide() -> None:
    wide = replace(samples.card(0), width=1280, height=720)
    assert "clip-wide" in pages.render_card(wide, shell())
    assert "clip-wide" not in pages.render_card(samples.card(0), shell())


def test_views_hold_still() -> None:
    around: Shell = shell()
    card: CardView = samples.card(0)
    with pytest.raises(AttributeError):
        around.language = "es"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        card.caption = ""  # type: ignore[misc]
