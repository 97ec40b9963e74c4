"""Every page in a real Chromium, on a phone and on a desk: nothing is blocked, nothing complains, everybody can use it."""

from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from kept.look import paths
from tests.look.conftest import Visit, Visits
from tests.look.desk import Desk, DeskServer
from tools.preview import routes
from tools.shots import SIZES

pytestmark = pytest.mark.browser

PAGES = [path for path in routes() if path != paths.CARDS]
BLOCKED_BY_THE_TEST = "Service Worker registration blocked by Playwright"
LARGE_ELSEWHERE = ("clip-more", "field-peek", 'role="switch"')

TOO_SMALL = """() => [...document.querySelectorAll('button, .button, .door, input, select')]
    .filter((element) => element.checkVisibility({ opacityProperty: true }) && element.type !== 'hidden')
    .map((element) => element.closest('label') ?? element)
    .map((element) => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
    .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
    .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""

REACHED = """() => {
    const [before, now] = [window.reachedBefore, document.activeElement];
    if (now === document.body) return null;
    window.reachedBefore = now;
    const onward = !before || Boolean(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING);
    return { name: now.outerHTML.slice(0, 90), onward }; }"""
"""The element the keyboard is at, and whether it comes after the one before: a feed that draws more shifts no place."""


@pytest.fixture(scope="module")
async def looking(browser: Browser, server: DeskServer) -> AsyncIterator[Visit]:
    """One page that goes from page to page."""
    context = await browser.new_context(service_workers="block")
    yield Visit(await context.new_page(), server.address)
    await context.close()


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_clean_on_a_phone_by_night_and_on_a_desk_by_day(looking: Visit, path: str) -> None:
    """axe finds nothing, nothing is wider than the screen, nothing is blocked, and fingers find the buttons.

    44 px (LOOK.md), but for links in running text, where WCAG 2.5.8 is content with a line's spacing.
    """
    page = looking.page
    looking.complaints.clear()
    language = ("en", "es")[PAGES.index(path) % 2]
    for size, scheme in (("phone", "dark"), ("desk", "light")):
        await page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
        await page.emulate_media(color_scheme=scheme)
        if size == "phone":
            await looking.go(f"{path}?lang={language}")
            small = await page.evaluate(TOO_SMALL)
            assert [one for one in small if not any(name in one for name in LARGE_ELSEWHERE)] == []
        found = await Axe().run(page)
        assert [(one["id"], one["nodes"][0]["target"]) for one in found.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert [told for told in looking.complaints if told != BLOCKED_BY_THE_TEST] == []


BY_KEYBOARD = ["/", "/sign-in", "/settings", "/trust", "/trust/data", "/trust/data/map", "/upload", "/as/young"]


@pytest.mark.parametrize("path", BY_KEYBOARD)
async def test_the_keyboard_reaches_everything_in_the_order_of_the_page(visits: Visits, path: str) -> None:
    async with visits(viewport={"width": 1280, "height": 800}, reduced_motion="reduce") as visit:
        await visit.go(path)
        await visit.page.keyboard.press("Tab")
        assert await visit.page.evaluate("document.activeElement.className") == "skip"
        reached = [await visit.page.evaluate(REACHED)]
        while reached[-1] is not None and len(reached) < 60:
            await visit.page.keyboard.press("Tab")
            reached.append(await visit.page.evaluate(REACHED))
        order = [step for step in reached if step is not None]
        assert len(order) > 4
        assert [step["name"] for step in order if not step["onward"]] == []


async def test_nothing_moves_under_reduced_motion(visits: Visits) -> None:
    async with visits(reduced_motion="reduce") as visit:
        for path in ("/", "/dev/components", "/as/on-its-way"):
            await visit.go(path)
            assert await visit.page.evaluate("document.getAnimations().length") == 0


async def test_a_page_works_from_right_to_left(visits: Visits) -> None:
    async with visits() as visit:
        for path in ("/", "/me", "/settings", "/trust", "/trust/data/map", "/trust/data/retention", "/upload"):
            await visit.go(path)
            await visit.page.evaluate("document.documentElement.dir = 'rtl'")
            sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await visit.page.evaluate(sideways) == 0, path


async def test_a_sheet_is_flung_away(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go(paths.GALLERY)
        await visit.page.click("[data-opens='g-sheet']")
        await visit.eventually("document.querySelector('#g-sheet dialog').getAnimations({subtree: true}).length === 0")
        grip = await visit.page.locator("#g-sheet .sheet-grip").bounding_box()
        middle = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
        await visit.page.mouse.move(*middle)
        await visit.page.mouse.down()
        await visit.page.mouse.move(middle[0], middle[1] + 160, steps=6)
        await visit.page.mouse.up()
        assert await visit.eventually("!document.querySelector('#g-sheet dialog').open")


async def test_without_a_connection_there_is_a_page_and_no_media_is_kept(visits: Visits) -> None:
    async with visits(service_workers="allow") as visit:
        await visit.go("/")
        await visit.eventually("navigator.serviceWorker.controller !== null")
        kept = await visit.page.evaluate("""async () => (await Promise.all((await caches.keys()).map(
            async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat()""")
        assert paths.OFFLINE in kept
        assert all(path == paths.OFFLINE or path.startswith("/static/") for path in kept)
        await visit.page.context.set_offline(True)
        await visit.go("/me")
        assert await visit.page.inner_text("h1") == "You are offline"
        await visit.page.context.set_offline(False)


async def test_the_first_open_is_told_once_and_tells_nothing_of_anybody(visits: Visits, desk: Desk) -> None:
    async with visits() as visit:
        await visit.go("/")
        async with visit.page.expect_response(f"**{paths.FIRST_OPEN}"):
            pass
        (calls,) = desk.reports
        assert {"/static/", "/media/"} <= set(calls)
        assert all(call.count("/") == 2 or call.startswith("/manifest") for call in calls), calls
        await visit.go("/me")
        assert await visit.page.evaluate("localStorage['kept.opened']") == "yes"
        assert len(desk.reports) == 1


async def test_countries_have_their_names_in_the_readers_language(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/as/sign-up-place?lang=es")
        names = await visit.page.locator("select[name=country] option").all_inner_texts()
        assert names == ["Elige un país", "Alemania", "Brasil", "España", "Estados Unidos"]


async def test_the_trust_centre_prints_what_is_folded(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/trust")
        await visit.page.emulate_media(media="print")
        hidden = "[...document.querySelectorAll('.promise-open')].filter((part) => !part.checkVisibility()).length"
        assert await visit.page.evaluate(hidden) == 0


async def test_without_modules_the_first_clip_has_controls_and_the_others_lead_to_their_page(visits: Visits) -> None:
    async with visits(java_script_enabled=False) as visit:
        await visit.go("/")
        assert await visit.page.locator("video").get_attribute("controls") is not None
        second = visit.page.locator(".clip").nth(1)
        await second.scroll_into_view_if_needed()
        assert await second.locator(".clip-open").is_visible()
        assert not await visit.page.locator(".sound-hint").is_visible()
