"""Root keys in a hardware module or whatever else speaks PKCS #11: AES-256 keys that can't be taken out of it.

A root is a secret key labelled `<prefix>-<region>-root-00001`, with a random CKA_ID. Two processes that make the first
root at once both succeed; what is wrapped says the CKA_ID, so both roots serve.

    version 0x01 (1) · CKA_ID of the root (16) · nonce (12) · AES-GCM ciphertext (32) · tag (16)
"""

import asyncio
import os
import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import (
    EncryptedDataInvalid,
    EncryptedDataLenRange,
    GeneralError,
    SignatureInvalid,
)

from kept.vault.errors import KmsAway, RootKeyLost, WrongKey
from kept.vault.kms.port import AT_ONCE, Wrapped, bound, checked_region
from kept.vault.wrapping import KEY_BYTES, NONCE_BYTES, TAG_BYTES

_VERSION = b"\x01"
_ID = slice(1, 17)
_NONCE = slice(17, 17 + NONCE_BYTES)
_BODY = slice(17 + NONCE_BYTES, None)
_BYTES = 17 + NONCE_BYTES + KEY_BYTES + TAG_BYTES

_REFUSALS = (EncryptedDataInvalid, EncryptedDataLenRange, SignatureInvalid, GeneralError)
"""How modules say that a tag is wrong; SoftHSM calls it a general error."""

_TURN = threading.Lock()
"""A module is asked by one thread of the process at a time: many that are sold crash otherwise."""
_SESSIONS: dict[tuple[str, str, str], Any] = {}
_USERS: Counter[tuple[str, str, str]] = Counter()
"""Logging in and out counts for the whole process, so it has one session, which the last to use it closes."""
_T = TypeVar("_T")


class Pkcs11Kms:
    """Roots in a token."""

    def __init__(self, module: Path, token: str, pin: str, *, prefix: str = "kept") -> None:
        self._key = (str(module), token, pin)
        self._token = token
        self._prefix = prefix
        self._counted = False

    async def wrap(self, region: str, key: bytes | bytearray, aad: bytes) -> Wrapped:
        return await self._asked(lambda session: self._wrap(session, region, bytes(key), aad))

    async def unwrap(self, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        return await self._asked(lambda session: self._unwrap(session, region, wrapped, aad))

    async def epochs(self, region: str) -> list[int]:
        return await self._asked(lambda session: sorted(set(self._roots(session, region))))

    async def advance(self, region: str) -> int:
        return await self._asked(lambda session: self._advance(session, region))

    async def destroy(self, region: str, epoch: int) -> timedelta:
        await self._asked(lambda session: [root.destroy() for root in self._found(session, region, epoch)])
        return AT_ONCE

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _wrap(self, session: Any, region: str, key: bytes, aad: bytes) -> Wrapped:
        epoch = max(self._roots(session, region), default=0) or self._advance(session, region)
        root = next(iter(self._found(session, region, epoch)))
        nonce = os.urandom(NONCE_BYTES)
        sealed = root.encrypt(key, mechanism=Mechanism.AES_GCM, mechanism_param=_with(nonce, bound(region, epoch, aad)))
        return Wrapped(epoch, _VERSION + bytes(root.id) + nonce + bytes(sealed))

    def _unwrap(self, session: Any, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        blob = wrapped.blob
        roots = list(self._found(session, region, wrapped.epoch))
        if not roots:
            raise RootKeyLost(f"root key {wrapped.epoch} of region {region} is not in the token {self._token}")
        root = next((root for root in roots if bytes(root.id) == blob[_ID]), None)
        if root is None or len(blob) != _BYTES or blob[:1] != _VERSION:
            raise WrongKey("a wrapped key is damaged, or is under another root")
        how = _with(blob[_NONCE], bound(region, wrapped.epoch, aad))
        try:
            return bytearray(root.decrypt(blob[_BODY], mechanism=Mechanism.AES_GCM, mechanism_param=how))
        except _REFUSALS as error:
            raise WrongKey("a wrapped key does not open: altered, moved, or under another root") from error

    def _advance(self, session: Any, region: str) -> int:
        epoch = max(self._roots(session, region), default=0) + 1
        session.generate_key(
            KeyType.AES,
            KEY_BYTES * 8,
            id=os.urandom(16),
            label=self._label(region, epoch),
            store=True,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True},
        )
        return epoch

    def _roots(self, session: Any, region: str) -> list[int]:
        """The epoch of every root of a region."""
        label = re.compile(re.escape(f"{self._prefix}-{checked_region(region)}-root-") + r"(\d{5})")
        found = session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
        return [int(matched[1]) for root in found if (matched := label.fullmatch(root.label or ""))]

    def _found(self, session: Any, region: str, epoch: int) -> list[Any]:
        """The roots of an epoch: one, or those of processes that began at once, in one order for all."""
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: self._label(region, epoch)}
        return sorted(session.get_objects(wanted), key=lambda root: bytes(root.id))

    def _label(self, region: str, epoch: int) -> str:
        return f"{self._prefix}-{checked_region(region)}-root-{epoch:05d}"

    async def _asked(self, ask: Callable[[Any], _T]) -> _T:
        """Ask the token in a thread. Raises KmsAway; the next question opens a new session then."""

        def run() -> _T:
            with _TURN:
                try:
                    return ask(self._opened())
                except RuntimeError as error:  # the base of the library's errors, and what a missing module raises
                    _SESSIONS.pop(self._key, None)
                    raise KmsAway(kms="PKCS #11 token", error=type(error).__name__) from error

        return await asyncio.to_thread(run)

    def _opened(self) -> Any:
        session = _SESSIONS.get(self._key)
        if session is None:
            module, label, pin = self._key
            token = pkcs11.lib(module).get_token(token_label=label)
            session = _SESSIONS[self._key] = token.open(rw=True, user_pin=pin)
        if not self._counted:
            self._counted = True
            _USERS[self._key] += 1
        return session

    def _close(self) -> None:
        with _TURN:
            if self._counted:
                self._counted = False
                _USERS[self._key] -= 1
                if not _USERS[self._key] and (session := _SESSIONS.pop(self._key, None)) is not None:
                    session.close()


def _with(nonce: bytes, aad: bytes) -> GCMParams:
    return GCMParams(nonce, aad, TAG_BYTES * 8)
