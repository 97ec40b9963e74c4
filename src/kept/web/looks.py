"""Who looked at one's data: every reading by staff, what for, and whether they saw it masked."""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.access import choices, looks_at
from kept.edge import FOR_EVERY_VERSION, Asker, shell_of
from kept.edge.answers import lead_on, page
from kept.look import pages, paths
from kept.look.views import LookLine, LooksView, Nav
from kept.runtime import Runtime


@get(paths.LOOKS, include_in_schema=False, opt=FOR_EVERY_VERSION)
async def looks(
    request: Request[Any, Any, State], runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
) -> Response[Any]:
    """The readings, the newest first. Open to whoever has an account, in whatever country and standing."""
    if anybody.session is None:
        return lead_on(f"{paths.SIGN_IN}?next={paths.LOOKS}")
    known = choices()
    found = await looks_at(anybody.session.cell, anybody.session.member_id)
    view = LooksView(
        shell=shell_of(request, runtime, anybody, active=Nav.ME),
        looks=tuple(
            LookLine(
                team=one.team,
                site=one.site,
                purpose=one.purpose.name.lower(),
                fields=tuple(known[place].about if place in known else place for place in one.fields),
                rows=one.rows,
                masked=one.masked,
                emergency=one.emergency,
                at=one.read_at,
                given_to=one.given_to or "",
            )
            for one in found
        ),
    )
    return page(pages.render_looks(view))
