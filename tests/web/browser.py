"""A browser without scripts: keeps cookies, follows redirects, says where a form comes from."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from httpx import Response
from litestar.testing import AsyncTestClient

from kept.runtime import Runtime
from kept.terms import current

TERMS = current("terms").version
ORIGIN = "http://kept.example"
PASSWORD = "plum-harbour-sixty-lanterns"
ADULT = {"birth_day": "17", "birth_month": "5", "birth_year": "1990"}
CHILD = {"birth_day": "17", "birth_month": "5", "birth_year": "2018"}
_numbers = itertools.count(1)


class _Reader(HTMLParser):
    """Finds forms with their fields, and the sentences beside fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        elif tag == "input" and self.forms and "name" in given and given.get("type") not in ("checkbox", "radio"):
            self.forms[-1][1][given["name"]] = given.get("value", "")
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given and self.select:
            self.forms[-1][1][self.select] = given.get("value", "")


_numbers = itertools.count(1)


@dataclass
class Browser:
    """One browser: its cookies, and the page it shows."""

    client: AsyncTestClient[Any]
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""
    status: int = 0
    path: str = ""
    source: str = field(default_factory=lambda: f"2001:db8:7::{next(_numbers):x}")
    """Each browser has an address of its own, as people do."""

    async def open(self, path: str, **headers: str) -> "Browser":
        """GET a page, following redirects."""
        return await self._go("GET", path, None, headers)

    async def send(self, action: str, origin: str | None = ORIGIN, **fields: str) -> "Browser":
        """Fill the page's form of that action, and send it."""
        filled = next((dict(known) for known_action, known in self.forms if known_action == action), {})
        headers = {} if origin is None else {"origin": origin}
        return await self._go("POST", action, filled | fields, headers)

    async def ask(self, path: str, **fields: str) -> Response:
        """What a module of the page asks for by fetch."""
        return await self._request("POST", path, fields, {"origin": ORIGIN, "accept": "application/json"})

    @property
    def forms(self) -> list[tuple[str, dict[str, str]]]:
        reader = _Reader()
        reader.feed(self.page)
        return reader.forms

    def error(self, name: str) -> str:
        """The sentence beside a field; of the whole form for ''."""
        place = rf'id="{name}-error">(.*?)</p>' if name else r'role="alert">(.*?)</div>'
        found = re.search(place, self.page, re.DOTALL)
        return unescape(re.sub(r"<[^>]*>", "", found[1])).strip() if found else ""

    async def _go(self, method: str, path: str, data: Mapping[str, str] | None, headers: Mapping[str, str]) -> "Browser":
        answer = await self._request(method, path, data, headers)
        for _ in range(5):
            if answer.status_code != 303:
                break
            path = answer.headers["location"]
            answer = await self._request("GET", path, None, {})
        self.page, self.status, self.path = answer.text, answer.status_code, path
        return self

    async def _request(
        self, method: str, path: str, data: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Response:
        self.client.cookies.clear()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"accept": "text/html", "cookie": cookie, "user-agent": "Gecko/140.0 Firefox/140.0 (Android 15)"}
        sent |= {"x-forwarded-for": self.source} | dict(headers)
        answer = await self.client.request(method, path, data=data, headers=sent, follow_redirects=False)
        for line in answer.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            value = rest.split(";")[0].strip('"')
            self.cookies[name] = value
            if "max-age=0" in line.lower():
                del self.cookies[name]
        self.client.cookies.clear()
        return answer


def name() -> str:
    return f"web{next(_numbers)}"


async def to_account(browser: Browser, birth: dict[str, str] = ADULT, country: str = "DE") -> Browser:
    await browser.open("/sign-up")
    await browser.send("/sign-up", **birth)
    return await browser.send("/sign-up", country=country)


async def join(browser: Browser, handle: str, birth: dict[str, str] = ADULT) -> Browser:
    await to_account(browser, birth)
    await browser.send("/sign-up", handle=handle, password=PASSWORD)
    await browser.send("/sign-up", accept=TERMS)
    assert browser.path == "/", browser.page[-2500:]
    return browser


def runtime_of(browser: Browser) -> Runtime:
    """The stores behind the application that a browser talks to."""
    runtime: Runtime = browser.client.app.state.runtime
    return runtime
