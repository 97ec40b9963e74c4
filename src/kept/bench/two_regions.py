"""Two regions that run apart, for as long as a benchmark takes: a database server, and `kept up` twice."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from kept.bench.running import CHEAP, Platform, free_port, wait_until_ready
from kept.cells import region_key
from kept.kit import load_settings
from kept.ledger import load_signer
from kept.postgres import EmbeddedPostgres
from kept.vault import Beacon

NAMES = ("us", "eu")
ORIGIN = "bench.example/log"


@dataclass
class TwoRegions:
    """Their folders, ports, and databases by region and kind (`data`, `keys`, `jobs`)."""

    folder: Path
    server: EmbeddedPostgres
    ports: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, dict[str, str]] = field(default_factory=dict)
    running: dict[str, Platform] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make databases, keys and configurations."""
        shared = {name: self.server.ensure_database(f"bench_{name}") for name in ("directory", "ledger")}
        for name in NAMES:
            (self.folder / name / "keys").mkdir(parents=True, mode=0o700)
            self.ports[name] = free_port()
            self.addresses[name] = {
                kind: self.server.ensure_database(f"bench_{name}_{kind}") for kind in ("data", "keys", "jobs")
            }
        first = self.folder / NAMES[0] / "keys"
        Beacon(first / "beacon.key")
        load_signer(first / "ledger.key", ORIGIN)
        for key in ("beacon.key", "ledger.key"):
            shutil.copy2(first / key, self.folder / NAMES[1] / "keys" / key)
        for name in NAMES:
            (self.folder / name / "kept.toml").write_text(self._config(name, shared))

    def _config(self, name: str, shared: dict[str, str]) -> str:
        text = (
            f'serve = ["{name}"]\n[database]\ndirectory = "{shared["directory"]}"\nledger = "{shared["ledger"]}"\n'
            f'jobs = "{self.addresses[name]["jobs"]}"\n[ledger]\norigin = "{ORIGIN}"\nobjects = "{self.folder / "log"}"\n'
        )
        for other, residents in (("us", '["*"]'), ("eu", '["DE"]')):
            text += f"[regions.{other}]\nresidents = {residents}\n"
            if other == name:
                stores = self.addresses[other]
                text += f'database = "{stores["data"]}"\nkeys_database = "{stores["keys"]}"\n'
            else:
                settings = msgspec.structs.replace(load_settings(environ={}), data=str(self.folder / other))
                key = region_key(settings, other).vkey.text
                text += f'origin = "http://127.0.0.1:{self.ports[other]}"\ngateway_key = "{key}"\n'
        return text

    def start(self, name: str) -> None:
        """Run one region."""
        folder, port = self.folder / name, self.ports[name]
        command = [sys.executable, "-m", "kept.app.main", "up", "--data", str(folder), "--port", str(port)]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, env={**os.environ, **CHEAP}, stdout=log, stderr=log)
        self.running[name] = Platform(port, process, folder)

    def stop(self) -> None:
        """End both, then the database server."""
        for one in self.running.values():
            one.process.send_signal(signal.SIGTERM)
        for one in self.running.values():
            one.process.wait(60)
        self.server.stop()


def _folder() -> Path:
    """A folder that the database server's own user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    folder.chmod(0o711)
    return folder


@asynccontextmanager
async def two_regions() -> AsyncIterator[TwoRegions]:
    """Both, running. Raises NotRunning."""
    folder = _folder()
    made = TwoRegions(folder, EmbeddedPostgres(folder / "postgres"))
    made.server.start()  # ends with the thread that started it
    try:
        await asyncio.to_thread(made.prepare)
        for name in NAMES:
            made.start(name)
            await asyncio.to_thread(wait_until_ready, made.running[name])
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)
