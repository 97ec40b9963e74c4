"""Promise `collection.current-version`: who names an old version is told of the newest, and below the minimum not served.

A program may say `Kept-Client: name/1.2.3`; the modules of our own pages always do, for a page that stays open for days
runs old code. Of what is said only the state is counted, never a name or a number. Whoever doesn't say is served.

The refusal comes before a door is opened (`refuse_too_old`); what was answered in the end is counted as it is sent
(`tell_newest`), so that a door which the refusal didn't reach shows in the evidence.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from litestar.connection import Request
from litestar.datastructures import State
from litestar.types import Message, Scope

from kept import __version__
from kept.kit import KeptError, Kind, Settings
from kept.kit.settings import Clients
from kept.kit.versions import Version, read_version
from kept.look.assets import PAGES

CLIENT = b"kept-client"
NEWEST = b"kept-newest"
FOR_EVERY_VERSION = {"every_version": True}
"""`opt` of what stays open to versions below the minimum: documents, promises, signing in and out, one's rights, files."""

_LONGEST = 80
_NAMED = re.compile(r"([A-Za-z][A-Za-z0-9._-]{0,39})/([0-9.]+)")


class VersionState(StrEnum):
    """What a version is, as it is counted."""

    CURRENT = "current"
    NUDGED = "nudged"
    TOO_OLD = "too_old"
    UNNAMED = "unnamed"


class ClientTooOld(KeptError):
    code = "client_too_old"
    kind = Kind.TOO_OLD
    message = "This version is too old to go on: get version {newest}. {minimum} is the oldest that is served."


@dataclass(frozen=True, slots=True)
class Range:
    """Which versions of a client are served, and which one is the newest; as text and as numbers."""

    minimum: str
    newest: str
    oldest_served: Version
    current_from: Version

    def state_of(self, version: Version) -> VersionState:
        """Where a version stands. A version newer than all we know of is a current one."""
        if version < self.oldest_served:
            return VersionState.TOO_OLD
        return VersionState.NUDGED if version < self.current_from else VersionState.CURRENT


@dataclass(frozen=True, slots=True)
class Client:
    """What a request says of the program that sent it. `own`: it is a page of ours."""

    state: VersionState
    minimum: str = ""
    newest: str = ""
    own: bool = False


_UNNAMED = Client(VersionState.UNNAMED)


def client_of(scope: Scope, settings: Settings) -> Client:
    """Who names itself in a request, and where its version stands. What can't be read, or is said twice, names nobody."""
    said = [value for name, value in scope["headers"] if name == CLIENT]
    if len(said) != 1 or len(said[0]) > _LONGEST:
        return _UNNAMED
    found = _NAMED.fullmatch(said[0].decode("latin-1"))
    if found is None:
        return _UNNAMED
    try:
        version = read_version(found[2])
    except ValueError:
        return _UNNAMED
    own = found[1] == PAGES
    served = _range(settings.clients, own)
    return Client(served.state_of(version), served.minimum, served.newest, own)


@lru_cache(maxsize=8)
def _range(clients: Clients, own: bool) -> Range:
    """The settings as numbers. Our own pages can't be newer than this program, so it is what they are held against."""
    newest = __version__ if own else clients.newest
    minimum = min(clients.minimum, newest, key=read_version)
    return Range(minimum, newest, read_version(minimum), read_version(newest))


async def refuse_too_old(request: Request[Any, Any, State]) -> None:
    """A `before_request` hook of the whole application. Raises ClientTooOld below the minimum, but at doors for everybody."""
    client = client_of(request.scope, request.app.state.runtime.settings)
    if client.state is VersionState.TOO_OLD and not _is_for_every_version(request.scope):
        raise ClientTooOld(minimum=client.minimum, newest=client.newest, own=client.own)


async def tell_newest(message: Message, scope: Scope) -> None:
    """A `before_send` hook: counts each request that names itself, and names the newest version to whoever has an older.

    Programs that don't name themselves are counted where only programs come.
    """
    if message["type"] != "http.response.start":
        return
    runtime = scope["litestar_app"].state.runtime
    client = client_of(scope, runtime.settings)
    if client.state is not VersionState.UNNAMED or scope["path"].startswith("/api/"):
        runtime.tallies.count(f"clients.{client.state}")
    if client.state in (VersionState.NUDGED, VersionState.TOO_OLD):
        message["headers"] = [*message["headers"], (NEWEST, client.newest.encode())]
    if client.state is VersionState.TOO_OLD and message["status"] < 400 and not _is_for_every_version(scope):
        runtime.tallies.count("clients.too_old_served")


def _is_for_every_version(scope: Scope) -> bool:
    """Whether the door that a request came to is open to old versions too; what no route answers is not."""
    handler = scope.get("route_handler")
    return handler is not None and handler.opt.get("every_version") is True
