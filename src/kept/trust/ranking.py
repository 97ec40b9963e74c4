"""How the feed is ranked: the weights that the program obeys, read from the same file (DSA Art. 27)."""

import msgspec
from litestar import MediaType, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.edge import Asker, shell_of
from kept.feed import recipe
from kept.look import pages, paths
from kept.look.views import RankingFigure, RankingView
from kept.runtime import Runtime


@get(paths.RANKING, media_type=MediaType.HTML, include_in_schema=False)
async def ranking(
    request: Request[object, object, State], runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
) -> str:
    """Every weight and every rule, with its figure."""
    by = recipe()
    view = RankingView(
        shell=shell_of(request, runtime, anybody),
        version=by.version,
        weights=_figures(by.weights),
        rules=_figures(by.rules),
    )
    return pages.render_ranking(view)


def _figures(of: msgspec.Struct) -> tuple[RankingFigure, ...]:
    return tuple(RankingFigure(name=name, value=value) for name, value in msgspec.structs.asdict(of).items())
