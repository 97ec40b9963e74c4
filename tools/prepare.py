"""Make `.venv` with what is pinned in the requirements. Called by `./kept` when that has changed; needs only Python itself.

    python3 tools/prepare.py run|test STAMP

The stamp is written last, so whatever interrupts this is made good by the next call.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
VENV = HOME / ".venv"
PYTHON = VENV / "bin" / "python"
FILES = {"run": "requirements.txt", "test": "requirements-dev.txt"}


def main(purpose: str, stamp: str) -> None:
    """Bring `.venv` up to date; several callers at once wait for the first."""
    VENV.mkdir(exist_ok=True)
    lock = os.open(VENV, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    mark = VENV / f"ready-{purpose}"
    if mark.exists() and mark.read_text() == stamp:
        return
    if not _works():
        _make_venv()
    _say(f"Installing {FILES[purpose]} (once) …")
    # Everything is pinned, so nothing is left to resolve, and nothing is built from source.
    how = ("-qq", "--disable-pip-version-check", "--no-input", "--only-binary=:all:", "--no-deps")
    _run(PYTHON, "-m", "pip", "install", *how, "--requirement", HOME / FILES[purpose])
    for packages in VENV.glob("lib/python3.*/site-packages"):
        (packages / "kept-here.pth").write_text(f"{HOME / 'src'}\n")
    # Each process of ours begins by reading all of it; what is compiled once is not compiled at every start.
    _run(PYTHON, "-m", "compileall", "-q", "-j", "0", HOME / "src")
    for done in ("run", "test") if purpose == "test" else ("run",):
        (VENV / f"ready-{done}").write_text(stamp)


def _works() -> bool:
    """Whether there is a Python with pip already; a folder that was moved or half made has none that runs."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _install_venv_module()
    _say("Making .venv …")
    _run(sys.executable, "-m", "venv", "--clear", VENV)


def _install_venv_module() -> None:
    """Debian ships Python without its venv module."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"kept: this Python can't make virtual environments. Install its venv module ({package}), and try again.")
    _say(f"Installing {package} …")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", "-o", "Dpkg::Use-Pty=0", package)


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        sys.exit(f"kept: `{' '.join(map(str, command))}` failed ({done.returncode}); see above.")


def _say(text: str) -> None:
    print(f"kept: {text}", file=sys.stderr, flush=True)


main(sys.argv[1], sys.argv[2])
