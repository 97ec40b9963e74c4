"""As whom the server runs, and that no folder is opened to others for its sake."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import kept
from kept.postgres import EmbeddedPostgres, FolderNotFit
from kept.postgres.account import NAME
from kept.postgres.layout import Layout
from tests.postgres.conftest import HOLDING, run

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


@as_root
def test_root_s_server_runs_as_a_user_of_its_own(postgres):
    assert Layout(postgres.folder).data.stat().st_uid == pwd.getpwnam(NAME).pw_uid


@as_root
def test_a_folder_below_a_closed_home_is_refused_and_the_home_stays_closed(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with pytest.raises(FolderNotFit, match=r"closed to the user kept-postgres.*--data") as refused:
        EmbeddedPostgres(home / "data" / "postgres").start()
    assert not (home / "data").exists()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert str(tmp_path).startswith(str(refused.value.details["why"]).split(" is closed", 1)[0])


@as_root
def test_a_closed_folder_of_our_own_opens_to_the_server_alone(reachable_folder):
    folder = reachable_folder / "postgres"
    folder.mkdir(mode=0o700)
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    found = folder.stat()
    assert stat.S_IMODE(found.st_mode) == 0o710
    assert found.st_gid == pwd.getpwnam(NAME).pw_gid
    assert found.st_uid == 0


@as_root
def test_a_folder_that_is_open_to_another_group_is_not_taken_from_it(reachable_folder):
    folder = reachable_folder / "postgres"
    folder.mkdir()
    folder.chmod(0o750)
    with pytest.raises(FolderNotFit):
        EmbeddedPostgres(folder).start()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750


@as_root
def test_programs_out_of_the_server_s_reach_are_copied_beside_the_data(reachable_folder, tmp_path, hold, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    wheel = Path(kept.postgres.programs._wheel_folder())
    for name in (wheel.name, f"{wheel.name}.libs"):
        shutil.copytree(wheel.parent / name, closed / name, symlinks=True)
    monkeypatch.setenv("PYTHONPATH", str(closed))
    folder = reachable_folder / "postgres"
    assert hold(folder).first.startswith("ready")
    copies = sorted(path.name for path in (folder / "programs").iterdir())
    assert len(copies) == 1
    assert not copies[0].endswith(".new")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_an_ordinary_user_s_server_runs_as_that_user(reachable_folder):
    python = "/usr/bin/python3.11"
    if not Path(python).exists():
        pytest.skip("no Python here that another user can run")
    folder = reachable_folder / "mine"
    folder.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    packages = Path(kept.postgres.programs._wheel_folder()).parent
    source = Path(kept.__file__).parents[1]
    process = subprocess.Popen(
        [python, "-B", str(HOLDING), str(folder / "postgres")],
        env={"PYTHONPATH": f"{source}:{packages}"},
        stdout=subprocess.PIPE,
        text=True,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("ready")
        assert (folder / "postgres" / "data").stat().st_uid == nobody.pw_uid
        assert run(first.removeprefix("ready ").strip(), "SELECT 1") == [(1,)]
    finally:
        process.terminate()
        process.communicate(timeout=30)


@as_root
def test_many_who_start_at_once_agree_on_the_user_that_one_of_them_makes():
    names = [f"kept-test-{os.getpid()}-{number}" for number in range(2)]
    ask = "import sys; from kept.postgres.account import system_account; print(system_account(sys.argv[1]).uid)"
    try:
        asked = [
            (name, subprocess.Popen([sys.executable, "-P", "-c", ask, name], stdout=subprocess.PIPE, text=True))
            for name in names
            for _ in range(4)
        ]
        answers = [(name, int(process.communicate(timeout=60)[0])) for name, process in asked]
        assert all(uid == pwd.getpwnam(name).pw_uid for name, uid in answers)
    finally:
        for name in names:
            subprocess.run([shutil.which("userdel", path="/usr/sbin:/sbin") or "userdel", name], check=False)
