"""Making a clip in a real Chromium: what arrives is what was chosen, whatever happens on the way."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.look.conftest import Visit, Visits
from tests.look.desk import Desk
from tools.preview import media_folder

pytestmark = pytest.mark.browser

MOVED = "document.querySelector('[data-show=moved]').textContent"


@dataclass(frozen=True)
class Film:
    """A clip on disk, and its bytes."""

    path: Path
    data: bytes


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A clip that takes several requests: a real one, and then bytes that players skip."""
    clip = (media_folder() / "clip-2.mp4").read_bytes()
    filling = hashlib.shake_256(b"film").digest(5_000_000)
    made = Film(tmp_path_factory.mktemp("films") / "film.mp4", clip + (len(filling) + 8).to_bytes(4, "big") + b"free" + filling)
    made.path.write_bytes(made.data)
    return made


async def _choose(visit: Visit, film: Film) -> None:
    await visit.go("/upload")
    await visit.page.set_input_files("#clip", film.path)
    await visit.page.locator("#caption").wait_for(state="visible")


async def test_a_clip_is_sent_while_it_is_described_and_published_when_somebody_says_so(
    visits: Visits, desk: Desk, film: Film
) -> None:
    desk.states = [{"state": "checking"}, {"state": "preparing", "seconds_left": 4.2}, {"state": "published"}]
    async with visits() as visit:
        await _choose(visit, film)
        await visit.eventually(f"{MOVED} === 'Uploaded. It is published when you say so.'")
        assert not desk.only.published
        assert len(desk.only.data) < len(film.data), "the last bytes wait"
        await visit.page.fill("#caption", "Ein Käse, ünd 🧀")
        await visit.page.click("[data-go=publish]")
        await visit.eventually("document.querySelector('.progress-now').textContent === 'Ready in about 5 s'")
        await visit.eventually("document.querySelector('.progress-now').textContent.startsWith('Published')")
        assert desk.only.published
        assert bytes(desk.only.data) == film.data
        sent = {"filename": "film.mp4", "filetype": "video/mp4", "caption": "Ein Käse, ünd 🧀", "comments": "everyone"}
        sent |= {"audience": "everyone"}
        assert desk.only.words == sent
        assert await visit.page.get_attribute("[data-show=clip]", "href") == "/clips/v1"
        assert await visit.page.evaluate("Object.keys(localStorage).filter((key) => key.includes('upload'))") == []


async def test_a_clip_is_saved_as_a_draft_and_the_composer_begins_anew(visits: Visits, desk: Desk, film: Film) -> None:
    async with visits() as visit:
        await _choose(visit, film)
        await visit.page.fill("#caption", "Not yet")
        await visit.page.check("input[name=audience][value=followers]")
        async with visit.page.expect_navigation():
            await visit.page.click("[data-go=draft]")
        assert bytes(desk.only.data) == film.data
        told = {name: desk.only.words[name] for name in ("caption", "audience", "draft")}
        assert told == {"caption": "Not yet", "audience": "followers", "draft": "1"}
        assert await visit.page.locator(".drop").is_visible()
        assert await visit.page.input_value("#caption") == "", "what was written is in the draft, not in the browser"
        kept = "[localStorage, sessionStorage].flatMap(Object.keys).filter((key) => /upload|draft/.test(key))"
        assert await visit.page.evaluate(kept) == []


async def test_a_dropped_connection_costs_nothing(visits: Visits, desk: Desk, film: Film) -> None:
    desk.drops = [1_000_000, 70_000, 0]
    async with visits() as visit:
        await _choose(visit, film)
        await visit.page.click("[data-go=publish]")
        await visit.eventually("document.querySelector('[data-show=clip]').href.endsWith('/clips/v1')", within=20)
        assert len(desk.uploads) == 1
        assert bytes(desk.only.data) == film.data


async def test_an_upload_goes_on_after_the_page_was_closed(visits: Visits, desk: Desk, film: Film) -> None:
    async with visits() as visit:
        desk.drops = [2_500_000]
        await _choose(visit, film)
        await visit.eventually(f"{MOVED}.startsWith('Uploaded.')", within=20)
        sent = len(desk.only.data)
        await visit.go("/upload")
        reminder = await visit.page.inner_text("[data-show=unfinished]")
        assert reminder.startswith("You have an unfinished upload, film.mp4.")
        await visit.page.set_input_files("#clip", film.path)
        await visit.page.click("[data-go=publish]")
        await visit.eventually("document.querySelector('[data-show=clip]').href.endsWith('/clips/v1')")
        assert len(desk.uploads) == 1, "no second upload was begun"
        assert sent > 4_000_000
        assert bytes(desk.only.data) == film.data


async def test_an_upload_that_the_server_forgot_begins_again(visits: Visits, desk: Desk, film: Film) -> None:
    async with visits() as visit:
        await _choose(visit, film)
        await visit.eventually(f"{MOVED}.startsWith('Uploaded.')")
        desk.uploads.clear()
        await visit.page.click("[data-go=publish]")
        await visit.eventually("document.querySelector('[data-show=clip]').href.endsWith('/clips/v1')", within=20)
        assert bytes(desk.only.data) == film.data


async def test_what_was_written_of_a_clip_is_there_after_leaving_the_page(visits: Visits, desk: Desk, film: Film) -> None:
    async with visits() as visit:
        await _choose(visit, film)
        await visit.page.fill("#caption", "A bowl, half glazed")
        await _choose(visit, film)
        assert await visit.page.input_value("#caption") == "A bowl, half glazed"
        await visit.page.click("[data-go=publish]")
        await visit.eventually("document.querySelector('[data-show=clip]').href.endsWith('/clips/v1')", within=20)
        assert await visit.page.evaluate("sessionStorage.length") == 0


async def test_cancelling_deletes_what_was_sent(visits: Visits, desk: Desk, film: Film) -> None:
    async with visits() as visit:
        await _choose(visit, film)
        await visit.eventually(f"{MOVED}.startsWith('Uploaded.')")
        await visit.page.click("[data-go=cancel]")
        await visit.eventually("document.querySelector('.toast')?.textContent === 'The upload was deleted.'")
        assert desk.uploads == {}
        assert await visit.page.locator(".drop").is_visible()


async def test_a_refusal_is_told_in_the_servers_words(visits: Visits, desk: Desk, film: Film) -> None:
    desk.refuses = 403
    async with visits() as visit:
        await visit.go("/upload")
        await visit.page.set_input_files("#clip", film.path)
        told = "document.querySelector('[data-show=mistake]')"
        await visit.eventually(f"!{told}.hidden && {told}.textContent === \"You have reached today's limit.\"")
        assert await visit.page.locator(".drop").is_visible()


@pytest.mark.parametrize(
    ("name", "kind", "size", "sentence"),
    [("notes.txt", "text/plain", 12, "This file is not a video."), ("none.mp4", "video/mp4", 0, "This file is empty.")],
)
async def test_what_cannot_be_a_clip_is_not_sent(
    visits: Visits, desk: Desk, name: str, kind: str, size: int, sentence: str
) -> None:
    async with visits() as visit:
        await visit.go("/upload")
        await visit.page.set_input_files("#clip", {"name": name, "mimeType": kind, "buffer": b"x" * size})
        told = await visit.page.inner_text("[data-show=mistake]")
        assert told.startswith(sentence)
        assert desk.uploads == {}


async def test_the_word_at_the_end_is_true_when_a_clip_is_held(visits: Visits, desk: Desk, film: Film) -> None:
    desk.states = [{"state": "checking"}, {"state": "held", "reason": "It looks like a dangerous act."}]
    async with visits() as visit:
        await _choose(visit, film)
        await visit.page.click("[data-go=publish]")
        await visit.eventually("document.querySelector('.step-held')")
        assert await visit.page.inner_text(".step-held .step-name") == "Held for review"
        assert await visit.page.inner_text(".step-held .step-words") == "It looks like a dangerous act."
        assert await visit.page.locator(".steps .step-done").count() == 2
        assert await visit.page.locator(".steps .step").count() == 3
        assert not await visit.page.locator(".composer-leave").is_visible()


@pytest.mark.parametrize("defers", [True, False], ids=["length told later", "length told first"])
async def test_a_recording_is_sent_while_it_is_made(visits: Visits, desk: Desk, defers: bool) -> None:
    desk.defers = defers
    async with visits(permissions=["camera", "microphone"]) as visit:
        await visit.go("/upload")
        await visit.page.click("[data-go=camera]")
        await visit.eventually("document.querySelector('.camera-view').readyState >= 2")
        await visit.page.click("[data-camera=shutter]")
        await visit.eventually("document.querySelector('.camera-time').textContent === '0:02'")
        if defers:
            assert len(desk.uploads) == 1, "it began with the recording"
        await visit.page.click("[data-camera=pause]")
        await visit.page.click("[data-camera=done]")
        await visit.page.locator("#caption").wait_for(state="visible")
        await visit.page.locator("[data-grip=start]").press("ArrowRight")
        await visit.page.click("[data-go=publish]")
        await visit.eventually("document.querySelector('[data-show=clip]').href.endsWith('/clips/v1')")
        assert desk.only.words["cut_start"] == "0.100"
        assert "cut_end" not in desk.only.words
        assert desk.only.words["filetype"] in ("video/mp4", "video/webm")
        assert len(desk.only.data) > 10_000
        whole = await visit.page.evaluate("document.querySelector('.camera-view').srcObject?.active ?? false")
        assert not whole, "the camera is let go of"


async def test_a_form_without_modules_is_sent_as_a_form(visits: Visits, desk: Desk, film: Film) -> None:
    async with visits(java_script_enabled=False) as visit:
        await visit.go("/upload")
        form = visit.page.locator("kept-composer form")
        assert await form.get_attribute("enctype") == "multipart/form-data"
        assert await visit.page.locator("#caption").is_visible()
        assert await visit.page.locator("[data-go=publish]").is_visible()
