"""Children that do not outlive their parent, whatever kills it."""

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For `subprocess.Popen(preexec_fn=...)`: the kernel will send the child `how` when its parent ends.

    prctl(2): a change of user or group clears the wish, and Popen changes both before it calls this; the signal comes
    when the *thread* that started the child ends, so children are started from the main thread.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it ended before we asked, so nobody would tell us
            os._exit(1)

    return ask
