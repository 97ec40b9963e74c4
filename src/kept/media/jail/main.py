"""The life of a child: get ready, wait for one job, confine itself, do it, end.

Started with one argument: the folder to import PyAV from, or nothing. Descriptor 0 is the socket to the parent.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from . import kernel
from .confine import NotConfined, confine
from .job import PROBE, RUN, TRIAL, Job
from .trial import refused

_LOG = "log"


def main() -> None:
    """Serve one job; ends the process."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    control = socket.socket(fileno=os.dup(0))
    look = _look_with(sys.argv[1]) if sys.argv[1] else None
    message, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 2)
    if not message:
        os._exit(0)  # the parent needs this child no more
    job = Job(*json.loads(message))
    for descriptor in (*descriptors, control.fileno()):
        os.set_inheritable(descriptor, False)  # none that comes from outside outlives the start of a program
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)  # takes the place that was free
    try:
        if job.verb == RUN:
            _run(job, control, *descriptors)
        held = confine(job, descriptors[0] if job.verb == TRIAL else None, None)
    except (NotConfined, OSError) as error:
        _say(control, {"refused": str(error)})
        os._exit(1)
    if job.verb == PROBE and look is not None:
        _say(control, look(descriptors[0], job.most_packets))
    else:
        _say(control, {"held": held + refused(job.arguments[0])})
    os._exit(0)


def _say(control: socket.socket, answer: dict[str, Any]) -> None:
    control.send(json.dumps(answer).encode())


def _look_with(folder: str) -> Callable[[int, int], dict[str, Any]]:
    """PyAV takes a tenth of a second to import, and only the children that probe need it."""
    sys.path.append(folder)
    from .look import look

    return look


def _run(job: Job, control: socket.socket, source: int, work: int) -> NoReturn:
    """Become the program: input on descriptor 0, messages into a file of the work folder, no other descriptor."""
    program = os.open(job.program, os.O_PATH | os.O_CLOEXEC)
    held = confine(job, work, program)
    os.fchdir(work)
    log = os.open(_LOG, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    for descriptor, place in ((source, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, place)
    _say(control, {"held": held})
    # What is left beside 0, 1 and 2 closes as the program starts. By descriptor: its folder need not be open to this user.
    os.execve(program, [os.path.basename(job.program), *job.arguments], dict(os.environ))  # noqa: S606  a shell is the last thing wanted here
