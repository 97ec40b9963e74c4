"""catalog: the schema is the law. What every stored field is, where it is defined, and the refusal to start without it.

Owns the annotations (`record`, `shelf`, `system`, `field`, …), the bases that tables derive from, the check that runs at
start-up and the intake of requests. Everything about personal data is derived from here: export, erasure, retention,
masking, residency, the data map, the privacy notice. Holds no data of anybody.
Start reading at `law.py` (the vocabulary), then `tables.py` (how a table is annotated), then `check.py` (what is refused).
"""

from kept.catalog.category import Category
from kept.catalog.check import BadCatalog, check, problems
from kept.catalog.fields import field, owner_field
from kept.catalog.intake import ForbiddenValue, Intake, UnknownField, accept, decode, feeds, not_stored, scan_text
from kept.catalog.law import BASES, Basis, Crossing, Erasure, Keep, Law, Level, Nature, Purpose, may_object
from kept.catalog.map import FieldEntry, TableEntry, data_map
from kept.catalog.tables import CellRow, DirectoryRow, KeyRow, LedgerRow, case, index, record, shelf, system

__all__ = [
    "BASES",
    "BadCatalog",
    "Basis",
    "Category",
    "CellRow",
    "Crossing",
    "DirectoryRow",
    "Erasure",
    "FieldEntry",
    "ForbiddenValue",
    "Intake",
    "Keep",
    "KeyRow",
    "Law",
    "LedgerRow",
    "Level",
    "Nature",
    "Purpose",
    "TableEntry",
    "UnknownField",
    "accept",
    "case",
    "check",
    "data_map",
    "decode",
    "feeds",
    "field",
    "index",
    "may_object",
    "not_stored",
    "owner_field",
    "problems",
    "record",
    "scan_text",
    "shelf",
    "system",
]
