"""The server's life when nothing goes wrong, and what it refuses."""

import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kept.postgres import AlreadyRunning, EmbeddedPostgres, FolderNotFit, NotRunning, OtherVersion, ServerFailed
from kept.postgres.layout import Layout
from tests.postgres.conftest import processes_of, run


def test_a_filled_folder_starts_within_a_second_and_has_its_rows(server):
    address = server.ensure_database("kept_us")
    run(address, "CREATE TABLE clip AS SELECT n, repeat('x', 500) AS text FROM generate_series(1, 20000) n")
    server.stop()
    begun = time.monotonic()
    server.start()
    assert time.monotonic() - begun < 1
    assert run(server.address("kept_us"), "SELECT count(*) FROM clip") == [(20000,)]


def test_a_stopped_server_leaves_no_process(server):
    assert processes_of(server.folder)
    server.stop()
    assert processes_of(server.folder) == []
    assert not server.is_running()
    server.stop()  # quiet the second time


def test_starting_a_started_server_changes_nothing(postgres):
    before = processes_of(postgres.folder)
    postgres.start()
    assert set(before) <= set(processes_of(postgres.folder))


def test_a_second_instance_is_refused_and_the_first_goes_on(postgres, hold):
    with pytest.raises(AlreadyRunning, match="already running"):
        EmbeddedPostgres(postgres.folder).start()
    other = hold(postgres.folder)
    assert other.first.startswith("already_running")
    assert other.wait(10) == 3
    assert run(postgres.ensure_database("kept_us"), "SELECT 1") == [(1,)]


def test_another_process_finds_the_address(postgres):
    address = postgres.ensure_database("kept_us")
    ask = "import sys; from pathlib import Path; from kept.postgres import EmbeddedPostgres as E;"
    ask += "print(E(Path(sys.argv[1])).address('kept_us'))"
    found = subprocess.run([sys.executable, "-c", ask, postgres.folder], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == address


def test_a_server_that_does_not_run_has_no_address(server, reachable_folder):
    server.stop()
    for folder in (server.folder, reachable_folder / "never-made"):
        with pytest.raises(NotRunning, match="kept up"):
            EmbeddedPostgres(folder).address("kept_us")


def test_only_we_can_read_the_secret_and_only_the_server_its_data(postgres):
    layout = Layout(postgres.folder)
    assert stat.S_IMODE(layout.secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(layout.log.stat().st_mode) == 0o600
    assert not layout.folder.stat().st_mode & stat.S_IRWXO
    assert layout.secret.stat().st_uid == os.geteuid()


def test_a_long_path_gets_a_short_private_socket_folder(reachable_folder):
    server = EmbeddedPostgres(reachable_folder / ("long" * 20) / ("path" * 20))
    server.start()
    try:
        assert run(server.ensure_database("kept_us"), "SELECT 1") == [(1,)]
        sockets = Layout(server.folder).socket_folder()
        assert sockets is not None
        assert not sockets.is_relative_to(server.folder)
        mode = 0o700 if sockets.stat().st_uid == os.geteuid() else 0o710  # the group of the server's own user passes
        assert stat.S_IMODE(sockets.stat().st_mode) == mode
    finally:
        server.stop()
        sockets.rmdir()


def test_a_socket_folder_of_somebody_else_is_refused(reachable_folder, tmp_path):
    server = EmbeddedPostgres(reachable_folder / "postgres")
    (reachable_folder / "postgres").mkdir(mode=0o711)
    (reachable_folder / "postgres" / "socket").symlink_to(tmp_path)
    with pytest.raises(FolderNotFit, match="somebody else"):
        server.start()
    assert not server.is_running()


def test_the_data_of_another_version_is_left_alone(server):
    server.stop()
    (Layout(server.folder).data / "PG_VERSION").write_text("16\n")
    with pytest.raises(OtherVersion, match="made by PostgreSQL 16"):
        server.start()


def test_a_lost_secret_is_named(server):
    server.stop()
    Layout(server.folder).secret.unlink()
    with pytest.raises(FolderNotFit, match="'secret' is missing"):
        server.start()


def test_a_server_that_can_t_start_says_why_and_leaves_no_process(server):
    server.stop()
    (Layout(server.folder).data / "global" / "pg_control").unlink()
    with pytest.raises(ServerFailed, match="pg_control"):
        server.start()
    assert processes_of(server.folder) == []


def test_a_thread_that_could_end_may_not_start_a_server(reachable_folder):
    refused: list[BaseException] = []

    def attempt() -> None:
        try:
            EmbeddedPostgres(reachable_folder / "postgres").start()
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert refused


def test_no_private_value_reaches_the_log(postgres):
    address, canary = postgres.ensure_database("kept_us"), "canary-7f3a"
    run(address, "CREATE TABLE handle (name text PRIMARY KEY, born date)")
    run(address, f"INSERT INTO handle VALUES ('{canary}', now())")  # noqa: S608
    refused = (
        f"INSERT INTO handle VALUES ('{canary}', now())",  # noqa: S608  its detail would name the key
        f"INSERT INTO handle VALUES ('x', '{canary}')",  # noqa: S608  its message repeats the value
        f"SELECT '{canary}'::int",
        f"SELEKT '{canary}'",
        f"SELECT pg_terminate_backend(pg_backend_pid()), '{canary}'",
    )
    for statement in refused:
        with pytest.raises(Exception, match=r"duplicate|invalid|syntax|terminating"):
            run(address, statement)
    assert canary not in _log(postgres)


def test_a_crash_in_a_statement_keeps_the_statement_out_of_the_log(server):
    """The server logs 'Failed process was running: …' as a detail when one of its processes dies."""
    address, canary = server.ensure_database("kept_us"), "canary-91bc"
    connect = "import psycopg, sys; psycopg.connect(sys.argv[1]).execute(sys.argv[2])"
    client = subprocess.Popen(
        [sys.executable, "-c", connect, address, f"SELECT '{canary}', pg_sleep(60)"], stderr=subprocess.DEVNULL
    )
    try:
        find = f"SELECT pid FROM pg_stat_activity WHERE query LIKE '%{canary}%' AND pid <> pg_backend_pid()"  # noqa: S608
        while not (found := run(server.admin_address(), find)):
            time.sleep(0.02)
        os.kill(int(str(found[0][0])), 9)
        client.wait(20)
    finally:
        client.kill()
        client.wait()
    log = _log(server)
    assert "was terminated by signal 9" in log
    assert canary not in log


def _log(server: EmbeddedPostgres) -> str:
    return Path(server.folder, "server.log").read_text()
