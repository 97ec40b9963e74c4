"""Who is asking: a member with a session (bearer token, or the cookie of a page), or a visitor.

A cookie is honoured only when the browser says that the request is our own page's (`Sec-Fetch-Site`, else `Origin`):
that, with SameSite=Lax, is the protection against cross-site request forgery. A bearer token is never sent by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from kept.accounts import NotSignedIn, Session, resume
from kept.cells import Cell
from kept.edge.cookies import cookie_name
from kept.edge.state import AnyConnection, runtime_of
from kept.kit import KeptError, Kind, Settings
from kept.policy import Actor, AgeBand, Refused
from kept.runtime import Runtime
from kept.videos import Viewer

ASKER = "kept.asker"
"""Where a request's scope says which member asks."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInFirst(KeptError):
    code = "sign_in_first"
    kind = Kind.UNAUTHENTICATED
    message = "Sign in first."


class CrossSite(KeptError):
    code = "cross_site"
    kind = Kind.FORBIDDEN
    message = "This request came from another site, so we didn't carry it out. Open the page here and try again."


class NotOffered(KeptError):
    """Promise `service.availability`."""

    code = "not_offered_here"
    kind = Kind.UNAVAILABLE_FOR_LEGAL_REASONS
    message = "The service is not offered in your country."


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is asking, and the cell that answers them: their home, or for a visitor the cell of their region."""

    cell: Cell
    actor: Actor
    session: Session | None = None

    @property
    def member(self) -> Session:
        """The session of a member. Raises SignInFirst for a visitor."""
        if self.session is None:
            raise SignInFirst
        return self.session

    @property
    def viewer(self) -> Viewer:
        """Who asks, as one who looks at clips."""
        return Viewer(cell=self.cell, actor=self.actor, member_id=self.member_id)

    @property
    def member_id(self) -> UUID | None:
        """Whose session it is."""
        return None if self.session is None else self.session.member_id

    @property
    def band(self) -> AgeBand | None:
        """The member's age band."""
        return None if self.session is None else self.session.band


async def ask(connection: AnyConnection) -> Asker:
    """Resolve who is asking; a dependency of every handler but those that serve everywhere.

    Whose browser holds the cookie of a session that ended is a visitor: nobody is locked out of a page by it.

    Raises:
        NotOffered: from, or for a member of, a country in which the service is not offered.
        CrossSite: a page elsewhere tries to act with this browser's cookie.
        NotSignedIn: a bearer token that is not, or no longer, good.
    """
    require_offered(connection)
    asker = await ask_anywhere(connection)
    if asker.session is not None and not asker.actor.offered:
        raise _not_offered(connection, asker.session.country)
    return asker


async def ask_anywhere(connection: AnyConnection) -> Asker:
    """As `ask`, also from and for countries in which the service is not offered: the terms and notices stay readable there,
    and whoever is signed in can sign out (see policy/cedar/regions.cedar). Raises CrossSite, NotSignedIn.
    """
    runtime = runtime_of(connection)
    country = _country(connection, runtime.settings)
    token = _token(connection, runtime.settings)
    if token is None:
        return await _open(runtime, _visitor(connection, country))
    try:
        session = await resume(runtime.accounts, token, now=runtime.clock.now())
    except NotSignedIn:
        if "authorization" in connection.headers:
            raise
        return await _open(runtime, _visitor(connection, country))
    runtime.tallies.routed(session.cell.name, session.cell.name, "served")
    connection.scope[ASKER] = asker = Asker(session.cell, session.actor, session)  # type: ignore[literal-required]
    return await _open(runtime, asker)


async def _open(runtime: Runtime, asker: Asker) -> Asker:
    """Raises CellRestoring: the cell that would answer has not been checked since it was restored."""
    await runtime.cells.standings.require_open(asker.cell.name)
    return asker


def require_offered(connection: AnyConnection) -> str | None:
    """The country that a request is known to come from. Raises NotOffered; asked by itself where no session matters."""
    settings = runtime_of(connection).settings
    country = _country(connection, settings)
    if country in settings.availability.refused_countries:
        raise _not_offered(connection, country)
    return country


def _not_offered(connection: AnyConnection, country: str) -> NotOffered:
    """A refusal, counted for the evidence of `service.availability`."""
    runtime_of(connection).tallies.count(f"availability.refused:{country}")
    return NotOffered(country=country)


@contextmanager
def refusals_counted(runtime: Runtime, country: str) -> Iterator[None]:
    """Count a refusal for the evidence of `service.availability`; around what asks where somebody lives."""
    try:
        yield
    except Refused as error:
        if error.kind is Kind.UNAVAILABLE_FOR_LEGAL_REASONS:
            runtime.tallies.count(f"availability.refused:{country.strip().upper()}")
        raise


def _token(connection: AnyConnection, settings: Settings) -> str | None:
    header = connection.headers.get("authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    token = connection.cookies.get(cookie_name(settings))
    if not token:
        return None
    if connection.scope.get("method", "GET") not in SAFE and not is_own_page(connection):
        raise CrossSite
    return token


def require_own_page(connection: AnyConnection) -> None:
    """For forms that count before anybody is signed in, such as signing in itself. Raises CrossSite."""
    if not is_own_page(connection):
        raise CrossSite


def is_own_page(connection: AnyConnection) -> bool:
    """Whether a browser says that the request comes from this site itself (Fetch Metadata; else RFC 6454's Origin)."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == connection.headers.get("host")


def _country(connection: AnyConnection, settings: Settings) -> str | None:
    """The country that the trusted proxy says a request comes from."""
    header = settings.availability.country_header
    if not header or not settings.server.trusted_proxy:
        return None
    peer = connection.client.host if connection.client else ""
    told = connection.headers.get(header, "") if peer == settings.server.trusted_proxy else ""
    return told.strip().upper() or None


def _visitor(connection: AnyConnection, country: str | None) -> Asker:
    runtime = runtime_of(connection)
    cells = list(runtime.cells)
    region = runtime.cells.region_of(country) if country else cells[0].region
    cell = next((cell for cell in cells if cell.region == region), cells[0])
    offered = country not in runtime.settings.availability.refused_countries
    return Asker(cell, Actor.visitor(offered=offered, told=country is not None))
