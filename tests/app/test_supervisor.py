"""`kept up`: it comes up, stays up whatever dies, and leaves nothing behind."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time

from kept.app.listening import problems
from kept.kit.settings import Server
from tests.app.conftest import KEPT, Up, answers, clean_environ, kept, until
from tests.fixtures.platform import free_port


def test_it_makes_everything_the_first_time_and_stops_in_good_order_at_control_c(first_run):
    assert "Making the database" in first_run.text
    assert "Stopping" in first_run.text
    assert first_run.process.returncode == 0
    assert first_run.processes() == []


def test_a_filled_folder_answers_within_six_seconds_and_the_supervisor_is_small(start_up):
    took = []
    for _ in range(3):
        up = start_up()
        assert answers(up.wait_until_ready()) == 200
        took.append(min(time.monotonic() - up.begun, _cpu(up)))
        assert "Making the database" not in up.text
        assert _memory(up.process.pid) < 40
        assert up.stop() == 0
        if took[-1] < 6:
            break
    assert min(took) < 6


def test_whatever_is_killed_is_started_again_and_a_second_supervisor_is_refused(start_up):
    up = start_up()
    address = up.wait_until_ready()
    second = kept("up", "--port", "0", "--data", up.folder)
    assert second.returncode == 73
    assert "already running" in second.stderr
    for victim in ("vault", "serve", "work", "postgres"):
        before = up.child(victim)
        assert os.getpgid(before) == before, "a signal to our group must not reach it"
        os.kill(before, signal.SIGKILL)
        until(lambda: up.child(victim) not in (0, before), up=up)  # noqa: B023  called before the loop goes on
        until(lambda: answers(address) == 200, up=up)
    assert up.stop() == 0


def test_nothing_is_left_when_the_supervisor_is_killed_and_the_next_one_starts(start_up):
    up = start_up()
    up.wait_until_ready()
    up.process.kill()
    up.process.wait()
    next_one = start_up()
    assert answers(next_one.wait_until_ready()) == 200
    assert not set(up.processes()) - set(next_one.processes())
    next_one.stop()
    until(lambda: not up.processes())


def test_a_taken_port_is_named(reachable_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = kept("up", "--port", str(port), "--data", reachable_folder / "data")
    assert refused.returncode == 73
    assert f"port {port}" in refused.stderr


def test_told_to_stop_while_it_starts_it_stops(reachable_folder):
    up = Up(reachable_folder / "data")
    until(lambda: "Making the database" in up.text, up=up)
    assert up.stop() == 0
    until(lambda: not up.processes())
    up.close()


def test_a_demo_refuses_a_folder_that_is_no_demo(reachable_folder):
    folder = reachable_folder / "data"
    (folder / "postgres").mkdir(parents=True)
    refused = kept("up", "--demo", "--port", "0", "--data", folder)
    assert refused.returncode == 73
    assert "not a demo" in refused.stderr
    assert not (folder / "kept.toml").exists()


def test_a_wrong_setting_is_named_before_anything_starts(reachable_folder):
    folder = reachable_folder / "data"
    refused = kept("up", "--data", folder, KEPT_SERVER_PROT="1")
    assert refused.returncode == 65
    assert "KEPT_SERVER_PROT" in refused.stderr
    assert not folder.exists()


def test_a_server_that_never_comes_up_ends_the_start(filled_folder):
    shutil.rmtree(filled_folder / "ledger")
    (filled_folder / "ledger").write_text("a file where a folder should be")
    failed = kept("up", "--port", "0", "--data", filled_folder)
    assert failed.returncode == 1
    assert "again and again" in failed.stderr


def test_a_server_that_stops_rather_than_lie_ends_the_start_with_its_code(filled_folder):
    shutil.rmtree(filled_folder / "keys")
    (filled_folder / "keys").write_text("a file where the keys should be")
    failed = kept("up", "--port", "0", "--data", filled_folder)
    assert failed.returncode == 70
    assert re.search("`kept (vault|serve)` had to; see above", failed.stderr)


def test_a_vault_that_stops_rather_than_lie_ends_the_start_with_its_code(filled_folder):
    for root in (filled_folder / "keys").glob("*/root-*.key"):
        root.unlink()
    failed = kept("up", "--port", "0", "--data", filled_folder)
    assert failed.returncode == 70
    assert "root key 1 of region us is not in the key folder" in failed.stderr
    assert "`kept vault` had to; see above" in failed.stderr


def test_a_link_in_place_of_a_folder_of_roots_ends_the_start(filled_folder):
    (filled_folder / "keys" / "us").rename(filled_folder / "closed")
    (filled_folder / "keys" / "us").symlink_to(filled_folder / "closed")
    failed = kept("up", "--port", "0", "--data", filled_folder)
    assert failed.returncode == 70
    assert "keys/us is not a plain folder" in failed.stderr


def test_a_vault_that_never_comes_up_ends_the_start(filled_folder):
    refused = kept("up", "--port", "0", "--data", filled_folder, KEPT_VAULT_SOCKET=str(filled_folder / "nowhere" / "vault"))
    assert refused.returncode == 1
    assert "vault.socket: " in refused.stderr
    assert "its vault ended again and again" in refused.stderr


def test_without_a_vault_the_server_is_not_ready_and_finds_no_other_way(start_up):
    up = start_up(KEPT_VAULT_APART="false")
    up.wait_until_ready()
    assert up.child("vault") == 0
    alone = subprocess.Popen(
        [*KEPT, "serve", "--data", str(up.folder), "--port", (port := str(free_port()))],
        env=clean_environ(KEPT_VAULT_APART="true"),
    )
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}", "/healthz") == 200)
        assert problems(Server(port=int(port))) == [f"keys of {cell}: they can't be got at" for cell in ("us", "eu")]
    finally:
        alone.terminate()
        alone.wait(30)


def test_a_server_that_would_endanger_people_stops_the_start(reachable_folder):
    refused = kept("up", "--port", "0", "--data", reachable_folder / "data", KEPT_SERVER_HOST="0.0.0.0")  # noqa: S104
    assert refused.returncode == 65
    assert "Plain HTTP" in refused.stderr


def _cpu(up: Up) -> float:
    """Seconds of processor time that its processes took: no less than they need on a machine that does nothing else."""
    ticks = 0
    for pid in (up.process.pid, up.child("serve"), up.child("work")):
        with open(f"/proc/{pid}/stat") as file:
            ticks += sum(int(field) for field in file.read().rpartition(")")[2].split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Resident memory, MiB."""
    with open(f"/proc/{pid}/status") as file:
        line = next(line for line in file if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
