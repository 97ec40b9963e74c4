"""Write a migration: what separates the newest revision of each store from the declared schema.

    .venv/bin/python tools/revision.py "add comments"
"""

import shutil
import sys
import tempfile
from pathlib import Path

from kept.app import schema  # noqa: F401  declares every table
from kept.app.migrating import differences, make_revision, migrate
from kept.catalog.tables import STORES
from kept.postgres import EmbeddedPostgres


def main(message: str) -> None:
    """Migrate empty databases, compare, and write a revision for each store that differs."""
    folder = Path(tempfile.mkdtemp(prefix="kept-revision-"))
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    try:
        for store in STORES:
            address = server.ensure_database(f"kept_{store}")
            migrate(iter([(store, address)]))
            if differences(store, address):
                make_revision(store, address, message)
                print(f"{store}: a revision was written")
            else:
                print(f"{store}: nothing to do")
    finally:
        server.stop()
        shutil.rmtree(folder)


main(sys.argv[1])
