"""Who a child becomes: a user that no account has, where this process may choose one."""

import os
import random
from pathlib import Path

_USERS = range(62_000, 65_500)
_CHOWN, _SETGID, _SETUID = 0, 6, 7  # capabilities(7)


def stranger() -> int | None:
    """A user and group id for one child, so that no child can touch another's files; None where that is not ours to choose."""
    return random.choice(_USERS) if _may_choose() else None  # noqa: S311  to keep children apart, not a secret


def _may_choose() -> bool:
    if os.geteuid() != 0:
        return False
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    mine = int(status["CapEff"], 16)
    return all(mine >> one & 1 for one in (_CHOWN, _SETGID, _SETUID)) and all(map(_mapped, ("uid_map", "gid_map")))


def _mapped(table: str) -> bool:
    """Whether all our ids exist here: in a container of an ordinary user's, most don't."""
    for line in Path("/proc/self", table).read_text().splitlines():
        first, _, count = map(int, line.split())
        if first <= _USERS.start and _USERS.stop <= first + count:
            return True
    return False
