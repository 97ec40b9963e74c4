"""The clock steps, forward and back, in the middle of everything: nothing is lost, nobody is locked out for long."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from httpx import Response

from kept.kit import FixedClock
from kept.ledger import Log, Sequencer, load_signer, source_of, store_of, verify
from kept.postgres import EmbeddedPostgres
from tests.fixtures.site import PASSWORD, TUS, Member, Site, open_site

STEPS = [timedelta(seconds=-1), timedelta(hours=-3), timedelta(days=-400), timedelta(hours=3)]


@pytest.fixture(scope="module")
async def here(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Site]:
    async with open_site(postgres, templates, "clock") as site:
        yield site


@pytest.fixture
def clock(here: Site) -> FixedClock:
    assert isinstance(here.runtime.clock, FixedClock)
    return here.runtime.clock


async def sign_in(here: Site, member: Member, password: str = PASSWORD) -> Response:
    return await here.client.post("/api/v1/sessions", json={"login": member.handle, "password": password})


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_a_clip_gets_through_a_step_between_any_two_of_its_steps(
    here: Site, clock: FixedClock, small_clip: bytes, step: timedelta
) -> None:
    author, viewer = await here.join("DE"), await here.join("US")
    middle = len(small_clip) // 2
    begun = await here.begin(author, len(small_clip))
    place = begun.headers["location"]
    assert (await here.send(author, place, small_clip[:middle])).status_code == 204
    clock.advance(step)
    done = await here.send(author, place, small_clip[middle:], middle)
    assert done.status_code == 204, done.text
    video_id = done.headers["video-id"]
    clock.advance(-step)
    await here.work(video_id)
    clock.advance(step)
    seen = await here.client.get(f"/api/v1/videos/{video_id}", headers=viewer.headers)
    assert seen.json()["state"] == "published"
    assert (await here.client.get(seen.json()["media"])).status_code == 200
    clock.advance(-step)
    deleted = await here.client.delete(f"/api/v1/videos/{video_id}", headers=author.headers)
    assert deleted.status_code == 204
    await here.work(video_id)
    assert (await here.client.get(f"/api/v1/videos/{video_id}", headers=viewer.headers)).status_code == 404


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_nobody_is_signed_out_or_kept_out_by_a_step(here: Site, clock: FixedClock, step: timedelta) -> None:
    member = await here.join()
    clock.advance(step)
    assert (await here.client.get("/api/v1/me", headers=member.headers)).status_code == 200
    assert (await sign_in(here, member)).status_code == 201
    clock.advance(-step)
    assert (await here.client.get("/api/v1/me", headers=member.headers)).status_code == 200


async def test_a_session_that_nobody_used_is_over_and_a_step_back_does_not_hide_it(here: Site, clock: FixedClock) -> None:
    member = await here.join()
    life = timedelta(days=here.runtime.settings.accounts.session_days)
    clock.advance(life + timedelta(seconds=1))
    assert (await here.client.get("/api/v1/me", headers=member.headers)).status_code == 401
    clock.advance(-life)
    assert (await here.client.get("/api/v1/me", headers=member.headers)).status_code == 200, "it was not over by this clock"
    clock.advance(-timedelta(seconds=1))


async def test_whoever_guesses_too_often_waits_but_not_for_a_step_back(here: Site, clock: FixedClock) -> None:
    member = await here.join()
    clock.advance(timedelta(days=300))
    told = [(await sign_in(here, member, "wrong-harbour-twelve")).status_code for _ in range(30)]
    assert told[-1] == 429
    clock.advance(-timedelta(days=300))
    assert (await sign_in(here, member)).status_code == 201


async def test_an_unfinished_upload_lapses_by_the_clock_and_a_step_back_keeps_it(here: Site, clock: FixedClock) -> None:
    by = await here.join()
    place = (await here.begin(by, 10)).headers["location"]
    clock.advance(-timedelta(days=2))
    assert (await here.client.head(place, headers=TUS | by.headers)).status_code == 200
    clock.advance(timedelta(days=2, hours=here.runtime.settings.uploads.expires_hours))
    assert (await here.client.head(place, headers=TUS | by.headers)).status_code == 410
    clock.advance(-timedelta(hours=here.runtime.settings.uploads.expires_hours))
    assert (await here.send(by, place, b"0123456789")).status_code == 204


async def test_a_child_stays_one_when_the_clock_steps_back_and_grows_up_by_it(here: Site, clock: FixedClock) -> None:
    child = await here.join(birth_date="2013-11-24")  # 13 in a day
    assert (await here.begin(child, 10)).status_code == 403
    clock.advance(timedelta(days=1))
    assert (await here.begin(child, 10)).status_code == 201
    clock.advance(-timedelta(days=1))
    assert (await here.begin(child, 10)).status_code == 403


async def test_a_media_address_lapses_by_the_clock(here: Site, clock: FixedClock, small_clip: bytes) -> None:
    author = await here.join()
    video_id = await here.publish(author, small_clip)
    address = (await here.client.get(f"/api/v1/videos/{video_id}")).json()["media"]
    life = timedelta(seconds=here.runtime.settings.uploads.media_link_seconds)
    clock.advance(life)
    assert (await here.client.get(address)).status_code == 404
    clock.advance(-life)
    assert (await here.client.get(address)).status_code == 200


async def test_the_ledger_verifies_though_its_times_went_back(here: Site, clock: FixedClock, small_clip: bytes) -> None:
    runtime = here.runtime
    signer = load_signer(runtime.ledger.signing_key, runtime.ledger.origin)
    log = Log(runtime.ledger.database, store_of(runtime.ledger.objects), signer, clock)
    sequencer = Sequencer(log, [cell.database for cell in runtime.cells])
    author = await here.join()
    for step in (timedelta(days=30), timedelta(days=-60), timedelta(days=30)):
        clock.advance(step)
        await here.upload(author, small_clip)
        await sequencer.drain()
    report = verify(source_of(runtime.settings.data_folder / "ledger"))
    assert report.good, report.deviations
    assert report.events["video.received"] >= 3
