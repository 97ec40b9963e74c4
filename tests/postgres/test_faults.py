"""`kill -9` of the server, of whoever started it, of both, and of initdb: nothing lost, nothing left, started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
import pytest

from kept.kit.processes import die_with_parent
from kept.postgres import EmbeddedPostgres
from kept.postgres.layout import Layout
from tests.postgres.conftest import HOLDING, postmaster_of, processes_of, run, until


def test_what_was_committed_survives_the_killing_of_the_server(server):
    run(server.ensure_database("kept_us"), "CREATE TABLE clip AS SELECT generate_series(1, 1000) AS n")
    os.kill(postmaster_of(server.folder), signal.SIGKILL)
    until(lambda: server.exit_code() is not None)
    assert server.exit_code() == -signal.SIGKILL
    server.start()
    assert run(server.address("kept_us"), "SELECT count(*) FROM clip") == [(1000,)]


def test_a_server_ends_when_whoever_started_it_is_killed(hold, reachable_folder):
    folder = reachable_folder / "postgres"
    holder = hold(folder)
    assert holder.first.startswith("ready")
    holder.kill()
    until(lambda: not processes_of(folder))
    assert not EmbeddedPostgres(folder).is_running()
    assert "database system is shut down" in Layout(folder).log.read_text()


def test_the_next_one_starts_at_once_after_its_predecessor_was_killed(hold, reachable_folder):
    folder = reachable_folder / "postgres"
    hold(folder).kill()
    assert hold(folder).first.startswith("ready")  # without waiting for the old server to have ended


@pytest.mark.parametrize("first", ["server", "starter"])
def test_nothing_is_left_when_both_are_killed(hold, reachable_folder, first):
    folder = reachable_folder / "postgres"
    holder = hold(folder)
    run(holder.first.removeprefix("ready "), "CREATE TABLE clip AS SELECT 1 AS n")
    victims = [postmaster_of(folder), holder.pid]
    for pid in victims if first == "server" else reversed(victims):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not processes_of(folder))
    again = hold(folder)
    assert run(again.first.removeprefix("ready "), "SELECT n FROM clip") == [(1,)]


def test_an_orphan_in_a_long_statement_does_not_hold_up_the_next_start(server):
    """After the end of the postmaster a child notices between statements only."""
    address = server.ensure_database("kept_us")
    count = "import psycopg, sys; psycopg.connect(sys.argv[1]).execute('SELECT count(*) FROM generate_series(1, 1e11)')"
    client = subprocess.Popen([sys.executable, "-c", count, address], stderr=subprocess.DEVNULL)
    try:
        busy = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT count%'"
        until(lambda: bool(run(server.admin_address(), busy)))
        os.kill(postmaster_of(server.folder), signal.SIGKILL)
        until(lambda: server.exit_code() is not None)
        assert processes_of(server.folder), "the orphan should still be counting"
        server.start()
        assert run(server.address("kept_us"), f"{busy} AND pid <> pg_backend_pid()") == []
    finally:
        client.kill()
        client.wait()


def test_a_stale_note_with_the_number_of_a_living_process_is_no_obstacle(server):
    """After a restart of a container the number in postmaster.pid may be anybody's."""
    server.ensure_database("kept_us")
    note = Layout(server.folder).data / "postmaster.pid"
    lines = note.read_text().splitlines()
    os.kill(postmaster_of(server.folder), signal.SIGKILL)
    until(lambda: server.exit_code() is not None)
    other = subprocess.Popen(["sleep", "60"], **_as_the_server(server))
    try:
        note.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        server.start()
        assert other.poll() is None, "a stranger was signalled"
    finally:
        other.kill()
        other.wait()


def test_a_killed_initdb_leaves_nothing_that_is_taken_for_a_database(reachable_folder, hold):
    folder = reachable_folder / "postgres"
    for delay in (0.05, 0.2, 0.35):
        process = subprocess.Popen([sys.executable, str(HOLDING), str(folder)], stdout=subprocess.DEVNULL)
        until((folder / "secret").exists)
        time.sleep(delay)
        process.kill()
        process.wait()
    assert hold(folder).first.startswith("ready")


def test_a_crash_of_one_connection_is_healed_by_the_server_itself(server):
    address = server.ensure_database("kept_us")
    with psycopg.connect(address) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    until(lambda: _answers(address))
    assert server.exit_code() is None


def test_a_server_that_is_told_to_stop_while_it_recovers_stops(server):
    """PostgreSQL 18 itself hangs here: see `end_server`."""
    address = server.ensure_database("kept_us")
    for _ in range(3):
        server.start()
        with psycopg.connect(address) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 10
        assert processes_of(server.folder) == []
    server.start()
    assert _answers(address)


def test_a_child_that_asks_to_die_with_its_parent_does():
    start = "import subprocess, signal, sys; from kept.kit.processes import die_with_parent as d;"
    start += "p = subprocess.Popen(['sleep', '60'], preexec_fn=d(signal.SIGTERM)); print(p.pid, flush=True); p.wait()"
    parent = subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until(lambda: not _lives(child))


def test_a_child_whose_parent_is_gone_before_it_asks_ends_by_itself():
    ask: Callable[[], None] = die_with_parent(signal.SIGTERM)
    middle = os.fork()
    if middle == 0:
        child = os.fork()
        if child == 0:
            ask()  # its parent is `middle`, not the process that prepared the wish
            os._exit(0)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    assert os.waitstatus_to_exitcode(os.waitpid(middle, 0)[1]) == 1


def _as_the_server(server: EmbeddedPostgres) -> dict[str, int]:
    owner = Layout(server.folder).data.stat()
    return {} if owner.st_uid == os.geteuid() else {"user": owner.st_uid, "group": owner.st_gid}


def _answers(address: str) -> bool:
    try:
        return run(address, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
