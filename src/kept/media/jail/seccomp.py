"""A system-call filter (seccomp mode 2): no sockets, no new processes, no look into others, no kernel side doors.

A list of what is refused, not of what is allowed: codecs and C libraries differ too much for the latter, and what they may
reach is Landlock's and the user's business. Needs no privilege. Known machines: x86-64 and arm64.
"""

import ctypes
import errno
import os

from . import kernel

_FILTER_MODE = 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF operations on a 32-bit word
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # offsets in struct seccomp_data
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000  # the x32 table on x86-64 doubles every call under another number

# fmt: off
# Names, then their numbers: x86-64, arm64 (-1: does not exist there).
_REFUSED = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "accept": (43, 202), "accept4": (288, 242),
    "bind": (49, 200), "listen": (50, 201),
    "fork": (57, -1), "vfork": (58, -1),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "pidfd_open": (434, 434),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsmount": (432, 432),
    "mount_setattr": (442, 442), "open_by_handle_at": (304, 265), "mknod": (133, -1), "mknodat": (259, 33),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "fanotify_init": (300, 262),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "setuid": (105, 146), "setgid": (106, 144), "setresuid": (117, 147), "setresgid": (119, 149), "setgroups": (116, 159),
    "setsid": (112, 157), "setpgid": (109, 154), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "adjtimex": (159, 171), "syslog": (103, 116), "acct": (163, 89), "quotactl": (179, 60),
}
# fmt: on
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH_*


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(_Instruction)))


def enforce() -> bool:
    """Install the filter, for ever, for this process and every program it becomes. False on an unknown machine.

    The process must have given up new privileges (PR_SET_NO_NEW_PRIVS) before.

    Raises:
        OSError: the kernel has no seccomp filters, or refuses this one.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return False
    steps = _steps(*machine)
    program = _Program(len(steps), (_Instruction * len(steps))(*[_Instruction(*step) for step in steps]))
    kernel.prctl(kernel.PR_SET_SECCOMP, ctypes.c_ulong(_FILTER_MODE), ctypes.byref(program))
    return True


def _steps(column: int, architecture: int) -> list[tuple[int, int, int, int]]:
    """The program: (operation, jump if true, jump if false, value); jumps count the instructions to skip."""
    refuse = (_RETURN, 0, 0, _REFUSE | errno.EPERM)
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 1, 0, architecture),
        refuse,
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32),
        refuse,
    ]
    for numbers in _REFUSED.values():
        if numbers[column] >= 0:
            steps += [(_EQUAL, 0, 1, numbers[column]), refuse]
    # Threads are needed, processes are not. clone3 hides its flags from filters: libc falls back to clone when it is missing.
    steps += [(_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _REFUSE | errno.ENOSYS)]
    steps += [
        (_EQUAL, 0, 3, _CLONE[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_ANY_BIT, 1, 0, _CLONE_THREAD),
        refuse,
        (_RETURN, 0, 0, _ALLOW),
    ]
    return steps
