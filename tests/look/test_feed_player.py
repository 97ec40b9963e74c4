"""The feed in a real Chromium: one clip at a time, three video elements at most, keys, sound, thrift."""


import pytest

from tests.look.conftest import Visits
from tests.look.desk import Desk

pytestmark = pytest.mark.browser

ACTIVE = "[...document.querySelectorAll('.clip')].findIndex((clip) => clip.hasAttribute('data-active'))"
STATE = "document.querySelector('.clip[data-active]')?.dataset.state"
VIDEO = "document.querySelector('.clip[data-active] video')"


async def test_the_first_clip_plays_silently_by_itself(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/")
        await visit.eventually(f"{STATE} === 'playing'")
        assert await visit.page.evaluate(f"{VIDEO}.muted")
        assert await visit.page.locator(".sound-hint").is_visible()
        await visit.eventually(f"{VIDEO}.currentTime > 0.3")
        drawn = await visit.page.evaluate("document.querySelector('.clip[data-active] .clip-progress span').style.transform")
        assert drawn.startswith("scaleX(0.")


async def test_swiping_through_the_feed_never_takes_more_than_three_video_elements(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/")
        for number in range(1, 9):
            await visit.page.evaluate(f"document.querySelectorAll('.clip')[{number}].scrollIntoView()")
            await visit.eventually(f"{ACTIVE} === {number}")
            await visit.eventually(f"{STATE} === 'playing'")
            assert await visit.page.evaluate("document.querySelectorAll('video').length") <= 3
            playing = "[...document.querySelectorAll('video')].filter((video) => !video.paused).length"
            assert await visit.eventually(f"{playing} === 1")
        assert await visit.page.evaluate("document.querySelectorAll('.clip').length") == 12
        assert await visit.page.evaluate("document.querySelectorAll('.feed-end').length") == 1


async def test_the_next_clip_is_ready_before_it_is_asked_for(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/")
        ready = "document.querySelectorAll('.clip')[1].querySelector('video')?.readyState >= 3"
        await visit.eventually(ready)
        assert await visit.page.evaluate("document.querySelectorAll('.clip')[1].querySelector('video').paused")


async def test_the_keyboard_moves_plays_and_turns_the_sound_on(visits: Visits) -> None:
    async with visits(viewport={"width": 1280, "height": 800}) as visit:
        await visit.go("/")
        await visit.eventually(f"{STATE} === 'playing'")
        for key, place in (("j", 1), ("ArrowDown", 2), ("PageDown", 3), ("k", 2), ("ArrowUp", 1)):
            await visit.page.keyboard.press(key)
            await visit.eventually(f"{ACTIVE} === {place}")
        focused = "document.activeElement === document.querySelector('.clip[data-active]')"
        assert await visit.page.evaluate(focused)
        await visit.eventually(f"{STATE} === 'playing'")
        await visit.page.keyboard.press("Space")
        await visit.eventually(f"{STATE} === 'paused'")
        await visit.page.keyboard.press("Space")
        await visit.eventually(f"{STATE} === 'playing'")
        await visit.page.keyboard.press("m")
        await visit.eventually(f"!{VIDEO}.muted")
        assert await visit.page.evaluate("localStorage['kept.sound']") == "on"


async def test_the_first_tap_asks_for_sound_and_the_choice_is_remembered(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/")
        await visit.eventually(f"{STATE} === 'playing'")
        await visit.page.mouse.click(195, 350)
        await visit.eventually(f"!{VIDEO}.muted && {STATE} === 'playing'")
        assert not await visit.page.locator(".sound-hint").is_visible()
        await visit.page.mouse.click(195, 350)
        await visit.eventually(f"{STATE} === 'paused'")
        await visit.go("/?again")
        await visit.eventually(f"{STATE} === 'playing' && !{VIDEO}.muted")
        pressed = visit.page.locator(".clip[data-active] [data-feed='sound']")
        assert await pressed.get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("why", ["reduced motion", "data to be saved"])
async def test_nothing_starts_by_itself_where_that_is_not_wanted(visits: Visits, why: str) -> None:
    async with visits(reduced_motion="reduce" if why == "reduced motion" else "no-preference") as visit:
        if why == "data to be saved":
            await visit.page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
        await visit.go("/")
        await visit.eventually(f"{STATE} === 'paused'")
        assert await visit.page.evaluate(f"{VIDEO}.paused")
        if why == "data to be saved":
            assert await visit.page.evaluate("document.querySelectorAll('video').length") == 1
        await visit.page.locator(".clip[data-active] .clip-tap").click()
        await visit.eventually(f"{STATE} === 'playing'")


async def test_a_caption_of_more_than_two_lines_offers_the_rest(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/")
        more = visit.page.locator(".clip").first.locator(".clip-more")
        await more.click()
        assert await more.get_attribute("aria-expanded") == "true"
        text = "document.querySelector('.clip-text')"
        assert await visit.page.evaluate(f"{text}.scrollHeight <= {text}.clientHeight + 1")
        await visit.page.keyboard.press("j")
        await visit.eventually(f"{ACTIVE} === 1")
        assert not await visit.page.locator(".clip").nth(1).locator(".clip-more").is_visible()


async def test_an_address_that_ran_out_is_asked_for_again_and_a_clip_that_is_gone_says_so(visits: Visits, desk: Desk) -> None:
    async with visits() as visit:
        await visit.page.route("**/media/clip-0.mp4", lambda route: route.fulfill(status=403))
        await visit.go("/")
        await visit.eventually("document.querySelector('.clip-gone')?.textContent === 'This clip is no longer available.'")
        clip = await visit.page.get_attribute(".clip", "data-again")
        assert desk.asked.count(clip) == 1


async def test_the_young_peoples_keys_move_and_play(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/as/young")
        await visit.eventually(f"{STATE} === 'playing'")
        await visit.page.click(".young-next")
        await visit.eventually(f"{ACTIVE} === 1")
        await visit.eventually("document.querySelector('.young-play').dataset.playing === 'true'")
        await visit.page.click(".young-play")
        await visit.eventually(f"{STATE} === 'paused'")
        await visit.page.click(".young-back")
        await visit.eventually(f"{ACTIVE} === 0")
