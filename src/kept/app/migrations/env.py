"""Alembic's entry: run the revisions of one store on the connection that `migrating` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Columns of our own types are written as what they are in the database."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
