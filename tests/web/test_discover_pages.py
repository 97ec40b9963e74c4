"""Discovering in the browser: what is found, what isn't, and the links in what people wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from markupsafe import escape

from kept.look.linking import linked
from tests.web.browser import CHILD, Browser, join, name
from tests.web.test_people_pages import member


async def test_people_are_found_by_handle_and_left_out_on_their_wish(door: AsyncTestClient) -> None:
    (ada, _), (eva, other) = await member(door), await member(door)
    await ada.open(f"/discover?words=@{other}")
    assert f'href="/@{other}"' in ada.page
    await eva.open("/settings")
    await eva.send("/settings/privacy", unlisted="on")
    await ada.open(f"/discover?words={other}")
    assert f'href="/@{other}"' not in ada.page
    assert "Nothing found" in ada.page


async def test_a_visitor_searches_for_clips_alone(door: AsyncTestClient) -> None:
    _, other = await member(door)
    visitor = Browser(door)
    await visitor.open(f"/discover?words={other}")
    assert f'href="/@{other}"' not in visitor.page


async def test_a_child_has_no_such_door_and_no_such_page(door: AsyncTestClient) -> None:
    child = await join(Browser(door), name(), CHILD)
    await child.open("/")
    assert "/discover" not in child.page
    await child.open("/discover")
    assert child.status == 403


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("a #tag and @ann.b, #tag2!", ["/tags/tag", "/@ann.b", "/tags/tag2"]),
        ("#Ñandú", ["/tags/%C3%B1and%C3%BA"]),
        ("x#no a@b.example https://a/#b ##no &#39;", []),
        ("@end.", ["/@end"]),
        ('<b>#bold</b> "@qi" @q', ["/tags/bold", "/@qi"]),
    ],
)
def test_tags_and_handles_lead_on(text: str, links: list[str]) -> None:
    said = str(linked(text))
    assert [part.split('"')[0] for part in said.split('href="')[1:]] == links


@given(st.text())
def test_nothing_that_people_write_becomes_markup(text: str) -> None:
    assert linked(text).striptags().split() == escape(text).striptags().split()
    assert "<" not in str(linked(text)).replace('<a href="/', "").replace("</a>", "")
