"""Counts the pages that are sent with the rating label and those without: evidence of `youth.rating`."""

from litestar.types import Message, Scope

from kept.runtime import Tallies

_LABEL = b'<meta name="rating" content="13+">'
_HEAD = 4096
"""Bytes of a page's beginning within which its label must stand."""


class RatingSeen:
    """A `before_send` hook. A page is a body that opens a document; a fragment of one is none, nor is a file."""

    def __init__(self, tallies: Tallies) -> None:
        self._tallies = tallies

    async def __call__(self, message: Message, scope: Scope) -> None:
        """Look at what is really sent, whichever template or handler made it."""
        if message["type"] != "http.response.body":
            return
        head = message["body"][:_HEAD]
        if b"<html" in head[:256].lower():
            self._tallies.count("rating.labelled" if _LABEL in head else "rating.missing")
