"""The `kept` command: what it costs, what it prints, and how it fails."""

import time
import tomllib
from itertools import pairwise

import msgspec
import pytest
import structlog
from typer.testing import CliRunner

from kept.app import logs
from kept.app.main import _cause, app
from kept.cli.catalog import NoSuchTable
from kept.kit import Fatal, KeptError
from kept.kit.settings import Section, Settings
from tests.app.conftest import kept


def test_help_is_quick_and_lists_every_noun():
    begun = time.monotonic()
    shown = kept("--help")
    assert time.monotonic() - begun < 1  # 0.2 s on an idle machine
    for noun in ("up", "serve", "work", "migrate", "catalog", "config"):
        assert f"\n  {noun} " in shown.stdout


def test_every_setting_is_documented_and_the_output_is_a_settings_file(tmp_path):
    shown = kept("config", "show", "--data", tmp_path).stdout
    file = tmp_path / "shown.toml"
    file.write_text(shown)
    assert tomllib.loads(kept("config", "show", "--data", tmp_path, "--config", file).stdout) == tomllib.loads(shown)
    missing = [name for name in _settings(Settings) if f"\n{name} = " not in shown]
    assert missing == []
    lines = shown.split("\n")
    undocumented = [line for before, line in pairwise(lines) if " = " in line and not before.startswith("# ")]
    assert undocumented == []


def test_where_a_setting_comes_from_is_shown(tmp_path):
    (tmp_path / "kept.toml").write_text('[site]\nname = "ours"\n')
    shown = kept("config", "show", "--data", tmp_path, KEPT_SERVER_PORT="9000").stdout
    assert 'name = "ours"  # kept.toml; default "kept"' in shown
    assert "port = 9000  # environment, KEPT_SERVER_PORT; default 8080" in shown
    assert "# --data" in shown


def test_a_password_in_an_address_is_not_shown(tmp_path):
    shown = kept("config", "show", "--data", tmp_path, KEPT_DATABASE_LEDGER="postgresql://me:hunter2@db/x").stdout
    assert "hunter2" not in shown
    assert "postgresql://me:…@db/x" in shown


def test_an_expected_error_is_one_sentence_and_an_exit_code(tmp_path):
    failed = kept("serve", "--data", tmp_path)
    assert failed.returncode == 75  # trying again later can help: the database doesn't run
    assert failed.stderr.startswith("kept: The database in")
    assert "Traceback" not in failed.stderr


def test_the_catalogue_is_whole():
    checked = CliRunner().invoke(app, ["catalog", "check"], catch_exceptions=False)
    assert "all declared" in checked.stdout


def test_the_data_map_shows_a_table_and_refuses_one_that_is_not_there():
    assert "member_id" in CliRunner().invoke(app, ["catalog", "show", "resident"]).stdout
    assert isinstance(CliRunner().invoke(app, ["catalog", "show", "nothing"]).exception, NoSuchTable)


def test_of_errors_that_came_together_the_fatal_one_counts():
    together = BaseExceptionGroup("both", [KeptError(), ExceptionGroup("inner", [Fatal("forked")])])
    assert isinstance(_cause(together), Fatal)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_log_line_holds_neither_the_text_nor_the_values_of_an_error(capsys, monkeypatch, terminal):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    logs.configure_logging()
    try:
        _fail("canary-5b1d")
    except ValueError:
        structlog.get_logger().exception("it.failed")
    finally:
        structlog.reset_defaults()
    said = capsys.readouterr().err
    assert "canary-5b1d" not in said
    assert "ValueError" in said
    assert "_fail" in said


def test_an_error_that_is_the_cause_of_its_own_cause_is_described_once():
    """As frameworks raise them: `raise group.exceptions[0] from group`."""
    one = KeyError("canary-5b1d")
    group = ExceptionGroup("several", [one, ValueError("canary-5b1d")])
    one.__cause__ = group
    told = logs.describe(one)
    assert told.count("KeyError") == 1
    assert "ValueError" in told
    assert "canary" not in told


def _fail(secret: str) -> None:
    raise ValueError(f"can't use {secret}")


def _settings(section: type[Section]) -> list[str]:
    names = []
    for field in msgspec.structs.fields(section):
        inner = isinstance(field.type, type) and issubclass(field.type, Section)
        names += _settings(field.type) if inner else [] if field.name == "regions" else [field.name]
    return names
