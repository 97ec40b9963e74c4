"""anonymous: what may be given out because it is nobody's: rows that are made up, and counts that tell of no single person.

Owns how a schema becomes made-up rows (`making.py`, `values.py`), and which counts are safe to show (`suppressing.py`,
`dimensions.py`, `counting.py`). Making never reads a row: it knows the annotated schema and nothing else, opens no store, and
works where there is none. Counting reads counts and never a row, and gives no group of fewer than k people, nor a way to
work one out. A floor of its own, because both have to stay apart from whatever can open or read a member's data.
Start reading at `making.py`, then `suppressing.py`.
"""

from kept.anonymous.counting import Counts, count
from kept.anonymous.dimensions import BadDimension, Dimension, dimension_of, one_table
from kept.anonymous.making import NoSuchTable, made_rows
from kept.anonymous.suppressing import SMALLEST, suppressed
from kept.anonymous.writing import as_csv, as_json

__all__ = [
    "SMALLEST",
    "BadDimension",
    "Counts",
    "Dimension",
    "NoSuchTable",
    "as_csv",
    "as_json",
    "count",
    "dimension_of",
    "made_rows",
    "one_table",
    "suppressed",
]
