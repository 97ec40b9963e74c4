"""Two regions that run apart: everybody at home, clips seen everywhere, and nothing private on the line or over there."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from kept.catalog import Nature
from kept.ledger import source_of, verify
from tests.journeys.people import PASSWORD, Person, opened, sign_up
from tests.media import recordings
from tests.regions_apart.canaries import (
    RULED,
    STORES,
    TOLD_BY_NOTHING,
    Canaries,
    Neighbour,
    lived,
    neighbour,
    one_row_each,
    private_columns,
)
from tests.regions_apart.conftest import Apart, Region
from tests.regions_apart.wire import Sniffer

BIRTH = {"us": "1961-02-03", "eu": "1958-07-09"}
SECRETS = {"us": "canary-orchid-7319", "eu": "canary-juniper-2846"}


@pytest.fixture(scope="package")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("apart") / "clip.mp4"
    picture = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "45", "-g", "10", "-pix_fmt", "yuv420p"]
    return recordings.plain(path, seconds=0.4, size="576x1024", codecs=[*picture, "-c:a", "aac"])


def until(good: Callable[[], bool], what: str, seconds: float = 30.0) -> float:
    begun = time.monotonic()
    while not good():
        assert time.monotonic() - begun < seconds, what
        time.sleep(0.05)
    return time.monotonic() - begun


def join(region: Region) -> Person:
    """A member with private values that can be told from all others: e-mail, birth date, browser."""
    secret = SECRETS[region.name]
    http = httpx.Client(base_url=region.url, timeout=60, headers={"user-agent": f"{secret}-agent"})
    opened.append(http)
    handle = f"m{time.time_ns() % 10**12}"
    body = {
        "handle": handle,
        "password": f"{secret}-password",
        "email": f"{secret}.{handle}@example.org",
        "birth_date": BIRTH[region.name],
        "country": "DE" if region.name == "eu" else "US",
        "accept_terms": "current",
    }
    answer = http.post("/api/v1/accounts", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["region"] == region.name
    http.headers["authorization"] = f"Bearer {made['token']}"
    return Person(http, handle, made["member_id"], made["region"])


def canaries(region: Region, person: Person) -> list[bytes]:
    """What must not be seen where it doesn't belong. The handle is public."""
    token = person.http.headers["authorization"].removeprefix("Bearer ")
    return [SECRETS[region.name].encode(), BIRTH[region.name].encode(), token.partition(".")[2].encode()]


def found(wanted: Canaries, data: bytes) -> list[str]:
    """The columns whose canaries are in `data`, in whatever form."""
    return [name for name, forms in wanted.items() if any(form in data for form in forms)]


TABLES = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT LIKE ALL ('{pg_%,info%}')"


async def everything_in(address: str) -> bytes:
    """All rows of all tables of a database, as text and, where they hold bytes, as these."""
    connection = await asyncpg.connect(address)
    found: list[bytes] = []
    try:
        for table in await connection.fetch(TABLES):
            for row in await connection.fetch(f"SELECT * FROM {table[0]}"):  # noqa: S608  quoted by the server
                values = [one for value in row.values() for one in (value if isinstance(value, list) else [value])]
                found += [value if isinstance(value, bytes) else str(value).encode() for value in values]
    finally:
        await connection.close()
    return b"\n".join(found)


async def test_members_meet_across_the_border_and_nothing_private_crosses_it(apart: Apart, clip: Path) -> None:
    async with neighbour(apart.us) as near, neighbour(apart.eu) as far:
        await meet(apart, clip, {"us": near.canaries(), "eu": far.canaries()})


async def meet(apart: Apart, clip: Path, planted: dict[str, Canaries]) -> None:
    """Whatever goes between two regions, while somebody listens; then every place where none of it may be is searched."""
    sniffer = Sniffer({apart.us.line.port, apart.eu.line.port}) if os.geteuid() == 0 else None
    american, european = join(apart.us), join(apart.eu)

    video_id = european.upload(clip, caption="public words")
    european.wait_for(video_id, "published")
    until(lambda: american.video(video_id)["state"] == "published", "the clip reaches the other region")
    assert video_id in [card["id"] for card in american.feed()]
    watched = american.media(video_id)
    assert watched.status_code == 200
    assert str(watched.url).startswith(apart.us.url)  # the viewer's own region answers
    assert watched.content == european.media(video_id).content
    part = american.http.get(str(watched.url), headers={"range": "bytes=10-29"})
    assert (part.status_code, part.content) == (206, watched.content[10:30])
    assert american.http.head(str(watched.url)).headers["content-length"] == str(len(watched.content))
    again = american.http.get(str(watched.url), headers={"if-none-match": watched.headers["etag"]})
    assert again.status_code == 304

    text = f"{SECRETS['us']}-message"
    sent = american.http.post("/api/v1/messages", json={"to": european.handle, "text": text})
    assert sent.status_code == 201, sent.text

    def got() -> bool:
        answer = european.http.get("/api/v1/messages", params={"with": american.handle})
        return answer.status_code == 200 and [one["text"] for one in answer.json()["messages"]] == [text]

    until(got, "the message arrives")

    home = {
        region.name: planted[region.name]
        | await lived(apart, region, person, f"{SECRETS[region.name]}-password")
        | {"what we know": canaries(region, person)}
        for region, person in ((apart.us, american), (apart.eu, european))
    }
    for told in home.values():  # life has filled the tables that matter most, and what is sealed in them is known
        assert {"clear.account.email", "clear.account.birth_date", "data.session.secret_hash"} <= told.keys()
    seen = sniffer.stop() if sniffer is not None else b""
    tapped = apart.us.line.tapped + apart.eu.line.tapped
    for data in (tapped, seen) if sniffer is not None else (tapped,):
        assert b"public words" in data  # what is public does cross, and would be seen
        assert b"kept-sequence" in data.lower()
        assert found(home["us"] | home["eu"], data) == []
    for region, other in ((apart.us, "eu"), (apart.eu, "us")):
        there = b"\n".join([await everything_in(address) for address in region.addresses.values()])
        assert found(home[other], there) == []
        assert found(planted[region.name], there) == list(planted[region.name])  # at home, each would have been seen
    shared = b"\n".join([await everything_in(address) for address in apart.shared.values()])
    for told in home.values():
        assert found(told, shared) == []


def test_every_private_column_has_a_canary_that_would_be_found() -> None:
    made = Neighbour({store: one_row_each(metadata) for store, metadata in STORES.items()})
    covered = made.canaries()
    for store, metadata in STORES.items():
        for column in private_columns(metadata):
            name = f"{store}.{column.table.name}.{column.name}"
            if isinstance(column.type, TOLD_BY_NOTHING):
                assert name not in covered
                continue
            for form in covered[name]:
                assert len(form) >= 8, name
                assert name in found(covered, b"before " + form + b" after")
    assert found(covered, b"nothing of them") == []


async def test_neither_regions_credentials_open_the_others_stores(apart: Apart) -> None:
    for mine, other in ((apart.us, apart.eu), (apart.eu, apart.us)):
        for own in mine.addresses.values():
            role, _, place = own.partition("@")
            for theirs in other.addresses.values():
                database = theirs.partition("@")[2].partition("?")[0]
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await asyncpg.connect(f"{role}@{database}?{place.partition('?')[2]}")
        configured = (mine.platform.folder / "kept.toml").read_text()
        for secret in other.addresses.values():
            assert secret not in configured
            assert secret.partition(":")[2].partition("@")[0].rpartition(":")[2] not in configured


def test_the_wrong_door_leads_to_the_right_one_and_takes_nothing(apart: Apart) -> None:
    european = join(apart.eu)
    token = european.http.headers["authorization"]
    wrong = httpx.Client(base_url=apart.us.url, timeout=30)
    opened.append(wrong)
    refused = wrong.get("/api/v1/me", headers={"authorization": token})
    assert refused.status_code == 421
    assert refused.json()["origin"] == apart.eu.url
    assert refused.json()["code"] == "home_elsewhere"
    led = wrong.get("/me?x=1", headers={"accept": "text/html", "cookie": f"kept={token.removeprefix('Bearer ')}"})
    assert (led.status_code, led.headers["location"]) == (307, f"{apart.eu.url}/me?x=1")

    body = {"handle": f"x{time.time_ns()}", "password": PASSWORD, "birth_date": "1990-05-17", "accept_terms": "current"}
    elsewhere = wrong.post("/api/v1/accounts", json=body | {"country": "FR"})
    assert (elsewhere.status_code, elsewhere.json()["origin"]) == (421, apart.eu.url)

    secret = SECRETS["eu"]
    by_handle = wrong.post("/api/v1/sessions", json={"login": european.handle, "password": f"{secret}-password"})
    assert (by_handle.status_code, by_handle.json()["origin"]) == (421, apart.eu.url)
    email = f"{secret}.{european.handle}@example.org"
    by_email = wrong.post("/api/v1/sessions", json={"login": email, "password": f"{secret}-password"})
    nobody = wrong.post("/api/v1/sessions", json={"login": "nobody@example.org", "password": f"{secret}-password"})
    assert by_email.status_code == nobody.status_code == 401
    assert by_email.json() == nobody.json()  # nobody learns that an address is known in another region
    assert apart.eu.url in by_email.json()["detail"]

    form = {"login": european.handle, "password": f"{secret}-password", "next": "/me"}
    page = wrong.post(
        "/sign-in", data=form, headers={"accept": "text/html", "sec-fetch-site": "same-origin"}, follow_redirects=False
    )
    assert (page.status_code, page.headers["location"]) == (303, f"{apart.eu.url}/sign-in")
    assert apart.eu.url in page.headers["content-security-policy"]
    at_home = httpx.post(f"{apart.eu.url}/api/v1/sessions", json={"login": email, "password": f"{secret}-password"})
    assert at_home.status_code == 201


async def test_wrong_doors_are_counted(apart: Apart) -> None:
    european = join(apart.eu)
    async with httpx.AsyncClient(base_url=apart.us.url) as wrong:
        await wrong.get("/api/v1/me", headers={"authorization": european.http.headers["authorization"]})
    begun = time.monotonic()
    sql = "SELECT coalesce(sum(count), 0)::int AS n FROM routing_count WHERE home = 'eu' AND outcome = $1"
    while not (await apart.us.fetch(sql, "refused"))[0]["n"]:
        assert time.monotonic() - begun < 20
        await asyncio.sleep(0.2)
    assert (await apart.us.fetch(sql, "served"))[0]["n"] == 0


def test_a_cut_line_loses_nothing_and_the_clip_arrives_when_it_is_mended(apart: Apart, clip: Path) -> None:
    european, american = sign_up(apart.eu.url, country="DE"), sign_up(apart.us.url)
    apart.us.line.cut()
    try:
        video_id = european.upload(clip)
        european.wait_for(video_id, "published")
        time.sleep(2)
        assert american.video(video_id)["state"] == "gone"
        shown = apart.eu.platform.kept("regions", "show")
        assert shown.returncode == 1, shown.stderr
        assert "unreachable" in shown.stdout
    finally:
        apart.us.line.mend()
    until(lambda: american.video(video_id)["state"] == "published", "the clip arrives in the end", 60)
    european.http.delete(f"/api/v1/videos/{video_id}")
    until(lambda: american.video(video_id)["state"] == "gone", "and goes")
    assert american.media(video_id).status_code == 404


def test_a_region_that_is_away_keeps_nobody_in_the_other_from_anything(apart: Apart, clip: Path) -> None:
    european, american = sign_up(apart.eu.url, country="DE"), sign_up(apart.us.url)
    video_id = european.upload(clip)
    european.wait_for(video_id, "published")
    until(lambda: american.video(video_id)["state"] == "published", "the clip arrives")
    apart.eu.line.cut()
    try:
        assert american.http.get("/api/v1/me").status_code == 200
        assert video_id in [card["id"] for card in american.feed()]
        away = american.media(video_id)
        assert away.status_code == 503
        assert away.json()["code"] == "region_away"
    finally:
        apart.eu.line.mend()
    until(lambda: american.media(video_id).status_code == 200, "it can be watched again")


@pytest.mark.slow
def test_either_side_is_killed_at_any_moment_and_every_clip_arrives_once(apart: Apart, clip: Path) -> None:
    european, american = sign_up(apart.eu.url, country="DE"), sign_up(apart.us.url)
    videos = []
    for killed in (apart.eu, apart.us, apart.eu):
        videos.append(european.upload(clip))
        european.wait_for(videos[-1], "processing", "published")
        for command in ("serve", "work"):
            _kill(killed, command)
        until(killed.platform.is_ready, "it comes back", 60)
    for video_id in videos:
        until(lambda video_id=video_id: _published(european, video_id), "published at home", 90)
        until(lambda video_id=video_id: _published(american, video_id), "seen elsewhere", 60)
    ids = [card["id"] for card in american.feed()]
    assert all(ids.count(video_id) == 1 for video_id in videos)


def test_both_regions_write_one_ledger_and_it_verifies(apart: Apart) -> None:
    join(apart.us), join(apart.eu)

    def both() -> bool:
        report = verify(source_of(str(apart.ledger)))
        assert report.good, report
        return {"us", "eu"} <= set(report.cells)

    until(both, "entries of both")


def test_each_regions_scan_finds_nothing_out_of_place(apart: Apart) -> None:
    for region in (apart.us, apart.eu):
        done = region.platform.kept("regions", "scan")
        assert (done.returncode, done.stdout.strip()) == (0, "Nothing is out of place."), done.stdout + done.stderr


def _published(person: Person, video_id: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return person.video(video_id)["state"] == "published"
    return False


def _kill(region: Region, command: str) -> None:
    """Kill one process of a region's platform, as the machine's kernel would."""
    import psutil

    assert region.platform.process is not None
    for child in psutil.Process(region.platform.process.pid).children():
        with contextlib.suppress(psutil.Error):  # one that is dead already, and not yet buried
            if command in child.cmdline():
                child.kill()


@pytest.mark.slow
def test_every_door_tells_what_all_regions_measured(apart: Apart) -> None:
    join(apart.us), join(apart.eu)

    def told() -> bool:
        found = {}
        for region in (apart.us, apart.eu):
            listed = httpx.get(f"{region.url}/api/v1/promises").json()
            rows = listed if isinstance(listed, list) else listed["promises"]
            home = next(row for row in rows if row["id"] == "residency.home")
            assert home["state"] != "broken", home
            found[region.name] = home["figure"] if home["state"] == "kept" else ""
        return all(figure.startswith("us: 0 of") and "; eu: 0 of" in figure for figure in found.values())

    until(told, "both have measured", 90)


def test_of_every_table_that_the_database_holds_to_rules_it_is_said_what_a_row_says() -> None:
    ruled = {
        table.name
        for metadata in STORES.values()
        for table in metadata.sorted_tables
        if table.info["law"].nature in (Nature.RECORD, Nature.CASE)
        for rule in table.constraints
        if isinstance(rule, sa.CheckConstraint)
    }
    assert ruled == set(RULED)
