"""Where the server listens, whether it may, and whether it answers. Loads no web library."""

import http.client
import ipaddress
import json
import socket
import ssl
from pathlib import Path

from kept.kit import KeptError, Kind
from kept.kit.settings import Server


class PortTaken(KeptError):
    code = "port_taken"
    kind = Kind.CONFLICT
    message = "Something else listens on port {port} of {host}. Stop it, or choose another with --port."


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


def check_transport(server: Server) -> None:
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
