"""What authorities read tells how to ask and what is refused, and its figures tell nothing of a single request."""

import re

import pytest

from kept.look import pages, samples_trust
from tests.look.test_page_rendering import shell


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_listed_country_is_named_and_every_figure_is_a_band(language: str) -> None:
    text = pages.render_authorities(samples_trust.authorities(shell(language=language)))
    assert {"CN", "KP"} <= set(re.findall(r'data-country="([A-Z]{2})"', text))
    told = re.findall(r"<td data-head[^>]*>([^<]*)</td>", text.partition("paper-figures")[2])
    assert len(told) == 8
    assert set(told) <= {"0", "1–9", "10–49"}
    assert 'href="/trust#government.refusal"' in text


def test_without_a_list_and_without_requests_the_page_says_so() -> None:
    text = pages.render_authorities(samples_trust.authorities(shell(), empty=True))
    assert "has no list of countries" in text
    assert "No authority has asked for anything yet." in text
    assert "Not measured yet." in text
    assert "data-country" not in text


def test_the_trust_centre_leads_there() -> None:
    assert 'href="/authorities"' in pages.render_trust(samples_trust.trust(shell()))
