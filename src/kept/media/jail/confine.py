"""The order in which a child gives everything up. Fails closed: without limits and without the ban on new privileges, no job.

What can be had differs: a process of root's leaves root's rights for a user of its own; an ordinary one makes a user
namespace where it may. Landlock and the system-call filter need no right at all, only a kernel that has them. The names of
what was applied go back to the parent; `trial.py` tries whether they hold.
"""

import os
import resource
import signal
from contextlib import suppress

from . import kernel, landlock, seccomp
from .job import Job

_LIBRARIES = ("/lib", "/lib64", "/lib32", "/usr/lib", "/usr/lib64", "/usr/local/lib")
_LOADER_FILES = ("/etc/ld.so.cache", "/etc/ld.so.preload")


class NotConfined(Exception):
    """A confinement that no job may do without could not be had."""


def confine(job: Job, work: int | None, program: int | None) -> list[str]:
    """Give up everything but descriptors that are open, the folder `work` and the executable `program`.

    Returns the names of what now holds.

    Raises:
        NotConfined: limits, the parent's death signal, the user or the ban on new privileges could not be set.
    """
    try:
        held = ["network-namespace"] if _leave_network() else []
        rules = _rules(work, program) if landlock.version() else None
        _limit(job, own_namespace=job.user is None and bool(held))
        _become(job.user)
        kernel.drop_capabilities()
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        _die_with(job.parent)
        held += ["limits", "no-new-privileges", "dies-with-parent"] + (["own-user"] if job.user else [])
        if rules is not None:
            rules.enforce()
            held.append("landlock")
    except OSError as error:
        raise NotConfined(str(error)) from error
    with suppress(OSError):
        held += ["system-call-filter"] if seccomp.enforce() else []
    return held


def _leave_network() -> bool:
    """A network namespace without any interface; for an ordinary user inside a user namespace, where these are allowed."""
    spaces = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
    if os.geteuid() != 0:
        spaces |= kernel.CLONE_NEWUSER
    try:
        kernel.unshare(spaces)
    except OSError:
        return False
    return True


def _rules(work: int | None, program: int | None) -> landlock.Rules:
    rules = landlock.Rules()
    if program is not None:
        rules.allow(program, landlock.EXECUTE | landlock.READ)
        for folder in _LIBRARIES:
            rules.allow_path(folder, landlock.EXECUTE | landlock.READ | landlock.READ_FOLDER)
        for file in _LOADER_FILES:
            rules.allow_path(file, landlock.READ)
        rules.allow_path("/dev/null", landlock.READ | landlock.WRITE)
        rules.allow_path("/dev/urandom", landlock.READ)
    if work is not None:
        make = landlock.MAKE_FILE | landlock.REMOVE_FILE | landlock.TRUNCATE
        rules.allow(work, landlock.READ | landlock.WRITE | landlock.READ_FOLDER | make)
    return rules


def _limit(job: Job, *, own_namespace: bool) -> None:
    """Resource limits, hard ones; and be the first to go when memory runs out."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    os.nice(job.niceness)
    threads = job.threads
    if job.user is None and not own_namespace:
        threads += _tasks_of(os.getuid())  # the limit counts everything that this user runs
    limits = {
        resource.RLIMIT_CPU: job.cpu_seconds,  # hard, for ffmpeg takes the softer limit's signal as a wish to end well
        resource.RLIMIT_AS: job.memory_bytes,
        resource.RLIMIT_FSIZE: job.file_bytes,
        resource.RLIMIT_NOFILE: job.open_files,
        resource.RLIMIT_NPROC: threads,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, most in limits.items():
        _set(kind, most)
    for name in (signal.SIGXFSZ, signal.SIGPIPE):  # Python ignores these, and a program would inherit that
        signal.signal(name, signal.SIG_DFL)


def _set(kind: int, most: int) -> None:
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        most = min(most, ceiling)
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OverflowError) as error:
        raise NotConfined(str(error)) from error


def _tasks_of(user: int) -> int:
    """Threads that `user` runs already."""
    count = 0
    for name in os.listdir("/proc"):
        with suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
    return count


def _become(user: int | None) -> None:
    if user is None:
        return
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _die_with(parent: int) -> None:
    """Be killed when the parent ends; set after the user changed, because that clears it (prctl(2))."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise NotConfined("the parent is gone")
