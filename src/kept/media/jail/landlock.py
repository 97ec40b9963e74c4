"""Landlock (kernel 5.13 and newer): which paths this process and its children may reach. Needs no privilege.

Everything that is not named is refused, by whichever user: reading, writing, executing, making and removing. Where the
kernel is new enough, TCP (6.7) and signals and abstract sockets (6.12) are refused, too. Source: the kernel's
`userspace-api/landlock`. Descriptors that are open already keep working.
"""

import ctypes
import os

from . import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_VERSION = 1

EXECUTE, WRITE, READ, READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_FILE, TRUNCATE = 1 << 5, 1 << 8, 1 << 14

# Rights of the first version, then those that each later version added.
_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_ALL_TCP, _ALL_SCOPES = 0b11, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The kernel's Landlock version; 0 where it has none."""
    try:
        return kernel.call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    except OSError:
        return 0


class Rules:
    """The paths that stay open. Fill it while paths can still be opened; then `enforce`."""

    def __init__(self) -> None:
        known = version()
        self._handled = sum(rights for since, rights in _RIGHTS.items() if since <= known)
        scopes = _ALL_SCOPES if known >= 6 else 0
        ruleset = _Ruleset(self._handled, _ALL_TCP if known >= 4 else 0, scopes)
        size = 8 if known < 4 else 16 if known < 6 else 24
        self._number = kernel.call(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0))

    def allow(self, descriptor: int, rights: int) -> None:
        """Keep `rights` on the file or folder (and all below it) behind `descriptor`."""
        rule = _PathBeneath(rights & self._handled, descriptor)
        kernel.call(_ADD_RULE, self._number, _RULE_PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint32(0))

    def allow_path(self, path: str, rights: int) -> None:
        """Keep `rights` on `path`, if it exists."""
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            self.allow(descriptor, rights)
        finally:
            os.close(descriptor)

    def enforce(self) -> None:
        """From here on, for this process and every program that it becomes. There is no way back."""
        kernel.call(_RESTRICT_SELF, self._number, ctypes.c_uint32(0))
        os.close(self._number)
