"""The server's data folder: made once, and looked at before every start."""

import secrets
import shutil
import signal
import subprocess

from kept.kit.processes import die_with_parent
from kept.postgres.account import Account
from kept.postgres.databases import ADMIN, password_of
from kept.postgres.errors import FolderNotFit, OtherVersion, ServerFailed
from kept.postgres.layout import Layout, write_private
from kept.postgres.locks import FolderLock
from kept.postgres.processes import ENVIRON, log_tail
from kept.postgres.programs import MAJOR, Programs


def make_cluster(layout: Layout, account: Account, programs: Programs, lock: FolderLock) -> None:
    """Run initdb beside the final place, and move the result there: a half-made folder is never taken for a database.

    initdb inherits the server's lock, so that nobody builds on the spot where a killed one of ours still writes.
    """
    new, password = layout.folder / "data.new", layout.folder / "password.new"
    shutil.rmtree(new, ignore_errors=True)
    if not layout.secret.exists():
        write_private(layout.secret, secrets.token_hex(32))
    write_private(password, password_of(ADMIN, layout.read_secret()), account=account)
    new.mkdir(mode=0o700)
    account.own(new)
    command = [programs.path("initdb"), "-D", str(new), "--encoding=UTF8", "--no-locale", "--locale-provider=builtin"]
    command += ["--builtin-locale=C.UTF-8", "--data-checksums", f"--username={ADMIN}", f"--pwfile={password}"]
    command += ["--auth-local=scram-sha-256", "--auth-host=reject", "--no-instructions"]
    with layout.log.open("ab") as log:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            check=False,
            cwd="/",
            env=ENVIRON,
            umask=0o077,
            process_group=0,
            pass_fds=lock.descriptors,
            preexec_fn=die_with_parent(signal.SIGKILL),
            **account.popen,
        )
    password.unlink()
    if done.returncode != 0:
        raise ServerFailed(what="be made", log=layout.log, tail=log_tail(layout.log))
    new.rename(layout.data)


def check_cluster(layout: Layout) -> None:
    """Refuse a data folder that this server can't open.

    Raises:
        OtherVersion: another major version of PostgreSQL made it.
        FolderNotFit: it is no database, or the secret that belongs to it is gone.
    """
    try:
        found = (layout.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise FolderNotFit(folder=layout.data, why="it is not a PostgreSQL data folder.", remedy="") from None
    if found != MAJOR:
        raise OtherVersion(folder=layout.folder, found=found, ours=MAJOR)
    if not layout.secret.exists():
        why, remedy = "its file 'secret' is missing.", "Put it back from a backup."
        raise FolderNotFit(folder=layout.folder, why=why, remedy=remedy)
