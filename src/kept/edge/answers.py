"""How the pages of an account answer: never kept by a cache, and after a form by leading on (POST, redirect, GET)."""

from collections.abc import Sequence

from litestar import MediaType, Response
from litestar.datastructures import Cookie

from kept.look import paths

PRIVATE = {"cache-control": "no-store"}


def page(html: str, *, status: int = 200, cookies: Sequence[Cookie] = ()) -> Response[str]:
    """A page for one person's eyes."""
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=PRIVATE, cookies=list(cookies))


def lead_on(path: str, *, cookies: Sequence[Cookie] = ()) -> Response[bytes]:
    """Go on at a path of this site with GET (RFC 9110, 15.4.4)."""
    headers = PRIVATE | {"location": path}
    return Response(b"", status_code=303, headers=headers, cookies=list(cookies))


def own_path(text: str) -> str:
    """A path of this site to go to, or the start: never another site's address, whatever the form said."""
    plain = text.startswith("/") and text[1:2] not in ("/", "\\") and text.isprintable() and "\\" not in text
    return text if plain else paths.HOME


def json_text(text: str, *, cookies: Sequence[Cookie] = ()) -> Response[bytes]:
    """JSON that is made already, for a module of the page."""
    return Response(text.encode(), media_type=MediaType.JSON, headers=PRIVATE, cookies=list(cookies), status_code=200)
