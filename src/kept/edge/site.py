"""Where this site is, as people's browsers and other sites know it."""

from typing import Any

from litestar import Request

from kept.kit import Settings


def origin_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """The site's origin without a slash at its end: as configured, else as it was asked for."""
    return settings.server.public_url.rstrip("/") or str(request.base_url).rstrip("/")
