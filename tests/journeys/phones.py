"""Phones in which members are signed in."""

from playwright.sync_api import Browser, Page

from tests.fixtures.platform import Platform
from tests.journeys.people import Person

PHONE = {"width": 390, "height": 844}


def signed_in(browser: Browser, platform: Platform, person: Person) -> Page:
    """A phone in which somebody is signed in."""
    context = browser.new_context(viewport=PHONE, has_touch=True, base_url=platform.url)
    token = person.http.headers["authorization"].removeprefix("Bearer ")
    context.add_cookies([{"name": "kept", "value": token, "url": platform.url}])
    return context.new_page()
