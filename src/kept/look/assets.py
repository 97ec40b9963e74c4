"""The static files, read once: each with its type, its compressed form and a digest.

Addresses carry the digest of the whole set (`/static/<build>/css/app.css`), so that files may be kept for ever and modules
that import each other by relative paths always come from one build.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from kept.look import paths

PREFIX = "/static"
PAGES = "web"
"""What the modules of our own pages call themselves."""
_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
    ".png": "image/png", ".json": "application/json", ".webmanifest": "application/manifest+json",
}
_COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".webmanifest"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file. `gzipped` is empty where compressing is no use."""

    body: bytes
    gzipped: bytes
    media_type: str
    etag: str


@cache
def assets() -> Mapping[str, Asset]:
    """Every static file by its path in `static/`, as `css/app.css`."""
    found = {}
    for file in sorted(_FOLDER.rglob("*")):
        if file.suffix in _TYPES:
            found[file.relative_to(_FOLDER).as_posix()] = _asset(file.read_bytes(), file.suffix)
    return found


@cache
def build() -> str:
    """The digest of the whole set: twelve hexadecimal characters."""
    digest = sha256()
    for path, asset in assets().items():
        digest.update(f"{path}\0{asset.etag}\0".encode())
    return digest.hexdigest()[:12]


@cache
def address(path: str) -> str:
    """Where a browser finds a static file. Raises KeyError for a file that is not there."""
    assets()[path]
    return f"{PREFIX}/{build()}/{path}"


@cache
def worker() -> Asset:
    """The service worker, which must stand at the root and must know what to keep: the shell, never media."""
    kept = [address(path) for path in assets() if path.startswith(("css/", "js/")) and path != "js/worker.js"]
    source = assets()["js/worker.js"].body.decode()
    source = source.replace("'BUILD'", json.dumps(build())).replace("['SHELL']", json.dumps([*kept, paths.OFFLINE]))
    return _asset(source.encode(), ".js")


@cache
def manifest() -> Asset:
    """The web app manifest, with the addresses of this build's icons."""
    described: dict[str, Any] = json.loads(assets()["app.webmanifest"].body)
    for picture in described["icons"]:
        picture["src"] = address(picture["src"])
    return _asset(json.dumps(described, ensure_ascii=False).encode(), ".webmanifest")


def _asset(body: bytes, suffix: str) -> Asset:
    gzipped = gzip.compress(body, 9, mtime=0) if suffix in _COMPRESSED else b""
    return Asset(body, gzipped, _TYPES[suffix], sha256(body).hexdigest()[:16])
