"""Processes and their children, as /proc tells: found by parent, never by name over the whole machine."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process; `started` tells it from a later one with the same number."""

    pid: int
    started: int

    @property
    def is_alive(self) -> bool:
        """Whether it runs; a zombie that nobody has reaped does not."""
        told = _stat(self.pid)
        return told is not None and told.started == self.started and told.state not in "ZX"

    @property
    def line(self) -> list[str]:
        """What it was started with."""
        try:
            return Path(f"/proc/{self.pid}/cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            return []


@dataclass(frozen=True)
class _Stat:
    state: str
    parent: int
    started: int


def children(parent: int) -> list[Process]:
    """The living children of a process."""
    return [Process(pid, told.started) for pid, told in _all().items() if told.parent == parent]


def family(head: int) -> list[Process]:
    """A process and all that descend from it."""
    everybody = _all()
    found, waiting = [], [head]
    while waiting:
        pid = waiting.pop()
        if pid in everybody:
            found.append(Process(pid, everybody[pid].started))
            waiting += [other for other, told in everybody.items() if told.parent == pid]
    return found


def private_memory(processes: list[Process]) -> float:
    """Proportional set size of all, in MiB: a page that several share counts once (proc(5), smaps_rollup)."""
    total = 0
    for process in processes:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def _all() -> dict[int, _Stat]:
    found = {int(name): _stat(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    return {pid: told for pid, told in found.items() if told is not None}


def _stat(pid: int) -> _Stat | None:
    """proc_pid_stat(5): the name may hold spaces and brackets, so fields are counted from its last bracket."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return _Stat(fields[0], int(fields[1]), int(fields[19]))
