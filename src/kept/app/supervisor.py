"""`kept up`: one command that runs the whole platform, and keeps it running until it is told to stop.

    supervisor (this process; small: loads no database or web library)
    ├── PostgreSQL       unless every database has a configured address
    ├── kept migrate     when the note with the data doesn't say that the schema is this program's
    ├── kept vault       unless vault.apart is false; before those that ask it
    ├── kept serve
    ├── kept work
    ├── kept demo        with --demo, once everything answers
    └── a witness        with --demo, on this same machine, as its name says
"""

import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

import msgspec

from kept.app.children import FATAL, Child
from kept.app.listening import address_of, check_transport, choose_port, problems
from kept.app.stamp import is_all_embedded, needs_embedded, schema_stamp
from kept.cli import environ_with, settings_from
from kept.kit import Fatal, KeptError, Kind, Settings
from kept.kit.settings import KEY_SECRETS
from kept.postgres import EmbeddedPostgres, FolderLock, ServerFailed, admit, server_account, write_private

_TOLD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_DEMO_POLICY = "demo-witness/policy"
_FOR_SERVING = "serve.json"
_TRIES = 3
_PATIENCE = 60.0  # seconds until we say what keeps the platform from being ready
_GRACE = 20.0  # seconds that processes get to finish what they do


class NotADemo(KeptError):
    code = "not_a_demo"
    kind = Kind.CONFLICT
    message = "{folder} holds an installation that is not a demo. Choose another folder with --data."


class NotMigrated(KeptError):
    code = "not_migrated"
    kind = Kind.BUG
    message = "The databases could not be brought to this program's schema; see above."


class NeverReady(KeptError):
    code = "never_ready"
    kind = Kind.BUG
    message = "The server or its vault ended again and again before it was ready; see above."


class PartFailed(Fatal):
    """A process stopped rather than lie, and without it there is nothing to run."""


class _Told(BaseException):
    """We were told to stop."""


class Supervisor:
    """Everything that `kept up` runs."""

    def __init__(self, settings: Settings, config: Path | None, *, demo: bool) -> None:
        self._settings = settings
        self._demo = demo
        self._folder = settings.data_folder.absolute()
        self._lock = FolderLock(self._folder / "kept.lock")
        self._postgres = EmbeddedPostgres(self._folder / "postgres") if needs_embedded(settings) else None
        self._environ = environ_with(self._folder, settings.server.port)
        self._config = ("--config", str(config.absolute())) if config else ()
        self._vault = self._child("vault") if settings.vault.apart else None
        self._serve, self._work = self._server(), self._child("work")
        self._seed, self._migrate = self._child("demo"), self._child("migrate")
        self._witness = self._demo_witness() if demo and settings.ledger.witnesses == _DEMO_POLICY else None

    @classmethod
    def for_command(cls, data: Path | None, config: Path | None, port: int | None, *, demo: bool) -> "Supervisor":
        """As it was typed.

        Raises:
            NotADemo: `demo`, but the data folder holds somebody's installation.
            BadSettings, PortTaken, PlainHttpRefused, HalfCertificate, FolderNotFit: see there.
        """
        folder = settings_from(data, config).data_folder
        admit(folder, server_account())
        if demo:
            _make_demo_folder(folder)
        settings = settings_from(data, config, port)
        check_transport(settings.server)
        return cls(settings_from(data, config, choose_port(settings.server)), config, demo=demo)

    def run(self) -> None:
        """Run the platform until we are told to stop.

        Raises:
            AlreadyRunning: another one runs on this data folder.
            PartFailed, NotMigrated, NeverReady, ServerFailed: it can't run, or can't go on.
        """
        self._lock.acquire()
        for told in _TOLD:
            signal.signal(told, self._told)
        try:
            self._begin()
            while True:
                self._tend()
                if self._seed.has_ended() and self._seed.exit_code != 0:
                    _say("The demo could not be made; see above.")
                time.sleep(0.2)
        except _Told:
            _say("Stopping …")
        finally:
            self._end()

    def _begin(self) -> None:
        if self._witness is not None:
            (self._folder / _DEMO_POLICY).unlink(missing_ok=True)
            self._witness.start()
        if self._postgres is not None:
            self._postgres.start(_say)
        if not self._is_migrated():
            self._bring_to_schema()
        self._wait_for_policy()
        if self._vault is not None:
            write_private(self._folder / _FOR_SERVING, msgspec.json.encode(self._settings.without_keys).decode())
            self._vault.start()
        self._serve.start()
        self._work.start()
        self._wait_until_ready()
        _say(f"Kept is running at {address_of(self._settings.server)}")
        _say(f"Its data is in {self._folder}. Stop it with Ctrl-C.")
        if self._demo:
            self._seed.start()

    def _wait_for_policy(self) -> None:
        """The others read at their start whom to ask to cosign."""
        deadline = time.monotonic() + _GRACE
        while self._witness is not None and not (self._folder / _DEMO_POLICY).exists():
            self._witness.tend()
            if time.monotonic() > deadline:
                raise PartFailed("the demonstration's witness did not start; see above")
            time.sleep(0.05)

    def _is_migrated(self) -> bool:
        if self._postgres is None or not is_all_embedded(self._settings):
            return False
        return self._postgres.note("schema") == schema_stamp(self._settings)

    def _bring_to_schema(self) -> None:
        self._migrate.start()
        code = self._migrate.wait()
        if code == FATAL:
            raise PartFailed("`kept migrate` had to; see above")
        if code != 0:
            raise NotMigrated

    def _wait_until_ready(self) -> None:
        begun, told = time.monotonic(), False
        while found := problems(self._settings.server):
            if not told and time.monotonic() - begun > _PATIENCE:
                _say("Not ready yet: " + "; ".join(found))
                told = True
            self._tend()
            if any(child.short_lives >= _TRIES for child in (self._vault, self._serve) if child is not None):
                raise NeverReady
            time.sleep(0.05)

    def _tend(self) -> None:
        """Start again whatever ended."""
        if self._postgres is not None and self._postgres.exit_code() is not None:
            _say("The database ended; starting it again.")
            try:
                self._postgres.start(_say)
            except ServerFailed as error:
                _say(error.public)
                time.sleep(2)
        if self._witness is not None and self._witness.tend():
            _say("The demonstration's witness ended; starting it again.")
        for child in filter(None, (self._vault, self._serve, self._work)):
            if not child.tend():
                continue
            if child.exit_code != FATAL:
                _say(f"`kept {child.command}` ended ({child.exit_code}); starting it again.")
            elif child is not self._work:
                raise PartFailed(f"`kept {child.command}` had to; see above")
            else:
                _say(f"`kept {child.command}` stopped rather than go on, and is not started again; see above.")

    def _end(self) -> None:
        """Stop the processes, then the vault that they ask, and then the database."""
        deadline = time.monotonic() + _GRACE
        first = [self._seed, self._migrate, self._serve, self._work, self._witness]
        for children in (first, [self._vault]):
            for child in filter(None, children):
                child.ask_to_end()
            for child in filter(None, children):
                child.end(deadline)
        if self._postgres is not None:
            self._postgres.stop()
        self._lock.release()

    def _demo_witness(self) -> Child:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        return Child("demo-witness", str(self._folder), self._settings.ledger.origin, port, environ=self._environ)

    def _child(self, command: str) -> Child:
        return Child(command, *self._config, environ=self._environ)

    def _server(self) -> Child:
        """`kept serve`; where the vault is apart, it is told nothing that leads to a key."""
        if not self._settings.vault.apart:
            return self._child("serve")
        environ = {name: value for name, value in self._environ.items() if name not in KEY_SECRETS}
        return Child("serve", "--config", str(self._folder / _FOR_SERVING), environ=environ)

    def _told(self, _number: int, _frame: FrameType | None) -> None:
        """Stop; told again while stopping, don't wait for anybody."""
        for told in _TOLD:
            signal.signal(told, self._hurry)
        raise _Told

    def _hurry(self, _number: int, _frame: FrameType | None) -> None:
        for child in (self._serve, self._work):
            child.kill()


def _make_demo_folder(folder: Path) -> None:
    """Settings for a demonstration, in a folder that nobody uses for anything else. Raises NotADemo."""
    mark = folder / "demo"
    if not mark.exists():
        if (folder / "postgres").exists():
            raise NotADemo(folder=folder)
        if not (folder / "kept.toml").exists():
            shutil.copyfile(Path(__file__).with_name("demo.toml"), folder / "kept.toml")
        mark.touch()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
