"""Root keys in OpenBao or Vault, by its transit engine: one derived AES-256-GCM key a region, whose versions are the epochs.

What a key is bound to is both the context (a key of its own is derived from it) and the associated data. A root is
destroyed by moving the lowest version up, for decryption first, and then trimming the versions below.
"""

import base64
import re
from datetime import timedelta
from typing import Any

import httpx

from kept.vault.errors import KmsAway, RootKeyLost, WrongKey
from kept.vault.kms.port import AT_ONCE, Wrapped, bound, checked_region

_CIPHERTEXT = re.compile(r"vault:v([1-9][0-9]{0,8}):([A-Za-z0-9+/]+={0,2})")
_SECONDS = 10.0


class OpenBaoKms:
    """Roots in the transit engine mounted at `mount`. The token needs create, read and update on its keys, encrypt and
    decrypt, and for rotation on `rotate`, `config` and `trim`."""

    def __init__(self, address: str, token: str, *, mount: str = "transit", prefix: str = "kept") -> None:
        self._prefix = prefix
        self._http = httpx.AsyncClient(
            base_url=f"{address.rstrip('/')}/v1/{mount}", headers={"X-Vault-Token": token}, timeout=_SECONDS
        )

    async def wrap(self, region: str, key: bytes | bytearray, aad: bytes) -> Wrapped:
        await self._ensure(region)
        # Bound to the epoch as well: so it has to be known before, and asked for.
        epoch = (await self._versions(region))[-1]
        sent = _bound(region, epoch, aad) | {"plaintext": _text(key), "key_version": epoch}
        answer = await self._ask("POST", f"/encrypt/{self._name(region)}", sent)
        matched = _CIPHERTEXT.fullmatch(answer["data"]["ciphertext"])
        if matched is None or int(matched[1]) != epoch:
            raise KmsAway(kms="OpenBao", error="an answer that can't be read")
        return Wrapped(epoch, base64.b64decode(matched[2]))

    async def unwrap(self, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        if wrapped.epoch not in await self._versions(region):
            raise RootKeyLost(f"root key {wrapped.epoch} of region {region} is not in OpenBao")
        blob = f"vault:v{wrapped.epoch}:{_text(wrapped.blob)}"
        sent = _bound(region, wrapped.epoch, aad) | {"ciphertext": blob}
        try:
            answer = await self._ask("POST", f"/decrypt/{self._name(region)}", sent)
        except _Refused as error:
            raise WrongKey("a wrapped key does not open: altered, moved, or under another root") from error
        return bytearray(base64.b64decode(answer["data"]["plaintext"]))

    async def epochs(self, region: str) -> list[int]:
        return await self._versions(region)

    async def advance(self, region: str) -> int:
        if not await self._versions(region):
            await self._ensure(region)
        else:
            await self._ask("POST", f"/keys/{self._name(region)}/rotate", {})
        return (await self._versions(region))[-1]

    async def destroy(self, region: str, epoch: int) -> timedelta:
        versions = await self._versions(region)
        if versions and epoch >= versions[0]:
            if epoch >= versions[-1]:
                raise ValueError("the newest root can't be destroyed: advance first")
            path, least = f"/keys/{self._name(region)}", epoch + 1
            await self._ask(
                "POST", f"{path}/config", {"min_decryption_version": least, "min_encryption_version": least}
            )
            await self._ask("POST", f"{path}/trim", {"min_available_version": least})
        return AT_ONCE

    async def close(self) -> None:
        await self._http.aclose()

    async def _ensure(self, region: str) -> None:
        """Make the region's key; the engine leaves one that is there as it is."""
        await self._ask("POST", f"/keys/{self._name(region)}", {"type": "aes256-gcm96", "derived": True})

    async def _versions(self, region: str) -> list[int]:
        try:
            data = (await self._ask("GET", f"/keys/{self._name(region)}"))["data"]
        except _NotFound:
            return []
        return [one for one in sorted(map(int, data["keys"])) if one >= data["min_decryption_version"]]

    def _name(self, region: str) -> str:
        return f"{self._prefix}-{checked_region(region)}"

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Raises KmsAway; _NotFound and _Refused for what the caller may have expected."""
        try:
            answer = await self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise KmsAway(kms="OpenBao", error=type(error).__name__) from error
        if answer.status_code == 404:
            raise _NotFound(kms="OpenBao", error="404")
        if answer.status_code == 400:
            raise _Refused(kms="OpenBao", error="400")
        if not answer.is_success:
            raise KmsAway(kms="OpenBao", error=str(answer.status_code))
        return answer.json() if answer.content else None


class _NotFound(KmsAway):
    pass


class _Refused(KmsAway):
    pass


def _bound(region: str, epoch: int, aad: bytes) -> dict[str, str]:
    whole = _text(bound(region, epoch, aad))
    return {"context": whole, "associated_data": whole}


def _text(blob: bytes | bytearray) -> str:
    return base64.b64encode(blob).decode()
