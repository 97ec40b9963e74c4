"""Where the server listens, and whether it answers; without an HTTP library."""

import http.client
import json
import socket
import ssl

from kept.kit import KeptError, Kind
from kept.kit.settings import Server


class PortTaken(KeptError):
    code = "port_taken"
    kind = Kind.CONFLICT
    message = "Something else listens on port {port} of {host}. Stop it, or choose another with --port."


def choose_port(server: Server) -> int:
    """The port to listen on: the configured one if it is free, or any that is free for 0. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError as error:
            raise PortTaken(port=server.port, host=server.host) from error
        return int(probe.getsockname()[1])


def address_of(server: Server) -> str:
    """What people type."""
    if server.public_url:
        return server.public_url
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{'https' if server.certificate else 'http'}://{host}:{server.port}"


def problems(server: Server) -> list[str]:
    """What keeps the server from being ready, as its /readyz tells; empty when it is ready."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(server.host, server.host)  # noqa: S104  compared, not bound
    connection = _connection(host, server)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return [f"the server does not answer ({error})"]
    finally:
        connection.close()
    if answer.status == 200:
        return []
    try:
        return [str(line) for line in json.loads(body)["problems"]]
    except (ValueError, KeyError, TypeError):
        return [f"the server answers {answer.status}"]


def _connection(host: str, server: Server) -> http.client.HTTPConnection:
    if not server.certificate:
        return http.client.HTTPConnection(host, server.port, timeout=5)
    ours = ssl.create_default_context()
    ours.check_hostname = False  # we ask our own child over loopback, and its certificate bears a public name
    ours.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, server.port, timeout=5, context=ours)
