"""The one message from the parent to a child: what to do, and within which limits. Travels as JSON with descriptors."""

from typing import NamedTuple

RUN = "run"
PROBE = "probe"
TRIAL = "trial"


class Job(NamedTuple):
    """One job for one child. The input file and the work folder come as descriptors beside it."""

    verb: str
    """RUN a program, PROBE a file with PyAV, or TRIAL: try what must be refused."""
    parent: int
    """Process id that must still be the parent: the child ends when it isn't."""
    user: int | None
    """User and group id to become; None where the parent has no right to change it."""
    cpu_seconds: int
    memory_bytes: int
    """Address space."""
    file_bytes: int
    """Largest file that may be written."""
    open_files: int
    threads: int
    niceness: int
    program: str = ""
    """RUN: the only program that may be executed."""
    arguments: tuple[str, ...] = ()
    """RUN: its arguments, without its name. TRIAL: a file that must not be readable."""
    most_packets: int = 0
    """PROBE: where to stop counting."""
