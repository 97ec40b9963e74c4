"""Forms come in by one way: through the catalogue's intake, which refuses what is not declared."""

from typing import TypeVar

from kept.catalog import Intake, accept
from kept.edge.errors import AnyRequest

T = TypeVar("T", bound=Intake)



async def form_of(request: AnyRequest, into: type[T]) -> T:
    """The fields of a form; empty ones are left out. Raises UnknownField, ForbiddenValue, InvalidBody (see catalog.accept)."""
    form = await request.form()
    return accept({key: value for key, value in form.items() if value != ""}, into)
