"""What the server is told. Private values never reach its log, and only the unix socket leads to it."""

from pathlib import Path

ACCESS = """\
# Written by Kept at each start. Only the unix socket, only with a password.
local all all scram-sha-256
"""

_ALWAYS = {
    "listen_addresses": "",
    "max_connections": "400",  # two pools a database and process; many regions, and idle ones cost little
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "io_method": "sync",  # no I/O worker processes: a small machine has better uses for them
    "jit": "off",
    "max_prepared_transactions": "16",  # a member who moves is held in one, whoever dies meanwhile
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "scram_iterations": "64",  # the passwords are 256 random bits: stretching would only make connecting slow
    # An ERROR repeats what it choked on ('invalid input syntax for type date: "…"', 'Key (handle)=(…) already exists'),
    # and the client gets it anyway; so the log starts at LOG, and terse leaves out details, which hold statements.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "off",
    "log_temp_files": "-1",
    "log_autovacuum_min_duration": "-1",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "log_startup_progress_interval": "1s",  # a long recovery says so; see server.py
    "track_activity_query_size": "100",
}

_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def server_config(sockets: Path, *, group: bool, durable: bool) -> str:
    """The text of postgresql.conf; `group`: whether the group of the server's user may connect, too."""
    places = {"unix_socket_directories": str(sockets), "unix_socket_permissions": "0770" if group else "0700"}
    values = _ALWAYS | places | ({} if durable else _NOT_DURABLE)
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in values.items()]
    return "# Written by Kept at each start; tune with ALTER SYSTEM.\n" + "\n".join(lines) + "\n"
