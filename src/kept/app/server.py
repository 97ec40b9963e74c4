"""`kept serve`: the server process: one Litestar application in one granian worker, in this process, with TLS if configured."""

import asyncio
import ipaddress
import signal
from pathlib import Path

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from kept.app.compose import open_everything
from kept.app.http import create_app
from kept.kit import KeptError, Kind, Settings
from kept.kit.settings import Server as ServerSettings


class PlainHttpRefused(KeptError):
    code = "plain_http_refused"
    kind = Kind.INVALID
    message = (
        "Plain HTTP is served on loopback only, and {host} is not. Set server.certificate and server.private_key, "
        "or server.trusted_proxy if a proxy that speaks TLS stands in front."
    )


class HalfCertificate(KeptError):
    code = "half_certificate"
    kind = Kind.INVALID
    message = "server.certificate and server.private_key belong together, and one of them is missing or can't be read."


def serve(settings: Settings) -> None:
    """Answer people until told to stop.

    Raises:
        PlainHttpRefused, HalfCertificate: the settings would put people in danger.
        BadCatalog, NotRunning: see open_everything.
    """
    check_transport(settings.server)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


def check_transport(server: ServerSettings) -> None:
    """Refuse to speak plain HTTP where others can listen. Raises PlainHttpRefused, HalfCertificate."""
    files = [server.certificate, server.private_key]
    if any(files):
        if not all(name and Path(name).is_file() for name in files):
            raise HalfCertificate
        return
    if not is_loopback(server.host) and not server.trusted_proxy:
        raise PlainHttpRefused(host=server.host)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address. A name counts if it is `localhost`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _serve(settings: Settings) -> None:
    where = settings.server
    app = create_app(open_everything(settings))  # which closes the stores when it ends
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
    await server.serve()
