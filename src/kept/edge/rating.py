"""Promise `youth.rating`: every page says whom the app is for, in its text and in a header, and pages are counted by that.

The label is the `rating` of HTML's metadata names (WHATWG MetaExtensions), said in a header of the same name, too, so that a
filter needn't read pages. `RTA-5042-…` means 'for adults only' and would be untrue; an `iarc_rating_id` is issued by IARC to
those who were rated by them, so nobody may make one up.
"""

from litestar.types import Message, Scope

RATING = (b"rating", b"13+")
_LABEL = b'<meta name="rating" content="13+">'
_HEAD = 4096
"""Bytes of a page's beginning within which its label stands."""
_SAID = "kept.rating"
"""Where a request's scope says whether the answer's header has the rating."""


async def count_rated(message: Message, scope: Scope) -> None:
    """A `before_send` hook, the last: looks at what is sent, whichever template or handler made it.

    A page is a body that opens a document; a piece of one is none, nor is a file.
    """
    if message["type"] == "http.response.start":
        said = any((name.lower(), value) == RATING for name, value in message["headers"])
        scope[_SAID] = said  # type: ignore[literal-required]
    elif message["type"] == "http.response.body":
        head = message["body"][:_HEAD]
        if b"<html" in head[:256].lower():
            labelled = scope.get(_SAID) is True and _LABEL in head
            scope["litestar_app"].state.runtime.tallies.count("rating.labelled" if labelled else "rating.missing")
