"""A stand-in for the transit engine of OpenBao and Vault, which holds callers to its rules: versions, derived keys, associated
data, the lowest versions for encryption and decryption, trimming. Real AES-256-GCM; one mount, one token."""

import base64
import hashlib
import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "s.for-tests"


class Refused(Exception):
    """400, and why."""


@dataclass
class Key:
    """A named key: its versions from 1, as far as they were not trimmed."""

    derived: bool
    versions: dict[int, bytes] = field(default_factory=dict)
    min_decryption_version: int = 1
    min_encryption_version: int = 0
    min_available_version: int = 0

    @property
    def latest(self) -> int:
        return max(self.versions)

    def rotate(self) -> None:
        self.versions[max(self.versions, default=0) + 1] = os.urandom(32)

    def cipher(self, version: int, context: bytes) -> AESGCM:
        if self.derived and not context:
            raise Refused("missing 'context' for key derivation")
        key = self.versions[version]
        return AESGCM(hashlib.sha256(key + context).digest() if self.derived else key)

    def encrypt(self, body: dict[str, Any]) -> dict[str, Any]:
        version = body.get("key_version", 0) or self.latest
        if version < self.min_encryption_version or version not in self.versions:
            raise Refused("requested version for encryption is less than the minimum encryption key version")
        nonce = os.urandom(12)
        sealed = self.cipher(version, _blob(body, "context")).encrypt(
            nonce, _blob(body, "plaintext"), _blob(body, "associated_data")
        )
        return {"ciphertext": f"vault:v{version}:{base64.b64encode(nonce + sealed).decode()}", "key_version": version}

    def decrypt(self, body: dict[str, Any]) -> dict[str, Any]:
        _, version, text = str(body["ciphertext"]).split(":")
        number, blob = int(version[1:]), base64.b64decode(text)
        if number < self.min_decryption_version:
            raise Refused("ciphertext or signature version is disallowed by policy (too old)")
        if number not in self.versions:
            raise Refused("invalid ciphertext: version is too new")
        try:
            plain = self.cipher(number, _blob(body, "context")).decrypt(
                blob[:12], blob[12:], _blob(body, "associated_data")
            )
        except (InvalidTag, ValueError) as error:
            raise Refused("cipher: message authentication failed") from error
        return {"plaintext": base64.b64encode(plain).decode()}

    def rewrap(self, body: dict[str, Any]) -> dict[str, Any]:
        return self.encrypt(body | self.decrypt(body))

    def configure(self, body: dict[str, Any]) -> None:
        decryption = body.get("min_decryption_version", self.min_decryption_version)
        encryption = body.get("min_encryption_version", self.min_encryption_version)
        if not self.min_available_version <= decryption <= self.latest or encryption > self.latest:
            raise Refused("cannot set a minimum version of that number")
        if encryption and encryption < decryption:
            raise Refused("cannot set min encryption/decryption values; min encryption version must be greater")
        self.min_decryption_version, self.min_encryption_version = decryption, encryption

    def trim(self, body: dict[str, Any]) -> None:
        least = body["min_available_version"]
        if not self.min_encryption_version:
            raise Refused("minimum available version cannot be set when minimum encryption version is not set")
        if least > min(self.min_encryption_version, self.min_decryption_version) or least < self.min_available_version:
            raise Refused("minimum available version cannot be higher than the other minimum versions")
        self.min_available_version = least
        self.versions = {version: key for version, key in self.versions.items() if version >= least}

    def told(self) -> dict[str, Any]:
        readable = {str(version): 0 for version in self.versions if version >= self.min_decryption_version}
        return {
            "keys": readable,
            "derived": self.derived,
            "latest_version": self.latest,
            "min_decryption_version": self.min_decryption_version,
            "min_encryption_version": self.min_encryption_version,
            "min_available_version": self.min_available_version,
        }


class Transit:
    """The engine, served on this machine."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.turn = threading.Lock()
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer({})

            def do_POST(self) -> None:
                self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}"))

            def answer(self, body: dict[str, Any]) -> None:
                with engine.turn:
                    status, data = engine.respond(self.headers.get("X-Vault-Token", ""), self.command, self.path, body)
                content = json.dumps(data).encode() if data is not None else b""
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def respond(self, token: str, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        try:
            return self.act(method, path.removeprefix("/v1/transit/").split("/"), body)
        except Refused as error:
            return 400, {"errors": [str(error)]}

    def act(self, method: str, path: list[str], body: dict[str, Any]) -> tuple[int, Any]:
        key = self.keys.get(path[1])
        if path[0] == "keys" and len(path) == 2 and method == "POST":
            if key is None:
                key = self.keys[path[1]] = Key(body.get("derived", False))
                key.rotate()
            return 200, {"data": key.told()}
        if key is None:
            return (404, {"errors": []}) if path[0] == "keys" else (400, {"errors": ["encryption key not found"]})
        match path[0], path[2:]:
            case "keys", []:
                return 200, {"data": key.told()}
            case "keys", [verb]:
                {"rotate": lambda _: key.rotate(), "config": key.configure, "trim": key.trim}[verb](body)
                return 204, None
        return 200, {"data": {"encrypt": key.encrypt, "decrypt": key.decrypt, "rewrap": key.rewrap}[path[0]](body)}


def _blob(body: dict[str, Any], name: str) -> bytes:
    return base64.b64decode(body.get(name, ""), validate=True)
