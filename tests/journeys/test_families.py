"""A European parent and an American teen, on phones: the code, agreeing, limits that arrive, the end that loosens nothing."""


import pytest
from playwright.sync_api import Browser, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import sign_up
from tests.journeys.phones import signed_in
from tests.journeys.test_people import until

pytestmark = pytest.mark.browser


def test_a_parent_and_a_teen_in_two_regions(browser: Browser, platform: Platform) -> None:
    parent, teen = sign_up(platform.url, country="FR"), sign_up(platform.url, country="US", birth_date="2012-05-17")
    theirs, hers = signed_in(browser, platform, parent), signed_in(browser, platform, teen)

    theirs.goto("/family")
    theirs.get_by_role("button", name="Add a young person").click()
    expect(theirs.get_by_role("img", name="A QR code")).to_be_visible()
    code = theirs.locator(".family-letters").inner_text()

    hers.goto("/family")
    hers.get_by_label("Their name").fill(parent.handle)
    hers.get_by_label("Their code").fill(code.lower())
    hers.get_by_role("button", name="See what it means").click()
    expect(hers.get_by_role("heading", name=f"Make @{parent.handle} your guardian?")).to_be_visible()
    hers.get_by_role("button", name="Yes, I agree").click()

    theirs.goto("/family")
    yes = theirs.get_by_role("button", name="Yes, become their guardian")
    until(yes.is_visible, theirs)
    yes.click()
    card = theirs.locator(".family-card")
    card.get_by_label("Time a day").select_option("30")
    card.get_by_label("Search off").check()
    card.get_by_role("button", name="Save").click()

    limited = hers.get_by_text("of 30 minutes used today")
    until(limited.is_visible, hers)
    search = hers.get_by_role("switch", name="Search off")
    expect(search).to_be_checked()
    expect(search).to_be_disabled()
    expect(hers.get_by_text(f"Limits changed: @{parent.handle}")).to_be_visible()

    hers.get_by_role("button", name="End pairing").click()
    expect(limited).to_be_visible()
    ended = theirs.get_by_text(f"The pairing with @{teen.handle} ended")
    until(ended.is_visible, theirs)
    for page in (theirs, hers):
        page.context.close()
