"""The few system calls that Python has no function for, through ctypes. Each raises OSError as `os` would."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG, PR_GET_PDEATHSIG = 1, 2
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 38, 39

CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWNET = 0x04000000, 0x08000000, 0x10000000, 0x40000000

_CAPABILITY_VERSION_3 = 0x20080522


def call(number: int, *arguments: object) -> int:
    """System call `number`; returns its result."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments))


def prctl(option: int, *values: object) -> int:
    """prctl(2). Missing values are zero, as several options demand."""
    zeros = [ctypes.c_ulong(0)] * (4 - len(values))
    return _checked(_libc.prctl(ctypes.c_int(option), *values, *zeros))


def death_signal() -> int:
    """The signal that this process gets when its parent ends; 0 for none."""
    signal = ctypes.c_int(0)
    prctl(PR_GET_PDEATHSIG, ctypes.byref(signal))
    return signal.value


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name, for new ones."""
    _checked(_libc.unshare(ctypes.c_int(flags)))


def drop_capabilities() -> None:
    """Give up every capability (capset(2), version 3: a header and two times effective, permitted, inheritable)."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())))


def capabilities() -> int:
    """Permitted and effective capabilities of this process, as one number; 0 for none."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    _checked(_libc.capget(ctypes.byref(header), ctypes.byref(data)))
    return data[0] | data[1] | data[3] | data[4]


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
