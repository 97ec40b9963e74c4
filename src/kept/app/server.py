"""`kept serve`: the server process: one Litestar application in one granian worker, in this process, with TLS if configured."""

import asyncio
import signal
from pathlib import Path

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from kept.app.compose import open_everything
from kept.app.http import create_app
from kept.app.listening import check_transport
from kept.app.starting import started
from kept.cells import Keys
from kept.kit import Settings


def serve(settings: Settings) -> None:
    """Answer people until told to stop.

    Raises:
        PlainHttpRefused, HalfCertificate: the settings would put people in danger.
        BadCatalog, NotRunning: see open_everything.
    """
    check_transport(settings.server)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    where = settings.server
    keys = Keys.APART if settings.vault.apart else Keys.HERE
    app = create_app(open_everything(settings, keys=keys))  # which closes the stores when it ends
    server = Server(
        app,
        address=where.host,
        port=where.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.auto,
        websockets=False,
        backlog=1024,
        log_level=LogLevels.error,
        ssl_cert=Path(where.certificate) if where.certificate else None,
        ssl_key=Path(where.private_key) if where.private_key else None,
    )
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, server.stop)
    started()
    await server.serve()
