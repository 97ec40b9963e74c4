"""A browser, and the preview for it to look at."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.conftest import chromium
from tests.look.desk import Desk, DeskServer
from tools.preview import media_folder
from tools.shots import ARGUMENTS

FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of the look; each test has a profile of its own."""
    async with async_playwright() as play:
        started = await play.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *FAKE_CAMERA])
        yield started
        await started.close()


@pytest.fixture(scope="session")
def server() -> Iterator[DeskServer]:
    """The preview with a desk for uploads."""
    media_folder()
    started = DeskServer()
    thread = threading.Thread(target=started.serve_forever, daemon=True)
    thread.start()
    yield started
    started.shutdown()
    started.server_close()
    thread.join()


@pytest.fixture
def desk(server: DeskServer) -> Desk:
    """An empty desk."""
    server.desk = Desk()
    server.desk.allowed.set()
    return server.desk


class Visit:
    """A page that somebody looks at, and everything that the browser complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", lambda told: self.complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def go(self, path: str) -> None:
        """Open a path of the preview."""
        await self.page.goto(self.address + path)

    async def eventually(self, expression: str, *, within: float = 8.0) -> Any:
        """The value of an expression of JavaScript once it is true; asked often, for the policy forbids a page to evaluate."""
        ends = time.monotonic() + within
        while not (value := await self.page.evaluate(expression)):
            assert time.monotonic() < ends, f"never true: {expression}"
            await asyncio.sleep(0.03)
        return value


Visits = Callable[..., AbstractAsyncContextManager[Visit]]


@pytest.fixture
def visits(browser: Browser, server: DeskServer) -> Visits:
    """`async with visits(color_scheme="dark") as visit:` a page in a profile of its own."""

    @asynccontextmanager
    async def visit(**how: Any) -> AsyncIterator[Visit]:
        context = await browser.new_context(**{"viewport": PHONE, "service_workers": "block", **how})
        try:
            yield Visit(await context.new_page(), server.address)
        finally:
            await context.close()

    return visit
