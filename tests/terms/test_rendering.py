"""Documents as people see them: filled in, safe, with anchors; and no word that sells."""

import re

import pytest

from kept.kit import Settings
from kept.kit.settings import Availability, Site
from kept.terms import KINDS, BadDocument, Facts, all_versions, as_markdown, current, guidelines, render
from kept.terms.documents import Document, DocumentKind

FACTS = Facts(site="kept", operator="Example Ltd", contact="privacy@example.org", not_offered=("China",))
SELLING = re.compile(r"\b(amazing|awesome|exciting|world-class|best|seamless|empower|delight|oops|leading)\b|!", re.I)


def made_up(text: str) -> Document:
    """A document with that text."""
    head = {"title": "T", "summary": "S", "changes": "C", "language": "en", "version": "2026-01-01"}
    first = current("terms").since
    return Document(kind=DocumentKind.TERMS, since=first, asks_again=False, text=text, **head)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_is_rendered_whole(kind: str) -> None:
    rendered = render(current(kind), FACTS)
    assert "{" not in rendered.html
    assert "<h1" not in rendered.html
    ids = re.findall(r'<h[2-6] id="([^"]+)"', rendered.html)
    assert len(ids) == len(set(ids)) == len(re.findall(r"<h[2-6]", rendered.html))
    assert {section.id for section in rendered.sections} <= set(ids)
    for target in re.findall(r'href="#([^"]+)"', rendered.html):
        assert target in ids


@pytest.mark.parametrize("kind", KINDS)
def test_no_document_sells_or_shouts(kind: str) -> None:
    for document in all_versions(kind):
        assert SELLING.findall(document.text) == []
        assert SELLING.findall(document.title + document.summary) == []


def test_what_must_be_said_is_said() -> None:
    terms, notice, young = (render(current(kind), FACTS).html for kind in ("terms", "privacy", "privacy-young"))
    for html in (terms, notice):
        assert "not end-to-end encrypted" in html
        assert "Example Ltd" in html
        assert "privacy@example.org" in html
    assert "You watch clips that we chose for children" in terms
    assert "The service is not offered in: China." in terms
    assert "we have keys, too" in young
    assert "two teams" in notice


def test_where_no_country_is_listed_nothing_is_said_of_any() -> None:
    html = render(current("terms"), Facts(site="kept", operator="O", contact="c@example.org")).html
    assert "is not offered in" not in html


def test_the_operators_words_can_bring_no_markup() -> None:
    facts = Facts(site="<b>kept</b>", operator="*A* [b](javascript:alert(1)) {data}", contact="a@b.example")
    html = render(current("terms"), facts).html
    assert "<b>" not in html
    assert "javascript" not in re.sub(r"\[b\]\(javascript:alert\(1\)\)", "", html)
    assert "<em>A</em>" not in html


def test_raw_html_and_dangerous_links_in_a_document_do_nothing() -> None:
    html = render(made_up("<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](data:text/html,z)\n"), FACTS).html
    assert "<script" not in html
    assert "href" not in html


def test_a_placeholder_that_nothing_fills_stops_the_program() -> None:
    with pytest.raises(BadDocument, match="postbox"):
        render(made_up("Write to {postbox}."), FACTS)


def test_guidelines_are_anchored_by_their_names() -> None:
    html = render(current("guidelines"), FACTS).html
    for rule in guidelines(current("guidelines")):
        assert f'<h3 id="{rule.id}">{rule.title}</h3>' in html


def test_facts_come_from_the_settings() -> None:
    settings = Settings(
        site=Site(name="clips", operator="Example Ltd", contact="hello@example.org"),
        availability=Availability(refused_countries=["CN", "KP"], refused_governments=["CN"]),
    )
    facts = Facts.of(settings, {"CN": "China"})
    assert (facts.site, facts.operator, facts.contact) == ("clips", "Example Ltd", "hello@example.org")
    assert facts.not_offered == ("China", "KP")
    assert "nothing is given to authorities of: China." in render(current("privacy"), facts).html


def test_a_copy_to_keep_is_plain_text_with_everything_filled_in() -> None:
    text = as_markdown(current("terms"), FACTS)
    assert text.startswith("# Terms\n")
    assert "{operator}" not in text
