"""What a socket can bring that no client library sends: the server answers or hangs up, and goes on serving others."""

import socket
import time

import httpx
import pytest

from tests.fixtures.platform import Platform

GET = b"GET /healthz HTTP/1.1\r\nHost: kept.example\r\n"
POST = b"POST /api/v1/sessions HTTP/1.1\r\nHost: kept.example\r\nContent-Type: application/json\r\n"

RAW = {
    "one enormous header": GET + b"X: " + b"a" * 2_000_000 + b"\r\n\r\n",
    "very many headers": GET + b"".join(b"X-%d: 1\r\n" % number for number in range(20_000)) + b"\r\n",
    "an enormous address": b"GET /" + b"a" * 2_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "an enormous cookie": GET + b"Cookie: kept=" + b"A" * 500_000 + b"\r\n\r\n",
    "a zero in a header": GET + b"X: a\0b\r\n\r\n",
    "a broken line": GET + b"no colon\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: other\r\n\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
    "another version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n{}",
    "a length and chunks": POST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a length without end": POST + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "a chunk of nonsense": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a path that climbs": b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path of another host": b"GET http://evil.example/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
}


def bring(platform: Platform, data: bytes) -> bytes:
    """Send bytes as they are; what is answered within a moment, or nothing."""
    with socket.create_connection(("127.0.0.1", platform.port), timeout=5) as connection:
        connection.settimeout(2)
        try:
            connection.sendall(data)
            return connection.recv(65_536)
        except (TimeoutError, ConnectionError):
            return b""


@pytest.mark.parametrize("data", RAW.values(), ids=RAW.keys())
def test_it_is_answered_or_hung_up_on_and_others_are_served(platform: Platform, data: bytes) -> None:
    answer = bring(platform, data)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 "), answer[:100]
    status = int(answer.split()[1]) if answer else 0
    assert status < 500 or status == 505, answer[:200]
    assert b"root:" not in answer
    assert b"python_info" not in answer, "metrics were smuggled out"
    assert httpx.get(f"{platform.url}/healthz").status_code == 200


def test_many_who_say_nothing_keep_nobody_from_being_served(platform: Platform) -> None:
    silent = [socket.create_connection(("127.0.0.1", platform.port)) for _ in range(200)]
    try:
        for one in silent[::2]:
            one.sendall(GET)
        begun = time.monotonic()
        assert httpx.get(f"{platform.url}/readyz", timeout=20).status_code == 200
        assert time.monotonic() - begun < 10
    finally:
        for one in silent:
            one.close()
