"""Root keys in AWS KMS: one symmetric key a region and epoch, found by the alias `<prefix>-<region>-root-00001`.

What a key is bound to goes in as the encryption context, which AWS authenticates (and writes into its own audit trail: it
holds cell names and numbers, no member). Credentials are looked for where AWS's own tools do: environment, files, role.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from kept.vault.errors import KmsAway, RootKeyLost, WrongKey
from kept.vault.kms.port import Wrapped, bound, checked_region

_SHORTEST = 7
"""Days that AWS keeps a key that is to be deleted, at least; it is disabled meanwhile."""
_GONE = ("NotFoundException", "KMSInvalidStateException", "DisabledException")
_T = TypeVar("_T")


class AwsKms:
    """Roots in AWS KMS, in the AWS region `zone`."""

    def __init__(self, zone: str, *, endpoint: str = "", prefix: str = "kept") -> None:
        self._prefix = prefix
        patience = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
        session = botocore.session.get_session()
        self._client: Any = session.create_client("kms", zone, endpoint_url=endpoint or None, config=patience)
        self._newest: dict[str, int] = {}

    async def wrap(self, region: str, key: bytes | bytearray, aad: bytes) -> Wrapped:
        epoch = await self._asked(lambda: self._present(region) or self._advance(region))
        how = {"KeyId": self._alias(region, epoch), "EncryptionContext": _context(region, epoch, aad)}
        answer = await self._asked(lambda: self._client.encrypt(Plaintext=bytes(key), **how))
        return Wrapped(epoch, answer["CiphertextBlob"])

    async def unwrap(self, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        return await self._asked(lambda: self._unwrap(region, wrapped, aad))

    async def epochs(self, region: str) -> list[int]:
        return await self._asked(lambda: self._epochs(region))

    async def advance(self, region: str) -> int:
        return await self._asked(lambda: self._advance(region))

    async def destroy(self, region: str, epoch: int) -> timedelta:
        await self._asked(lambda: self._destroy(self._alias(region, epoch)))
        return timedelta(days=_SHORTEST)

    async def close(self) -> None:
        self._client.close()

    def _unwrap(self, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        how = {"KeyId": self._alias(region, wrapped.epoch), "EncryptionContext": _context(region, wrapped.epoch, aad)}
        try:
            return bytearray(self._client.decrypt(CiphertextBlob=wrapped.blob, **how)["Plaintext"])
        except ClientError as error:
            if _code(error) in ("InvalidCiphertextException", "IncorrectKeyException"):
                raise WrongKey("a wrapped key does not open: altered, moved, or under another root") from error
            if _code(error) in _GONE:
                raise RootKeyLost(f"root key {wrapped.epoch} of region {region} is not in AWS KMS") from error
            raise

    def _advance(self, region: str) -> int:
        """The new root's epoch; a process that was quicker with the same number wins, and its root is the one."""
        epoch = max(self._epochs(region), default=0) + 1
        made = self._client.create_key(Description=f"Kept: root {epoch} of region {region}")["KeyMetadata"]["KeyId"]
        try:
            self._client.create_alias(AliasName=self._alias(region, epoch), TargetKeyId=made)
        except ClientError as error:
            self._client.schedule_key_deletion(KeyId=made, PendingWindowInDays=_SHORTEST)
            if _code(error) != "AlreadyExistsException":
                raise
        return epoch

    def _destroy(self, alias: str) -> None:
        try:
            key = self._client.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]
            self._client.schedule_key_deletion(KeyId=key, PendingWindowInDays=_SHORTEST)
        except ClientError as error:
            if _code(error) == "NotFoundException":
                return
            if _code(error) != "KMSInvalidStateException":  # scheduled before
                raise
        self._client.delete_alias(AliasName=alias)

    def _present(self, region: str) -> int:
        """The newest epoch, 0 for none: known ones are counted on from, which is one question as a rule."""
        epoch = self._newest.get(region) or max(self._epochs(region), default=0)
        while epoch and self._exists(self._alias(region, epoch + 1)):
            epoch += 1
        self._newest[region] = epoch
        return epoch

    def _exists(self, alias: str) -> bool:
        try:
            self._client.describe_key(KeyId=alias)
        except ClientError as error:
            if _code(error) == "NotFoundException":
                return False
            raise
        return True

    def _epochs(self, region: str) -> list[int]:
        start = self._alias(region, 0)[:-5]
        pages = self._client.get_paginator("list_aliases").paginate()
        names = [alias["AliasName"] for page in pages for alias in page["Aliases"]]
        return sorted(int(name[-5:]) for name in names if name[:-5] == start and name[-5:].isdecimal())

    def _alias(self, region: str, epoch: int) -> str:
        return f"alias/{self._prefix}-{checked_region(region)}-root-{epoch:05d}"

    async def _asked(self, ask: Callable[[], _T]) -> _T:
        """Ask in a thread. Raises KmsAway."""
        try:
            return await asyncio.to_thread(ask)
        except ClientError as error:
            raise KmsAway(kms="AWS KMS", error=_code(error)) from error
        except BotoCoreError as error:
            raise KmsAway(kms="AWS KMS", error=type(error).__name__) from error


def _context(region: str, epoch: int, aad: bytes) -> dict[str, str]:
    return {"kept": bound(region, epoch, aad).hex()}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
