"""A page that stayed open while the platform got a newer version: it says so once, and reloading is all that it takes."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kept import __version__
from tests.fixtures.platform import Platform
from tests.journeys.test_browser import PHONE

pytestmark = pytest.mark.browser

SAID = {
    ("en", "0.0.9"): ("There is a newer version of this page.", "Reload"),
    ("es", "0.0.9"): ("Hay una versión más nueva de esta página.", "Volver a cargar"),
    ("en", "0.0.4"): ("This page is too old to go on. Reload it; what is published stays.", "Reload"),
    ("es", "0.0.4"): (
        "Esta página es demasiado antigua para seguir. Vuelve a cargarla; lo publicado se queda.",
        "Volver a cargar",
    ),
}


def open_drawn_by(version: str, page: Page) -> list[int]:
    """Open the start as a platform of that version drew it. Returns the statuses that its modules are answered with."""

    def draw(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(f"web/{__version__}", f"web/{version}"))

    statuses: list[int] = []
    page.on("response", lambda got: statuses.append(got.status) if got.request.resource_type == "fetch" else None)
    page.route("**/", draw, times=1)
    page.goto("/")
    return statuses


@pytest.mark.parametrize(("language", "version"), SAID, ids=str)
def test_an_old_page_says_so_once_and_reloads(
    platform: Platform, browser: Browser, language: str, version: str
) -> None:
    words, button = SAID[language, version]
    context = browser.new_context(
        viewport=PHONE, has_touch=True, locale=language, base_url=platform.url, service_workers="block"
    )
    page = context.new_page()
    statuses = open_drawn_by(version, page)
    toast = page.locator(".toast")
    expect(toast).to_have_text(re.compile(re.escape(words)))
    expect(toast).to_have_count(1)
    assert statuses == [426 if version == "0.0.4" else 204]
    box = toast.get_by_role("button", name=button).bounding_box()
    assert box is not None
    assert box["height"] >= 44

    page.evaluate("localStorage.removeItem('kept.opened')")
    toast.get_by_role("button", name=button).click()
    page.wait_for_function(f"document.body.dataset.client === 'web/{__version__}'")
    with page.expect_response("**/first-open") as told:
        pass
    assert (told.value.status, told.value.headers.get("kept-newest")) == (204, None)
    expect(page.locator(".toast")).to_have_count(0)
    context.close()
