"""Path tricks lead nowhere: what is not an address of ours is not there, and no file is read by a name from outside."""

from urllib.parse import unquote

import pytest

from tests.fixtures.site import Site

SECRETS = ("root:x:0", "BEGIN", "[project]", "PRIVATE", "superuser")

TRICKS = [
    "/media/us/../..",
    "/media/us/%2e%2e/%2e%2e/keys",
    "/media/us/00000000-0000-7000-8000-000000000000/../../../keys",
    "/media/us/00000000-0000-7000-8000-000000000000/%2e%2e%2f%2e%2e%2fkeys?e=1&v=us&s=x",
    "/media/..%2f..%2fetc/00000000-0000-7000-8000-000000000000/passwd?e=1&v=us&s=x",
    "/static/x/../../",
    "/static/{build}/../../pyproject.toml",
    "/static/{build}/%2e%2e/%2e%2e/templates/base.html",
    "/static/{build}/..%2f..%2ftemplates%2fbase.html",
    "/static/{build}//etc/passwd",
    "/static/{build}/css/base.css%00.js",
    "/static/{build}/css\\base.css",
    "/ledger/../head",
    "/ledger/tile/../head",
    "/ledger/tile/0/../../checkpoint",
    "/ledger/tile/0/000/",
    "/ledger/tile/0/x000",
    "/ledger/tile/-1/000",
    "/ledger/tile/0/000.p/0",
    "/ledger/tile/0/000.p/256",
    "/ledger/tile/64/000",
    "/ledger/%2e%2e/keys/ledger.key",
    "/ledger//checkpoint",
    "/ledger/checkpoint%00",
    "/ledger/probe/create",
    "/ledger/.staging/x",
    "/documents/..%2f..%2fsecret",
    "/documents/terms/../../../etc/passwd",
    "/documents/terms/%2e%2e",
    "/api/v1/videos/../../../etc/passwd",
    "/api/v1/videos/%2e%2e/me",
    "/api/v1/uploads/..%2f..%2fetc%2fpasswd",
    "/clips/../settings/x",
    "/@../../etc/passwd",
    "/@%2e%2e",
    "/@a%00b",
    "/@%ff",
    "/@" + "a" * 5_000,
    "/%00",
    "/%ff%fe",
    "/\u2025/etc/passwd",
    "//etc/passwd",
    "/.git/config",
    "/.env",
    "/kept.toml",
    "/keys/beacon.key",
    "/" + "../" * 30 + "etc/passwd",
    "/" + "%2e%2e/" * 30 + "etc/passwd",
    "/" + "a/" * 2_000,
]


@pytest.mark.parametrize("trick", TRICKS, ids=range(len(TRICKS)))
async def test_what_is_no_address_of_ours_is_not_there(site: Site, trick: str) -> None:
    page = await site.client.get("/trust")
    build = page.text.split("/static/")[1].split("/")[0]
    path = trick.replace("{build}", build)
    transport = site.client._transport
    status, body = await raw(transport.app, path)  # type: ignore[attr-defined]
    assert status in (301, 307, 400, 404), path[:80]
    for secret in SECRETS:
        assert secret not in body


async def raw(app: object, path: str) -> tuple[int, str]:
    """A request whose path nobody tidies on its way, as a socket would bring it."""
    target, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(target, errors="replace"),
        "raw_path": target.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"kept.example"), (b"accept", b"*/*")],
        "client": ("127.0.0.1", 1),
        "server": ("kept.example", 80),
    }
    told: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        told.append(message)

    await app(scope, receive, send)  # type: ignore[operator]
    body = b"".join(message.get("body", b"") for message in told)  # type: ignore[misc]
    return int(told[0]["status"]), body.decode(errors="replace")  # type: ignore[call-overload]
