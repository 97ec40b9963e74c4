"""Drafts in the browser, without scripts: saved from the form, listed, gone on with, published and deleted."""

import re
from typing import Any

from litestar.testing import AsyncTestClient

from tests.web.browser import ORIGIN, Browser, join, name


async def save(browser: Browser, **fields: str) -> str:
    """Send the composer's form with a file; the address that it leads to."""
    cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
    headers = {"origin": ORIGIN, "accept": "text/html", "cookie": cookie}
    file = {"clip": ("film.mp4", b"not a clip yet", "video/mp4")}
    browser.client.cookies.clear()
    sent: dict[str, Any] = {"data": {"go": "draft"} | fields, "files": file, "headers": headers, "follow_redirects": False}
    answer = await browser.client.request("POST", "/upload", **sent)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def drafts(browser: Browser) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="(/upload/drafts/[0-9a-f-]{36})"', browser.page)))


async def test_a_draft_is_saved_gone_on_with_published_and_deleted(door: AsyncTestClient[Any]) -> None:
    ada, eva = await join(Browser(door), name()), await join(Browser(door), name())
    await ada.open("/upload")
    assert 'value="draft"' in ada.page
    assert drafts(ada) == []
    assert await save(ada, caption="Bowls & <glaze>", audience="followers", comments="nobody") == "/upload"
    assert await save(ada) == "/upload"
    await ada.open("/upload")
    assert "Bowls &amp; &lt;glaze&gt;" in ada.page
    assert "Without a caption" in ada.page
    empty, full = drafts(ada) if "glaze" not in ada.page.split(drafts(ada)[0])[0] else drafts(ada)[::-1]
    await eva.open("/upload")
    assert drafts(eva) == []
    for path in (full, full.replace("/upload/drafts/", "/clips/")):
        await eva.open(path)
        assert eva.status == 404
    for action in (full, f"{full}/delete"):
        await eva.send(action, go="publish")
        assert eva.status == 404

    await ada.open(full)
    assert re.search(r'value="followers" checked', ada.page)
    assert re.search(r'value="nobody" checked', ada.page)
    await ada.send(full, go="keep", caption="x" * 301)
    assert ada.status == 422
    assert ada.error("")
    await ada.send(full, go="burn", caption="no")
    assert ada.status == 422
    await ada.send(full, go="keep", caption="Better words")
    assert (ada.status, ada.path) == (200, "/upload")
    assert "Better words" in ada.page
    assert "glaze" not in ada.page
    await ada.send(full, origin="https://elsewhere.example", go="publish", caption="Better words")
    assert ada.status == 403
    await ada.open(full)
    await ada.send(full, go="publish", caption="The last words", audience="only_me")
    assert (ada.status, ada.path) == (200, full.replace("/upload/drafts/", "/clips/"))
    assert "The last words" in ada.page
    await ada.open(full)
    assert ada.status == 404

    await ada.open("/upload")
    assert drafts(ada) == [empty]
    await ada.send(f"{empty}/delete")
    assert (ada.status, ada.path, drafts(ada)) == (200, "/upload", [])
    await ada.send(f"{empty}/delete")
    assert ada.status == 404


async def test_the_pages_of_drafts_are_there_in_spanish(door: AsyncTestClient[Any]) -> None:
    ana = await join(Browser(door), name())
    await save(ana, caption="Cuencos")
    await ana.open("/upload")
    (draft,) = drafts(ana)
    await ana.send("/settings/preferences", language="es", theme="dark")
    await ana.open("/upload")
    for text in ("Borradores", "Guardar como borrador", "Continuar"):
        assert text in ana.page
    await ana.open(draft)
    for text in ("Borrador", "Guardar el borrador", "Solo tú puedes ver este borrador."):
        assert text in ana.page
