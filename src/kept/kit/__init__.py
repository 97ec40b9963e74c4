"""kit: what every floor uses and no floor owns: time, ids, errors, settings, database sessions.

Owns no business word: nothing here knows what a member or a video is. Never imports another floor.
Start reading at `errors.py` (how things fail) and `settings.py` (what an operator may say).
"""

from typing import TYPE_CHECKING, Any

from kept.kit.both import both
from kept.kit.clock import Clock, FixedClock, SystemClock
from kept.kit.errors import Fatal, KeptError, Kind
from kept.kit.ids import id_time, new_id
from kept.kit.settings import Settings, load_settings

if TYPE_CHECKING:
    from kept.kit.database import Database

__all__ = [
    "Clock",
    "Database",
    "Fatal",
    "FixedClock",
    "KeptError",
    "Kind",
    "Settings",
    "SystemClock",
    "both",
    "id_time",
    "load_settings",
    "new_id",
]


def __getattr__(name: str) -> Any:
    """Load SQLAlchemy and asyncpg when somebody asks for a database: supervisor and command line do without."""
    if name == "Database":
        from kept.kit.database import Database

        return Database
    raise AttributeError(name)
