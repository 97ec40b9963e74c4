"""Alembic's entry: run the revisions of one store on the connection that `migrating` hands over."""

from alembic import context

config = context.config
connection = config.attributes["connection"]
context.configure(connection=connection, target_metadata=config.attributes["metadata"], compare_type=True)
with context.begin_transaction():
    context.run_migrations()
