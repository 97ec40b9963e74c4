"""What an operator may say, and what is refused."""

from pathlib import Path

import msgspec
import pytest

from kept.kit import load_settings
from kept.kit.settings import BadSettings, Region, Vault


def test_defaults_run_two_regions() -> None:
    settings = load_settings(environ={})
    assert list(settings.regions) == ["us", "eu"]
    assert "DE" in settings.regions["eu"].residents


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kept.toml"
    file.write_text("[server]\nport = 1\nhost = '::1'\n")
    settings = load_settings(file, {"KEPT_SERVER_PORT": "2", "UNRELATED": "3"})
    assert (settings.server.port, settings.server.host) == (2, "::1")


def test_what_is_written_as_json_is_read_again_and_holds_nothing_that_leads_to_keys(tmp_path: Path) -> None:
    regions = {"eu": Region(residents=["*"], database="postgresql:///data", keys_database="postgresql:///secret")}
    vault = Vault(apart=True, users=["kim"], socket="/run/vault", pkcs11_pin_file="/run/secret")
    settings = msgspec.structs.replace(load_settings(environ={}), regions=regions, vault=vault)
    file = tmp_path / "serve.json"
    file.write_bytes(msgspec.json.encode(settings.without_keys))
    read = load_settings(file, {})
    assert b"secret" not in file.read_bytes()
    assert read.vault == Vault(apart=True, users=["kim"], socket="/run/vault")
    assert read.regions["eu"].database == "postgresql:///data"
    assert msgspec.structs.replace(read, regions=regions, vault=vault) == settings
    file.write_text("{not json")
    with pytest.raises(BadSettings):
        load_settings(file, {})


def test_lists_are_comma_separated_in_the_environment() -> None:
    settings = load_settings(environ={"KEPT_AVAILABILITY_REFUSED_COUNTRIES": "CN,KP"})
    assert settings.availability.refused_countries == ["CN", "KP"]


@pytest.mark.parametrize(
    "environ",
    [
        {"KEPT_AVAILABILITY_REFUSED_COUNTRY": "CN"},
        {"KEPT_NOSUCH_THING": "1"},
        {"KEPT_SERVER_PORT": "many"},
        {"KEPT_REGIONS_US": "x"},
    ],
)
def test_a_misspelt_setting_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(BadSettings):
        load_settings(environ=environ)


@pytest.mark.parametrize("text", ["nosuch = 1", "[server]\nprot = 80", "not toml", "[server]\nport = 'x'"])
def test_a_bad_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kept.toml"
    file.write_text(text)
    with pytest.raises(BadSettings):
        load_settings(file, {})
