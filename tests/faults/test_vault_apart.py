"""The vault as a process of its own: who answers people has none of its keys, and fails closed when it dies."""

import asyncio
import os
import pwd
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kept.postgres import EmbeddedPostgres
from kept.vault import LocalKms, Wrapped
from kept.vault.kms import VAULT_USER
from kept.vault.lease import LEASE_SECONDS
from kept.vault.wrapping import bind
from tests.faults.memory import found_in
from tests.faults.wreck import Wreck, until
from tests.fixtures.platform import new_platform, remove
from tests.journeys.people import PASSWORD, Person, sign_up

PIN = "pin-that-opens-a-token-7731"
TEXT = "quince-lighthouse-canary-0417"


@pytest.fixture(scope="module")
def apart() -> Iterator[Wreck]:
    """A platform whose vault is apart, with a key management's secret in the operator's environment."""
    platform = new_platform(KEPT_VAULT_APART="true", PKCS11_PIN=PIN, BAO_TOKEN=PIN, VAULT_TOKEN=PIN)
    try:
        platform.start()
        yield Wreck(platform)
    finally:
        remove(platform)


def test_who_answers_people_holds_no_key_above_a_members_and_no_way_to_one(apart: Wreck) -> None:
    kim, lee = sign_up(apart.platform.url, country="FR"), sign_up(apart.platform.url, country="FR")
    assert send(kim, lee, "hello").status_code == 201
    needles = secrets(apart.platform.folder) | bucket_keys(apart)
    assert any(name.startswith("bucket") for name in needles)
    passwords = {name for name in needles if name.startswith("password")}
    serve, work, vault = (pid(apart, name) for name in ("serve", "work", "vault"))
    assert found_in(serve, needles) == set()
    # What is searched for is found where it has to be:
    assert passwords <= found_in(vault, needles)
    assert passwords <= found_in(work, needles)
    assert any(name.startswith("bucket") for name in found_in(vault, needles))
    data = {name: (apart.platform.folder / "postgres/logins" / name).read_bytes() for name in ("kept_us", "kept_eu")}
    assert found_in(serve, data) == set(data)
    assert PIN.encode() not in Path(f"/proc/{serve}/environ").read_bytes()
    assert PIN.encode() in Path(f"/proc/{vault}/environ").read_bytes()


def test_an_address_of_a_key_store_that_an_operator_wrote_does_not_reach_who_answers_people(
    postgres: EmbeddedPostgres,
) -> None:
    platform = new_platform(KEPT_VAULT_APART="true")
    stores = {cell: postgres.ensure_database(f"written_{cell}_keys") for cell in ("us", "eu")}
    text = "".join(
        f'[regions.{cell}]\nresidents = ["{country}"]\nkeys_database = "{stores[cell]}"\n'
        for cell, country in (("us", "*"), ("eu", "FR"))
    )
    try:
        platform.folder.mkdir(mode=0o700)
        (platform.folder / "kept.toml").write_text(text)
        platform.start()
        assert sign_up(platform.url, country="FR").region == "eu"
        running = Wreck(platform)
        needles = {cell: address.split(":")[2].split("@")[0].encode() for cell, address in stores.items()}
        assert found_in(pid(running, "serve"), needles) == set()
        assert found_in(pid(running, "vault"), needles) == found_in(pid(running, "work"), needles) == set(needles)
    finally:
        remove(platform)
        for cell in stores:
            postgres.drop_database(f"written_{cell}_keys")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the vault as another user")
def test_started_by_root_it_is_a_user_of_its_own_to_whom_alone_the_roots_belong(apart: Wreck) -> None:
    user, keys = pwd.getpwnam(VAULT_USER), apart.platform.folder / "keys"
    status = Path(f"/proc/{pid(apart, 'vault')}/status").read_text()
    [uids] = [line.split()[1:] for line in status.splitlines() if line.startswith("Uid:")]
    assert uids == [str(user.pw_uid)] * 4
    assert "CapEff:\t0000000000000000" in status
    assert {(path.stat().st_uid, oct(path.stat().st_mode)) for path in keys.glob("*/root-*.key")} == {
        (user.pw_uid, "0o100600")
    }
    assert {path.name for path in keys.iterdir() if path.stat().st_uid == 0} == {"beacon.key", "ledger.key"}


def test_it_goes_on_after_a_rotation_by_somebody_else_and_when_its_database_was_killed(apart: Wreck) -> None:
    kim, lee = sign_up(apart.platform.url, country="FR"), sign_up(apart.platform.url, country="FR")
    assert send(kim, lee, "before").status_code == 201
    rotated = apart.platform.kept("keys", "rotate", "--region", "eu")
    assert rotated.returncode == 0, rotated.stderr
    assert [path.name for path in (apart.platform.folder / "keys/eu").iterdir()] == ["root-00002.key"]
    before = pid(apart, "vault")
    apart.kill("postgres")
    recovered(apart)
    noor = sign_up(apart.platform.url, country="FR")
    assert send(noor, lee, "after").status_code == 201
    assert [one["text"] for one in conversation(lee, kim).json()["messages"]] == ["before"]
    assert pid(apart, "vault") == before


def test_killed_while_it_makes_a_key_the_sign_up_fails_and_can_be_done_again(apart: Wreck) -> None:
    handle = f"again.{time.time_ns() % 10**9}"
    answers: list[httpx.Response] = []
    with apart.standing_still("kept_eu_keys", "member_key") as somebody_waits:
        asking = threading.Thread(target=lambda: answers.append(ask_to_join(apart, handle)))
        asking.start()
        until(somebody_waits, 20)
        apart.kill("vault")
    asking.join()
    assert (answers[0].status_code, answers[0].json()["code"]) == (503, "vault_away")
    recovered(apart)
    # Its name is free at once, or, where the vault stayed away too long for that to be said, after a minute.
    deadline = time.monotonic() + 90
    while (again := ask_to_join(apart, handle)).status_code == 409:
        assert time.monotonic() < deadline
        time.sleep(3)
    assert again.status_code == 201, again.text
    apart.verified()


def test_while_it_is_away_nothing_is_opened_or_stored_and_afterwards_all_goes_on(apart: Wreck) -> None:
    kim, lee = sign_up(apart.platform.url, country="US"), sign_up(apart.platform.url, country="US")
    assert send(kim, lee, "before").status_code == 201
    os.kill(apart.supervisor, signal.SIGSTOP)  # so that nobody starts it again
    try:
        apart.kill("vault")
        time.sleep(LEASE_SECONDS + 0.5)
        refused = [send(kim, lee, TEXT), ask_to_join(apart, f"away.{time.time_ns() % 10**9}"), conversation(lee, kim)]
        ready = httpx.get(f"{apart.platform.url}/readyz", timeout=20)
    finally:
        os.kill(apart.supervisor, signal.SIGCONT)
    assert [(one.status_code, one.json()["code"]) for one in refused] == [(503, "vault_away")] * 3
    assert "before" not in refused[2].text
    assert ready.status_code == 503
    assert ready.json()["problems"] == ["keys of us: they can't be got at", "keys of eu: they can't be got at"]
    recovered(apart)
    assert send(kim, lee, "after").status_code == 201
    told = conversation(lee, kim).json()
    assert [one["text"] for one in told["messages"]] == ["after", "before"]
    everything = b"".join(path.read_bytes() for path in files_below(apart.platform.folder / "postgres" / "data"))
    assert TEXT.encode() not in everything
    assert TEXT not in apart.platform.log()
    apart.verified()


def pid(apart: Wreck, name: str) -> int:
    found = apart.part(name)
    assert found is not None
    return found.pid


def recovered(apart: Wreck) -> None:
    until(lambda: apart.part("vault"), 30, apart.platform.log)
    until(apart.platform.is_ready, 60, apart.platform.log)


def send(author: Person, to: Person, text: str) -> httpx.Response:
    return author.http.post("/api/v1/messages", json={"to": to.handle, "text": text})


def conversation(reader: Person, peer: Person) -> httpx.Response:
    return reader.http.get("/api/v1/messages", params={"with": peer.handle})


def ask_to_join(apart: Wreck, handle: str) -> httpx.Response:
    body = {"handle": handle, "password": PASSWORD, "birth_date": "1990-05-17", "country": "FR", "accept_terms": "current"}
    return httpx.post(f"{apart.platform.url}/api/v1/accounts", json=body, timeout=30)


def secrets(folder: Path) -> dict[str, bytes]:
    """Roots, the passwords of key stores, and what all passwords come from."""
    found = {f"root {path.parent.name}": path.read_bytes() for path in (folder / "keys").glob("*/root-*.key")}
    found |= {f"password {path.name}": path.read_bytes() for path in (folder / "postgres/logins").glob("*_keys")}
    secret = (folder / "postgres/secret").read_text()
    found |= {"secret": bytes.fromhex(secret), "secret, written": secret.encode()}
    assert len(found) == 6
    return found


def bucket_keys(apart: Wreck) -> dict[str, bytes]:
    """Those that wrap members' keys in cell `eu`."""
    kms = LocalKms(apart.platform.folder / "keys")
    found = {}
    for row in apart.rows("kept_eu_keys", "SELECT bucket, version, root_epoch, wrapped FROM bucket_key"):
        aad = bind("kept/bucket/v1", "eu", row["bucket"], row["version"])
        opened = kms.unwrap("eu", Wrapped(row["root_epoch"], bytes(row["wrapped"])), aad)
        found[f"bucket {row['bucket']}"] = bytes(asyncio.run(opened))
    return found


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
