"""What lies where in the folder of an embedded server.

    <folder>            ours; where the server runs as another user, that user may pass through it and no more
    ├── data/           PostgreSQL's own, nobody else's
    ├── socket/         the unix socket, unless its path would be too long; where the server runs as another user, that
    │                   user's group may use it: whoever is in it still needs a password
    ├── programs/       a copy of the programs, if the installed ones are out of the server's reach
    ├── secret          256 random bits (0600), from which every password is derived
    ├── logins/         one password a database, so that who needs one of them need not read the secret
    ├── owner.lock      held by the process that started the server
    ├── server.lock     held by the server and each of its children, until the last of them has ended
    └── server.log
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from kept.postgres.account import Account
from kept.postgres.errors import FolderNotFit

_LONGEST_SOCKET_PATH = 107  # sun_path of unix(7), less its final zero
_SOCKET = ".s.PGSQL.5432"
_LONGEST_LOG = 4 * 1024 * 1024


class Layout:
    """Paths in the folder of an embedded server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.programs = self.folder / "programs"
        self.secret = self.folder / "secret"
        self.logins = self.folder / "logins"
        self.owner_lock = self.folder / "owner.lock"
        self.server_lock = self.folder / "server.lock"
        self.log = self.folder / "server.log"
        self.config = self.folder / "postgresql.conf"
        self.access = self.folder / "pg_hba.conf"
        self._socket_note = self.folder / "socket-folder"
        digest = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]
        self.mark = f"kept-{digest}"
        """Stands in the command line of the server and its children, and so tells them from those of other folders."""

    def place_socket(self, account: Account) -> Path:
        """Choose and make the folder of the socket, and note it for others; for the server's user, and its group to pass.

        Raises:
            FolderNotFit: the short folder that a long path makes necessary belongs to somebody else.
        """
        sockets = self.folder / "socket"
        if not self._fits(sockets):
            sockets = self._short_folder()
        sockets.mkdir(mode=0o700, exist_ok=True)
        found = sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), account.uid):
            why = f"its socket would be in {sockets}, which is somebody else's."
            raise FolderNotFit(folder=self.folder, why=why, remedy="")
        account.own(sockets)
        sockets.chmod(0o710 if account.other else 0o700)
        write_private(self._socket_note, str(sockets))
        return sockets

    def socket_folder(self) -> Path | None:
        """Where the server was last told to put its socket; None if it was never started."""
        try:
            return Path(self._socket_note.read_text())
        except FileNotFoundError:
            return None

    def forget_server(self) -> None:
        """Remove the notes of a server of which no process is left.

        PostgreSQL would believe them as long as anybody has the number of its process: another process of the same user,
        after a restart of a container, or its own remains, where nobody reaps orphans.
        """
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        sockets = self.socket_folder()
        if sockets is not None:
            (sockets / _SOCKET).unlink(missing_ok=True)
            (sockets / f"{_SOCKET}.lock").unlink(missing_ok=True)

    def read_secret(self) -> bytes:
        """What every password is derived from."""
        return bytes.fromhex(self.secret.read_text())

    def note_login(self, database: str, password: str) -> None:
        """Keep the password of a database's role, for those who may read it."""
        self.logins.mkdir(mode=0o700, exist_ok=True)
        write_private(self.logins / database, password)

    def read_login(self, database: str) -> str | None:
        """The password of a database's role; None if there is no such database."""
        try:
            return (self.logins / database).read_text()
        except FileNotFoundError:
            return None

    def turn_log_over(self) -> None:
        """Have a log that only we may read; keep the one before it when it has grown long."""
        if self.log.exists() and self.log.stat().st_size > _LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        os.close(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def _fits(self, sockets: Path) -> bool:
        return len(os.fsencode(sockets / _SOCKET)) <= _LONGEST_SOCKET_PATH

    def _short_folder(self) -> Path:
        bases = ["/run"] if os.geteuid() == 0 else [os.environ.get("XDG_RUNTIME_DIR", "")]
        for base in (*bases, tempfile.gettempdir(), "/tmp"):  # noqa: S108  checked below for whose it is
            if base and os.access(base, os.W_OK) and self._fits(Path(base, self.mark)):
                return Path(base, self.mark)
        raise FolderNotFit(folder=self.folder, why="its path is too long for a socket.", remedy="Choose a shorter one.")


def write_private(path: Path, text: str, *, account: Account | None = None) -> None:
    """Replace a file by one that only we (and, if given, the account's group) may read: whole or not at all."""
    new = path.with_name(f"{path.name}.new.{os.getpid()}")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        if account is not None and account.other:
            os.fchown(file.fileno(), -1, account.gid)
            os.fchmod(file.fileno(), 0o640)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
