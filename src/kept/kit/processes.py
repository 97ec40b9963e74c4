"""Children that do not outlive their parent, whatever kills it; and a process that becomes somebody else."""

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG = 1, 2


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


def become(uid: int, gid: int, groups: list[int]) -> None:
    """Stop being root, for good: every thread of ours is this user from now on.

    A change of user clears the wish to end with our parent (prctl(2)), so it is made again; if the parent ended meanwhile,
    so do we.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    wish, parent = ctypes.c_int(), os.getppid()
    libc.prctl(_PR_GET_PDEATHSIG, ctypes.byref(wish), 0, 0, 0)
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if wish.value:
        libc.prctl(_PR_SET_PDEATHSIG, wish.value, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
