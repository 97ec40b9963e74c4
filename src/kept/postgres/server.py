"""The embedded server's life: made, started, watched, stopped, and started again after whatever ended it."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from kept.postgres.account import Account, admit, server_account
from kept.postgres.cluster import check_cluster, make_cluster
from kept.postgres.config import ACCESS, server_config
from kept.postgres.databases import ADMIN, Databases, address_at, checked, password_of
from kept.postgres.errors import NoSuchDatabase, NotRunning, ServerFailed
from kept.postgres.layout import Layout, write_private
from kept.postgres.locks import FolderLock
from kept.postgres.processes import end_server, log_tail, server_state, spawn
from kept.postgres.programs import Programs, programs_for

_SILENCE = 60.0  # seconds without a sign of life, after which a server that isn't ready counts as stuck


def _say_nothing(_: str) -> None:
    """For callers who don't want to hear of it."""


class EmbeddedPostgres:
    """A PostgreSQL server of our own, in a folder of its own.

    The process that starts it owns it: the server shuts down when that process ends, however it ends. Others ask for the
    addresses of the databases whose logins they may read.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """`durable=False` trades the safety of the data for speed: for tests only."""
        self.folder = folder
        self._layout = Layout(folder)
        self._durable = durable
        self._owner_lock = FolderLock(self._layout.owner_lock)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, report: Callable[[str], None] = _say_nothing) -> None:
        """Start the server and wait until it answers; makes the data folder the first time. Also after a crash of it.

        A crash recovery takes as long as it takes: we wait while the server lives and shows progress, and `report` says
        so. Only on the main thread, for the server would end with any other (see kit.processes).

        Raises:
            AlreadyRunning: another process runs a server in this folder.
            FolderNotFit, NoServerUser, NoPrograms, OtherVersion, ServerFailed: see there.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the server would end with this thread")
        if self._process is not None and self._process.poll() is None:
            return
        account = server_account()
        admit(self._layout.folder, account)
        self._owner_lock.acquire()
        try:
            self._process = self._launched(account, report)
            self._wait_until_ready(self._process, report)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server: transactions are rolled back, all is written, no process stays. Quiet if not running."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGINT)
            end_server(self._layout, server_account().uid)
            process.wait()
        self._owner_lock.release()

    def exit_code(self) -> int | None:
        """None while the server that we started runs; else how it ended, as subprocess tells it."""
        return 0 if self._process is None else self._process.poll()

    def is_running(self) -> bool:
        """Whether a server runs in this folder, whoever started it."""
        return FolderLock(self._layout.server_lock).is_held()

    def address(self, database: str) -> str:
        """How to reach a database, as its own role; for any process that may read the note of that one password.

        Raises:
            NotRunning: there is no server in this folder now.
            NoSuchDatabase: it was not made yet.
        """
        sockets, password = self._sockets(), self._layout.read_login(checked(database))
        if password is None:
            raise NoSuchDatabase(name=database)
        return address_at(sockets, database, database, password)

    def is_at(self, address: str) -> bool:
        """Whether an address leads to this server."""
        sockets = self._layout.socket_folder()
        return sockets is not None and parse_qs(urlsplit(address).query).get("host") == [str(sockets)]

    def admin_address(self, database: str = "postgres") -> str:
        """How to reach a database as the superuser. Raises NotRunning."""
        return self._databases().address(database, ADMIN)

    def ensure_database(self, name: str) -> str:
        """Make a database and its login role, unless they are there; returns its address. Raises NotRunning."""
        databases = self._databases()
        databases.ensure(name)
        self._layout.note_login(name, password_of(name, self._layout.read_secret()))
        return databases.address(name, name)

    def clone_database(self, name: str, template: str) -> str:
        """Make a database as a copy of another one; returns its address, as the template's role. Raises NotRunning."""
        databases = self._databases()
        databases.clone(name, template)
        return databases.address(name, template)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever uses it. Raises NotRunning."""
        self._databases().drop(name)
        (self._layout.logins / name).unlink(missing_ok=True)

    @property
    def programs(self) -> Programs:
        """PostgreSQL's programs, as we ourselves run them."""
        ourselves = Account(str(os.geteuid()), os.geteuid(), os.getegid(), other=False)
        return programs_for(ourselves, self._layout.programs)

    def folder_of(self, database: str) -> Path:
        """Where the files of a database are. Raises NotRunning, StatementFailed."""
        found = f"SELECT oid FROM pg_database WHERE datname = '{checked(database)}'"  # noqa: S608  checked
        oid = self._databases().run(found).strip()
        return self._layout.data / "base" / oid

    def scrub(self, database: str) -> int:
        """Let go of what was deleted from a database: statistics, and all of the write-ahead log up to now.

        The log's files are removed instead of used again, and those that wait to be used are gone through first. Returns
        how many files of the log are older than the last checkpoint: none, unless something holds on to them.
        Raises NotRunning, StatementFailed.
        """
        databases = self._databases()
        databases.run(_FORGET_STATISTICS, checked(database))
        return int(databases.run(_LET_LOG_GO).strip().rpartition("\n")[2])

    def note(self, name: str) -> str:
        """A line that was noted with the data, and lives and dies with it; empty if there is none."""
        try:
            return self._note(name).read_text()
        except FileNotFoundError:
            return ""

    def set_note(self, name: str, text: str) -> None:
        """Note a line with the data."""
        write_private(self._note(name), text)

    def _note(self, name: str) -> Path:
        return self._layout.data / f"kept-{name}"

    def _sockets(self) -> Path:
        sockets = self._layout.socket_folder()
        if sockets is None or not self.is_running():
            raise NotRunning(folder=self.folder)
        return sockets

    def _databases(self) -> Databases:
        sockets = self._sockets()
        ourselves = Account(str(os.geteuid()), os.geteuid(), os.getegid(), other=False)
        return Databases(programs_for(ourselves, self._layout.programs), sockets, self._layout.read_secret())

    def _launched(self, account: Account, report: Callable[[str], None]) -> subprocess.Popen[bytes]:
        layout = self._layout
        programs = programs_for(account, layout.programs)
        end_server(layout, account.uid)
        layout.turn_log_over()
        lock = FolderLock(layout.server_lock)
        lock.acquire()
        try:
            if not layout.data.exists():
                report("Making the database …")
                make_cluster(layout, account, programs, lock)
            check_cluster(layout)
            sockets = layout.place_socket(account)
            write_private(layout.config, server_config(sockets, group=account.other, durable=self._durable), account=account)
            write_private(layout.access, ACCESS, account=account)
            return spawn(layout, account, programs, lock)
        finally:
            lock.release()  # from here on the server holds it, and we don't

    def _wait_until_ready(self, process: subprocess.Popen[bytes], report: Callable[[str], None]) -> None:
        log = self._layout.log
        begun = heard = time.monotonic()
        size, told = -1, False
        while server_state(self._layout, process.pid) != "ready":
            now = time.monotonic()
            if process.poll() is not None:
                raise ServerFailed(what="start", log=log, tail=log_tail(log))
            if log.stat().st_size != size:  # once a second it says how far a recovery is
                size, heard = log.stat().st_size, now
            if now - heard > _SILENCE:
                raise ServerFailed(what="get ready", log=log, tail=log_tail(log))
            if not told and now - begun > 2 and "interrupted" in log_tail(log):
                report("The database was not shut down properly and is recovering; this can take a while …")
                told = True
            time.sleep(0.01)


_FORGET_STATISTICS = """
VACUUM FULL pg_statistic;
"""
_LET_LOG_GO = r"""
ALTER SYSTEM SET wal_recycle = off;
SELECT pg_reload_conf() \gset
SELECT pg_sleep(0.1) \gset
SELECT 'SELECT pg_logical_emit_message(false, ''kept'', ''scrub'') AS said, pg_switch_wal() AS switched'
  FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND name >= pg_walfile_name(pg_current_wal_lsn()) \gexec
CHECKPOINT;
CHECKPOINT;
ALTER SYSTEM RESET wal_recycle;
SELECT pg_reload_conf() \gset
SELECT count(*) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'
  AND name < (SELECT pg_walfile_name(redo_lsn) FROM pg_control_checkpoint());
"""
