"""A warrant of an allowed country, in a browser: from its entry to a package that the court alone opens; and a refused one."""

import asyncio
import hashlib
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pyrage
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from kept.app.compose import embedded
from kept.kit import load_settings
from tests.conftest import chromium
from tests.fixtures.platform import Platform, free_port, new_platform, remove
from tests.journeys.people import Person, sign_up
from tests.journeys.test_console import Town, clean

pytestmark = pytest.mark.browser

ORIGIN = "kept.test/warrant"
SHOTS = Path("/tmp/kept-shots")


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A platform whose log a witness vouches for, without which no key is released to anybody."""
    made = new_platform(
        KEPT_LEDGER_WITNESSES="demo-witness/policy",
        KEPT_LEDGER_ORIGIN=ORIGIN,
        KEPT_AVAILABILITY_REFUSED_GOVERNMENTS="CN",
    )
    made.folder.mkdir(parents=True, mode=0o711)
    (made.folder / "keys").mkdir(mode=0o700)
    line = [sys.executable, "-P", "-m", "kept.witness.demonstration", str(made.folder), ORIGIN, str(free_port())]
    witness = subprocess.Popen(line, env=made.environ)
    try:
        until = time.monotonic() + 30
        while not (made.folder / "demo-witness" / "policy").exists():
            assert time.monotonic() < until
            time.sleep(0.1)
        made.start()
        yield made
    finally:
        made.stop()
        witness.terminate()
        witness.wait(10)
        remove(made)


@pytest.fixture
def town(platform: Platform) -> Iterator[Town]:
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield Town(platform, browser)
        browser.close()


def rows_of(platform: Platform, sql: str, *values: Any) -> list[dict[str, Any]]:
    """What a statement of our own finds in the European cell: it knows nothing of the catalogue."""
    address = embedded(load_settings(environ={"KEPT_DATA": str(platform.folder)})).address("kept_eu")

    async def run() -> list[dict[str, Any]]:
        connection = await asyncpg.connect(address)
        try:
            return [dict(row) for row in await connection.fetch(sql, *values)]
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as apart:  # this thread's loop belongs to the browser
        return apart.submit(asyncio.run, run()).result()


def say(sender: Person, to: Person, text: str) -> None:
    answer = sender.http.post("/api/v1/messages", json={"to": to.handle, "text": text})
    assert answer.status_code == 201, answer.text


def step(page: Page, act: str) -> None:
    """One act, in its two deliberate steps."""
    page.click(f".console-act:not(.console-sure) button[value={act}]")
    expect(page.locator(".console-sure")).to_be_visible()
    clean(page)
    page.click(f".console-sure button[value={act}]")


def entered(platform: Platform, country: str, handle: str) -> str:
    said = platform.kept(
        "legal", "enter", "--cell", "eu", "--country", country, "--instrument", "national", "--authority", "A court",
        "--basis", "Art. 7, no. 26/1", "--identifier", f"@{handle}", "--class", "subscriber", "--class", "content",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    return said.stdout.split()[0]


@pytest.mark.timeout(480)
def test_a_warrant_ends_in_a_package_and_a_refused_country_ends_refused(town: Town, tmp_path: Path) -> None:
    platform, stamp = town.platform, time.time_ns() % 10**8
    kim, lou = sign_up(platform.url, country="FR"), sign_up(platform.url, country="DE")
    say(kim, lou, "meet me at the harbour")
    say(lou, kim, "at six")
    court = pyrage.x25519.Identity.generate()
    listed, number = entered(platform, "CN", kim.handle), entered(platform, "FR", kim.handle)
    lea = town.colleague(f"lea{stamp}", "legal", "DE")
    leo = town.colleague(f"leo{stamp}", "legal", "FR")
    ines = town.colleague(f"ines{stamp}", "security", "ES", "--region", "eu")
    pat = town.colleague(f"pat{stamp}", "privacy", "IE")

    lea.goto("/console/cases")
    clean(lea)
    lea.click(f"text={listed}")
    expect(lea.get_by_text("Nothing is given to authorities of CN")).to_be_visible()
    assert lea.locator(".console-act button[value]").all_text_contents() == ["Open what it says"]
    lea.goto(f"/console/cases/{number}")
    lea.click("text=Open what it says")
    expect(lea.get_by_text("A court")).to_be_visible()
    lea.fill("#accounts", kim.handle)
    lea.check("input[value=subscriber]")
    lea.check("input[value=content]")
    lea.fill("#finding", "A court ordered it for one account.")
    shot(lea, "narrow")
    step(lea, "narrow")
    expect(lea.locator("header .status-case-validated")).to_be_visible()
    public = str(court.to_public())
    lea.fill("#key", public)
    step(lea, "key")
    expect(lea.locator("button[value=confirm]")).to_have_count(0)  # not by who entered it
    leo.goto(f"/console/cases/{number}")
    leo.fill("#fingerprint", "0000 0000")
    step(leo, "confirm")
    expect(leo.get_by_role("alert")).to_contain_text("This is not the fingerprint")
    leo.fill("#fingerprint", hashlib.sha256(public.encode()).hexdigest()[:32])
    step(leo, "confirm")
    expect(leo.get_by_text(f"confirmed by leo{stamp}")).to_be_visible()
    lea.goto(f"/console/cases/{number}")
    step(lea, "produce")
    expect(lea.get_by_role("link", name="Waiting")).to_be_visible()
    for approver in (ines, pat):
        approver.goto("/console")
        approver.keyboard.press("j")
        approver.keyboard.press("Enter")
        expect(approver.get_by_text("To be given to authorities of FR")).to_be_visible()
        approver.click("button[value=yes]")
    expect(pat.locator("header .status-granted")).to_be_visible()

    until = time.monotonic() + 120
    while lea.locator("header .status-case-produced").count() == 0:
        assert time.monotonic() < until, platform.log()[-4000:]
        time.sleep(1)
        lea.goto(f"/console/cases/{number}")
    clean(lea)
    shot(lea, "produced")
    lea.click("summary")
    with lea.expect_download() as download:
        lea.click("form[action$='/package'] button")
    sealed = Path(download.value.path()).read_bytes()
    assert hashlib.sha256(sealed).hexdigest() in lea.content()
    check_package(platform, pyrage.decrypt(sealed, [court]), kim, lou)

    wait_for_look(kim)
    with httpx.Client(base_url=platform.url) as everybody:
        assert everybody.get("/authorities").status_code == 200
    followed = audit("follow", f"{platform.url}/ledger", "--to", str(tmp_path / "log"), "--once")
    assert "sealed to that key" in followed
    report = audit("report", str(tmp_path / "log"))
    for words in (
        "narrowed it",
        "confirmed its fingerprint",
        " agreed",
        "may be opened",
        "was opened",
        "fetched the package",
    ):
        assert words in report, report
    assert "nothing deviates" in report
    assert kim.handle not in report
    lea.goto("/console/holds")
    clean(lea)
    shot(lea, "holds")


def audit(*arguments: str) -> str:
    """What an outsider's command says; it knows nothing of the platform's data."""
    line = [sys.executable, "-m", "kept.app.main", "audit", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check_package(platform: Platform, data: bytes, kim: Person, lou: Person) -> None:
    """The court's files hold what our own SQL finds, and nothing beyond."""
    files = zipfile.ZipFile(io.BytesIO(data))
    sql = "SELECT message_id::text AS id FROM message WHERE owner_id = $1::uuid"
    there = {row["id"] for row in rows_of(platform, sql, kim.member_id)}
    messages = [json.loads(line) for line in files.read("data/content/message.jsonl").splitlines()]
    assert {one["message_id"] for one in messages} == there
    assert {one["body"] for one in messages} == {"meet me at the harbour", "at six"}
    [account] = [json.loads(line) for line in files.read("data/subscriber/account.jsonl").splitlines()]
    [row] = rows_of(platform, "SELECT handle, country FROM account WHERE owner_id = $1::uuid", kim.member_id)
    assert {name: account[name] for name in row} == row
    assert account["birth_date"] == "1990-05-17"
    assert set(files.namelist()) == {"manifest.json", "data/content/message.jsonl", "data/subscriber/account.jsonl"}
    assert not re.search(
        f"{lou.member_id}|{lou.handle}".encode(), b"".join(files.read(name) for name in files.namelist())
    )


def wait_for_look(kim: Person) -> None:
    """She is told in her settings."""
    token = kim.http.headers["authorization"].removeprefix("Bearer ")
    until = time.monotonic() + 150  # members are told when the worker next looks after requests of authorities
    while True:
        page = kim.http.get("/settings/looks", headers={"cookie": f"kept={token}"}).text
        if "given to authorities of FR under legal process" in page:
            return
        assert time.monotonic() < until
        time.sleep(1)


def shot(page: Page, name: str) -> None:
    """A picture to look at, where somebody asks for one."""
    if SHOTS.is_dir():
        page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)
