"""Whether the databases have the schema of this program, told without loading a database library."""

import hashlib
from pathlib import Path

import msgspec

from kept.kit.settings import Settings

REVISIONS = Path(__file__).parent / "migrations"


def schema_stamp(settings: Settings) -> str:
    """A digest of all revisions and of which databases there are: the same digest means there is nothing to migrate."""
    digest = hashlib.sha256(b"a login for each database")  # what migrating does beside revisions
    for file in sorted(REVISIONS.rglob("*.py")):
        digest.update(file.read_bytes())
    digest.update(msgspec.json.encode((settings.database, settings.served)))
    return digest.hexdigest()


def needs_embedded(settings: Settings) -> bool:
    """Whether any database has no configured address, and so lives on the embedded server."""
    return not all(_addresses(settings))


def is_all_embedded(settings: Settings) -> bool:
    """Whether every database lives on the embedded server, so that the note of its schema speaks for all."""
    return not any(_addresses(settings))


def _addresses(settings: Settings) -> list[str]:
    database, regions = settings.database, settings.served.values()
    own = [database.directory, database.ledger, database.jobs]
    return own + [address for region in regions for address in (region.database, region.keys_database)]
