"""Exact hashes of files, without reading them into memory."""

import hashlib
from pathlib import Path


def sha256_file(path: Path) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
