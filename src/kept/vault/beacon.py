"""Keyed names: look-up without the text, and ledger entries without the member.

A blind index answers 'is it the same?' and nothing else to whoever lacks the key. Both it and a pseudonym are still
personal data (GDPR Art. 4 (5)): unlinkable for outsiders, re-computable by this installation while it has the key.
"""

import hmac
import re
import unicodedata
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from kept.vault.kms import check_folder, make_folder, make_key_file, read_key_file
from kept.vault.wrapping import KEY_BYTES, bind

INDEX_BYTES = 16
_KIND = re.compile(r"[a-z][a-z0-9_-]*")


def normalise(text: str) -> str:
    """One spelling of a login or an e-mail address: compatibility characters folded (NFKC), lower case, no outer space.

    Local parts count as lower case, too: RFC 5321 (2.4) lets a host tell Bob from bob, but none that people use does.
    """
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    # Lowering can undo the composition (İ gives i and a loose dot), and folding can bring back a capital or a space.
    return unicodedata.normalize("NFKC", folded).strip().lower()


def keyed_index(key: bytes | bytearray, kind: str, text: str) -> bytes:
    """HMAC-SHA256 of `v1|kind|normalised text`, cut to 16 bytes; `kind` (`email`, `handle`) keeps the uses apart."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"not a kind of index: {kind!r}")
    return hmac.digest(key, f"v1|{kind}|{normalise(text)}".encode(), "sha256")[:INDEX_BYTES]


class Beacon:
    """The keys of the whole installation, for what must come out the same in every cell.

    That is look-up in the directory, and pseudonyms in the ledger. They open nothing that is stored. One file, made at
    first use; the processes of every region need the same one.

    Raises:
        KeyFileExposed: somebody else may read the file or its folder.
    """

    def __init__(self, file: Path) -> None:
        make_folder(file.parent)
        check_folder(file.parent)
        try:
            key = read_key_file(file)
        except FileNotFoundError:
            make_key_file(file)
            key = read_key_file(file)
        self._index_key = _derived(key, "index")
        self._pseudonym_key = _derived(key, "pseudonym")
        self.ticket_key = _derived(key, "ticket")
        """Under it go notes that browsers keep for us for minutes or hours; nothing that is stored."""
        self.media_key = _derived(key, "media")
        """Under it media addresses are signed; nothing that is stored."""

    def blind_index(self, kind: str, text: str) -> bytes:
        """16 bytes by which the directory finds a login without holding it."""
        return keyed_index(self._index_key, kind, text)

    def pseudonym(self, member_id: UUID) -> str:
        """A member's name in the ledger: 32 hex digits (128 bits), always the same for the same member."""
        return hmac.digest(self._pseudonym_key, b"v1|member|" + member_id.bytes, "sha256")[:16].hex()


def _derived(key: bytes, use: str) -> bytes:
    """A key of its own for each use (RFC 5869, 3.3: the file's key is uniform, so there is nothing to extract)."""
    return HKDFExpand(SHA256(), KEY_BYTES, bind("kept/beacon/v1", use)).derive(key)
