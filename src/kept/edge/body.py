"""Forms come in by one way: through the catalogue's intake, which refuses what is not declared."""

from functools import cache
from typing import TypeVar, get_origin, get_type_hints

from kept.catalog import Intake, accept
from kept.edge.errors import AnyRequest

T = TypeVar("T", bound=Intake)


async def form_of(request: AnyRequest, into: type[T]) -> T:
    """The fields of a form; empty ones are left out, and what may come several times (a list) is one.

    Raises UnknownField, ForbiddenValue, InvalidBody (see catalog.accept).
    """
    form = await request.form()
    several = _lists(into)
    given = {key: value for key, value in form.items() if value != "" and key not in several}
    return accept(given | {key: form.getall(key, []) for key in several}, into)


@cache
def _lists(into: type[Intake]) -> frozenset[str]:
    return frozenset(name for name, kind in get_type_hints(into).items() if get_origin(kind) is list)
