"""How this installation is put together: its stores, its publish gates, its schema."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

from kept.app import schema  # noqa: F401  declares every table
from kept.app.logs import configure_logging
from kept.app.stamp import needs_embedded, schema_stamp
from kept.app.stores import EmbeddedStores
from kept.catalog import check
from kept.cells import Keys, database_names, open_cells
from kept.kit import Settings, SystemClock
from kept.legal import listed_countries
from kept.policy import check_policy
from kept.postgres import EmbeddedPostgres
from kept.residency import Supplied
from kept.runtime import KeyHolders, Runtime, clips_go_along, open_key_holders, open_runtime
from kept.videos import ExactHashGate, PublishGate, SpeechRecogniser, Studio

GATES: tuple[PublishGate, ...] = (ExactHashGate(),)
"""What a clip has to pass before it is published, in this order. Start-up refuses an empty list."""

RECOGNISER: SpeechRecogniser | None = None
"""What begins the captions of published clips; see `videos.SpeechRecogniser`. None comes with Kept."""


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of this installation, whether it runs or not, and whoever started it."""
    return EmbeddedPostgres(settings.data_folder / "postgres")


def open_everything(settings: Settings, *, keys: Keys = Keys.HERE) -> Runtime:
    """The stores of this process; `keys`: whether it holds any.

    Raises:
        BadCatalog: a table, column or request body is not fully declared.
        StaleTable, BadPolicy: the policy's table is not the one that its texts make.
        BadSettings: a setting that can't be meant, such as a refusal list that names no country.
        NotRunning: a database lives on the embedded server, which does not run.
    """
    _check_ourselves()
    check_policy()
    listed_countries(settings)
    server = embedded(settings)

    def supply(studio: Studio) -> Supplied:
        return replace(clips_go_along(studio), stores=EmbeddedStores(server))

    return open_runtime(settings, server.address, gates=GATES, recogniser=RECOGNISER, supply=supply, keys=keys)


def open_keys(settings: Settings) -> KeyHolders:
    """What the vault's process holds. Raises BadCatalog, NotRunning, BadSettings."""
    _check_ourselves()
    return open_key_holders(settings, embedded(settings).address, SystemClock())


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Runtime]:
    """The stores of a command, closed again after the block."""
    runtime = open_everything(settings)
    try:
        yield runtime
    finally:
        await runtime.close()


def migrate_everything(settings: Settings) -> None:
    """Make the embedded databases that are missing, bring all to this program's schema, and note that it is done."""
    from kept.app.migrating import migrate  # a library that no other process needs

    _check_ourselves()
    server = embedded(settings)
    for name in database_names(settings):
        server.ensure_database(name)
    migrate(_stores(settings, server))
    if needs_embedded(settings):
        server.set_note("schema", schema_stamp(settings))


def _check_ourselves() -> None:
    configure_logging()
    check()


def jobs_address(settings: Settings) -> str:
    """Where the job engine keeps its tables."""
    return settings.database.jobs or embedded(settings).address("kept_jobs")


def _stores(settings: Settings, server: EmbeddedPostgres) -> Iterator[tuple[str, str]]:
    """(store, address) of every database that has tables of ours."""
    cells = open_cells(settings, server.address)
    for cell in cells:
        yield "cell", cell.database.address
        yield "keys", cell.keys_database.address
    yield "directory", cells.directory.database.address
    yield "ledger", settings.database.ledger or server.address("kept_ledger")
