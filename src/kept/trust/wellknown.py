"""`/.well-known/security.txt` (RFC 9116)."""

from datetime import timedelta

from litestar import MediaType, get
from litestar.di import NamedDependency

from kept.runtime import Runtime

VALID = timedelta(days=180)


@get("/.well-known/security.txt", media_type=MediaType.TEXT, include_in_schema=False)
async def security_txt(runtime: NamedDependency[Runtime]) -> str:
    """Where to report a weakness. `Expires` is always ahead, for the file is made when it is asked for."""
    expires = (runtime.clock.now() + VALID).strftime("%Y-%m-%dT00:00:00Z")
    contact = runtime.settings.site.contact
    address = contact if ":" in contact else f"mailto:{contact}"
    return f"Contact: {address}\nExpires: {expires}\nPreferred-Languages: en\n"
