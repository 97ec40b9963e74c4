"""How outcomes name the places where data is: a table, the keys, the files, the directory, and what others keep in a cell.

A receipt is signed over these names, so they stay as they are; `Place.read` tells what one means.
"""

from dataclasses import dataclass

KEYS, FILES, DIRECTORY = "keys", "files", "directory"
SPECIAL = (KEYS, FILES, DIRECTORY)

_WHOLE_CELL = "what others keep"
_OF_OTHERS = " of others"


@dataclass(frozen=True, slots=True)
class Place:
    """A place. `table` is one of `SPECIAL`, a table, or empty for all tables of a cell; `cell` is there for others' rows."""

    table: str
    cell: str = ""

    @property
    def of_others(self) -> bool:
        """Whether the rows are others' and only name the one who is erased."""
        return bool(self.cell)

    def __str__(self) -> str:
        if not self.cell:
            return self.table
        return f"{self.cell}: {self.table + _OF_OTHERS if self.table else _WHOLE_CELL}"

    @classmethod
    def read(cls, written: str) -> "Place":
        """The place of that name."""
        cell, apart, rest = written.rpartition(": ")
        if not apart:
            return cls(written)
        return cls("" if rest == _WHOLE_CELL else rest.removesuffix(_OF_OTHERS), cell)
