"""subjects: whose each row is, and erasing or counting all that is a person's: in any annotated schema, and in our stores.

Everything is derived from the annotations, so a table that is added tomorrow is found without a line here. Owns the typed
outcomes, the steps of an erasure, the scan for what is left, and the signed receipt. Never decides that somebody is to be
erased (`rights` does), never deletes what is held, never calls complete what could not be asked.
Start reading at `deriving.py` (whose), then `rows.py` (any schema), `erasing.py` (our stores), `residue.py`.
"""

from kept.subjects.deriving import Held, OwnedTable, owned_tables, rule_of
from kept.subjects.erasing import (
    NotErasedYet,
    held_of,
    hide,
    leave_directory,
    parcels_on_their_way,
    remove_objects,
    remove_rows,
    require_quiet,
    scrub,
    shred,
    tables_of_members,
)
from kept.subjects.farewells import end_farewell, forget_everywhere, say_farewell
from kept.subjects.models import Farewell
from kept.subjects.places import Place
from kept.subjects.reading import Others, Row, bound_to, rows_of
from kept.subjects.receipt import is_complete, read_receipt, summed, write_receipt
from kept.subjects.residue import Residue, needles_of, scan_for
from kept.subjects.rows import CannotAnonymise, Outcome, What, count_rows, erase_rows, forget_name, objects_of

__all__ = [
    "CannotAnonymise",
    "Farewell",
    "Held",
    "NotErasedYet",
    "Others",
    "Outcome",
    "OwnedTable",
    "Place",
    "Residue",
    "Row",
    "What",
    "bound_to",
    "count_rows",
    "end_farewell",
    "erase_rows",
    "forget_everywhere",
    "forget_name",
    "held_of",
    "hide",
    "is_complete",
    "leave_directory",
    "needles_of",
    "objects_of",
    "owned_tables",
    "parcels_on_their_way",
    "read_receipt",
    "remove_objects",
    "remove_rows",
    "require_quiet",
    "rows_of",
    "rule_of",
    "say_farewell",
    "scan_for",
    "scrub",
    "shred",
    "summed",
    "tables_of_members",
    "write_receipt",
]
