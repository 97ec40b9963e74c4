"""The engine (DBOS), set up so that it waits for a database that is away, and logs without private values."""

import logging
from functools import partial
from typing import Any

import psycopg
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer


def launch(address: str) -> None:
    """Launch the engine on its tables, in this thread: it then runs workflows on this loop, where the connections belong."""
    config: DBOSConfig = {
        "name": "kept",
        "system_database_url": address.replace("postgresql://", "postgresql+psycopg://", 1),
        "db_engine_kwargs": {"creator": partial(_connect, address)},
        "serializer": DBOSPortableJSONSerializer(),
        "application_version": "1",
        "executor_id": "worker",
        "log_level": "ERROR",
        "sys_db_pool_size": 4,
        "max_executor_threads": 8,
    }
    DBOS(config=config)
    _log_as_we_do()
    DBOS.launch()


def _connect(address: str) -> "psycopg.Connection[Any]":
    """A connection for the engine, which waits for a server that is away only if it is told so in SQLSTATE's class 08.

    psycopg's own error for a refused connection has no SQLSTATE: the engine would take it for a failure of the job.
    """
    try:
        return psycopg.connect(address, connect_timeout=10, application_name="kept-jobs")
    except psycopg.OperationalError as error:
        raise psycopg.errors.ConnectionFailure(str(error)) from error


def _log_as_we_do() -> None:
    """The engine's own handler prints what errors say, which may be somebody's; ours prints what they are."""
    log = logging.getLogger("dbos")
    log.handlers.clear()
    log.propagate = True
