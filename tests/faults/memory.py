"""What a process has in memory, as the kernel shows it (proc_pid_mem(5))."""

import os
from collections.abc import Mapping
from pathlib import Path

_PIECE = 16 * 1024 * 1024


def found_in(pid: int, needles: Mapping[str, bytes]) -> set[str]:
    """The names of what is somewhere in a process's memory."""
    found: set[str] = set()
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        for start, end in _readable(pid):
            found |= _within(memory, start, end, needles)
    finally:
        os.close(memory)
    return found


def _readable(pid: int) -> list[tuple[int, int]]:
    """The mappings that can be read and that a program can put something into."""
    found = []
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        place, rights, *rest = line.split(maxsplit=5)
        name = rest[-1] if len(rest) == 4 else ""
        if rights.startswith("rw") and name not in ("[vvar]", "[vsyscall]"):
            start, end = (int(number, 16) for number in place.split("-"))
            found.append((start, end))
    return found


def _within(memory: int, start: int, end: int, needles: Mapping[str, bytes]) -> set[str]:
    overlap = max(map(len, needles.values()))
    found: set[str] = set()
    for at in range(start, end, _PIECE):
        try:
            content = os.pread(memory, min(_PIECE + overlap, end - at), at)
        except OSError:  # unmapped meanwhile
            continue
        found |= {name for name, needle in needles.items() if needle in content}
    return found
