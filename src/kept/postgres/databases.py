"""Databases on the embedded server, each with a login role of its own that can't enter the others and is no superuser.

Statements go through `psql`, so that a supervisor needs no database library in memory.
"""

import hashlib
import hmac
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

from kept.postgres.errors import StatementFailed
from kept.postgres.programs import Programs

ADMIN = "kept_admin"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")


class Databases:
    """The administrator's view of a running server."""

    def __init__(self, programs: Programs, sockets: Path, secret: bytes) -> None:
        self._programs = programs
        self._sockets = sockets
        self._secret = secret

    def address(self, database: str, role: str) -> str:
        """How to reach a database as a role: `postgresql://role:password@/database?host=/socket/folder`."""
        return address_at(self._sockets, database, role, password_of(role, self._secret))

    def ensure(self, name: str) -> None:
        """Make a database and its role of the same name, unless they are there."""
        self.run(_ENSURE.format(name=checked(name), password=password_of(name, self._secret), reader=READER))

    def clone(self, name: str, template: str) -> None:
        """Make a database as a copy of `template`, to which nobody may be connected, owned by the template's role."""
        self.run(_CLONE.format(name=checked(name), template=checked(template)))

    def drop(self, name: str) -> None:
        """Remove a database and whoever is connected to it."""
        self.run(f'DROP DATABASE IF EXISTS "{checked(name)}" WITH (FORCE);')

    def run(self, statements: str, database: str = "postgres") -> str:
        """Execute SQL as the administrator, each statement by itself; returns what it printed.

        Raises:
            StatementFailed: with the server's own words.
        """
        command = [self._programs.path("psql"), "-XwqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        environ = {
            "PATH": os.environ.get("PATH", ""),
            "PGHOST": str(self._sockets),
            "PGDATABASE": database,
            "PGUSER": ADMIN,
            "PGPASSWORD": password_of(ADMIN, self._secret),
        }
        done = subprocess.run(command, input=statements, env=environ, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StatementFailed(why=done.stderr.strip())
        return done.stdout


def password_of(role: str, secret: bytes) -> str:
    """The password of a role: 256 bits that only who holds the secret can know."""
    return hmac.new(secret, role.encode(), hashlib.sha256).hexdigest()


def address_at(sockets: Path, database: str, role: str, password: str) -> str:
    """How libpq is told of a database."""
    return f"postgresql://{role}:{password}@/{checked(database)}?host={quote(str(sockets), safe='')}"


def checked(name: str) -> str:
    """`name`, if it can stand between double quotes and in an address."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name for a database: {name!r}")
    return name


READER = "kept_staff_reader"
"""Owns nothing and logs in nowhere: it is given what staff read, for as long as one reading."""

_ENSURE = """
SELECT 'CREATE ROLE "{name}" LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec
ALTER ROLE "{name}" PASSWORD '{password}';
SELECT 'CREATE ROLE {reader} NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{reader}') \\gexec
GRANT {reader} TO "{name}";
SELECT 'CREATE DATABASE "{name}" OWNER "{name}"'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec
REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;
"""

_CLONE = """
CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{template}";
REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;
"""
