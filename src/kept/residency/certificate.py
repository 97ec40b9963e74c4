"""The certificate of a pivot: what was moved, what was deleted, how that was verified; signed with the ledger's key.

Its fields are those of NIST SP 800-88 Rev. 1, Appendix G, as far as they make sense for stores instead of disks, with the
counts and digests of every table. It says no more than was seen: where a server's files can't be read, it says so.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from kept import __version__
from kept.cells import Cell
from kept.ledger import VerifierKey, load_signer
from kept.residency import signing
from kept.residency.luggage import Works
from kept.residency.residue import Residue

_TABLES = """
SELECT c."table" AS name, sum(c.rows)::bigint AS rows, array_agg(c.digest ORDER BY c.move_id) AS digests
FROM move_count c JOIN move_batch b USING (move_id) WHERE b.pivot_id = $1 GROUP BY 1 ORDER BY 1
"""
_BATCHES = """
SELECT count(*) AS batches, coalesce(sum(members), 0)::bigint AS members, coalesce(max(window_ms), 0) AS longest,
  coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY window_ms), 0) AS median, coalesce(sum(objects), 0)::bigint AS objects,
  coalesce(sum(object_bytes), 0)::bigint AS object_bytes, array_agg(objects_digest ORDER BY move_id) AS digests
FROM move_batch WHERE pivot_id = $1
"""


async def write_certificate(works: Works, pivot: Any, old: Cell, new: Cell, residue: Residue, *, now: datetime) -> str:
    """The signed text."""
    stores = works.ledger
    signer = load_signer(stores.signing_key, stores.origin)
    said = {
        "pivot": str(pivot["pivot_id"]),
        "region": old.region,
        "media": _media(works, old),
        "sanitization": _sanitization(residue),
        "verification": _verification(residue),
        "moved": await _moved(works, pivot),
        "destination": {"cell": new.name, "region": new.region, "provider": works.settings.regions[new.region].provider},
        "signed_for": {"organisation": works.settings.site.operator, "contact": works.settings.site.contact},
        "began_at": pivot["began_at"].isoformat(),
        "certified_at": now.isoformat(),
        "standard": "NIST SP 800-88 Rev. 1, Appendix G",
    }
    return signing.signed(signing.PIVOT_CERTIFICATE, said, signer)


def read_certificate(text: str, key: VerifierKey) -> dict[str, Any]:
    """What a certificate says, if it is good. Raises BadStatement."""
    return signing.read_signed(text, signing.PIVOT_CERTIFICATE, key)


def residue_of(said: Mapping[str, Any]) -> int:
    """What the certificate's scan found in the old store."""
    return int(said["verification"]["residue"])


async def _moved(works: Works, pivot: Any) -> dict[str, Any]:
    directory = works.cells.directory.database
    tables = await directory.fetch(_TABLES, pivot["pivot_id"])
    [batches] = await directory.fetch(_BATCHES, pivot["pivot_id"])
    return {
        "members": batches["members"],
        "batches": batches["batches"],
        "objects": batches["objects"],
        "object_bytes": batches["object_bytes"],
        "objects_digest": sha256(b"".join(batches["digests"] or [])).hexdigest(),
        "read_only_milliseconds": {"median": round(batches["median"]), "longest": round(batches["longest"])},
        "tables": {
            row["name"]: {"rows": row["rows"], "digest": sha256(b"".join(row["digests"])).hexdigest()} for row in tables
        },
        "digests": "SHA-256 over the batches' SHA-256 of the rows (binary COPY, in the order of their keys), read back equal",
    }


def _media(works: Works, old: Cell) -> dict[str, str]:
    return {
        "make": "PostgreSQL database, PostgreSQL key store, object store",
        "serial": f"cell {old.name}: databases {old.database.name} and {old.keys_database.name}",
        "source": works.settings.regions[old.region].provider,
        "confidentiality": "members' private data, sealed; up to restricted",
    }


def _sanitization(residue: Residue) -> dict[str, str]:
    ours = residue.databases > 0
    return {
        "description": "Clear, and Purge by cryptographic erase: every key of the cell's key store was destroyed",
        "method": "tables dropped and made anew, objects deleted, write-ahead log let go"
        if ours
        else "tables dropped and made anew, objects deleted; the server's files are the operator's to destroy",
        "tool": f"kept {__version__}",
        "after": f"empty; {residue.total} left",
    }


def _verification(residue: Residue) -> dict[str, Any]:
    return {
        "method": "full count of rows, keys, objects and files; byte search for pieces of sealed values",
        "residue": residue.total,
        "rows": residue.rows,
        "keys": residue.keys,
        "objects": residue.objects,
        "files": residue.files,
        "searched_for": residue.needles,
        "bytes_searched": residue.bytes_scanned,
        "found": residue.found,
        "databases_searched": residue.databases,
    }


