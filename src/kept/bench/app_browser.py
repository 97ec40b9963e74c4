"""Part of `kept bench app`: how long a real Chromium takes to the first frame of the first clip, from a cold page, and from a
swipe to the first frame of the next clip; beside the bare server's round trip in the same browser.

A frame counts when the browser says that it was put on the screen (`requestVideoFrameCallback`), of the clip that is looked at.
What the time from a cold page is beyond is three round trips: the page, its script, and the film have to be asked for one
after the other.
"""

import os
import shutil
import statistics
from typing import Any

from kept.bench.running import NotRunning, Platform

COLD = 7
SWIPES = 2
"""Of each cold page: there are clips for no more."""
ROUND_TRIPS = 3
PATIENCE_MS = 15_000
LIMIT_FIRST_FRAME_MS, LIMIT_SWIPE_MS = 500.0, 200.0
PHONE = {"width": 390, "height": 844}
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"]
NO_BROWSER = "NOT MEASURED: there is no Chromium here that can be driven, so nobody saw a first frame"

_WATCH = """
window.firstFrame = new Promise((found) => document.addEventListener('loadstart', ({ target }) => {
  if (target instanceof HTMLVideoElement && target.closest('.clip')?.matches('.clip:first-of-type, [data-active]'))
    target.requestVideoFrameCallback((_now, frame) => found(frame.presentationTime));
}, true));
"""
_IS_READY = "(n) => document.querySelectorAll('.clip')[n]?.querySelector('video')?.readyState >= 3"
_SWIPE = """
(n) => new Promise((found) => {
  const began = performance.now(), next = document.querySelectorAll('.clip')[n], video = next.querySelector('video');
  video.requestVideoFrameCallback((_now, frame) => found(frame.presentationTime - began));
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
})
"""
_ROUND_TRIPS = """
async () => {
  const took = [];
  for (let n = 0; n < 20; n++) {
    const began = performance.now();
    await (await fetch('/healthz', { cache: 'no-store' })).text();
    took.push(performance.now() - began);
  }
  return took;
}
"""


async def first_frames(running: Platform) -> dict[str, Any]:
    """Milliseconds to a first frame, as medians and worst, and of the bare round trip; or that nothing was measured."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    program = next((path for path in map(shutil.which, filter(None, names)) if path), None)
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        program = None
    if program is None:
        return {"browser": NO_BROWSER}
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            await _cold_page(browser, running)  # the first one reads programs from the disk
            seen = [await _cold_page(browser, running) for _ in range(COLD)]
        finally:
            await browser.close()
    frames, swipes = [one[0] for one in seen], [took for one in seen for took in one[1]]
    trip = statistics.median(took for one in seen for took in one[2])
    first = statistics.median(frames)
    return {
        "browser": "Chromium",
        "browser_round_trip_ms": trip,
        "first_frame_ms": first,
        "first_frame_worst_ms": max(frames),
        "first_frame_beyond_ms": first - ROUND_TRIPS * trip,
        "first_frame_in_round_trips": first / trip,
        "limit_first_frame_beyond_ms": LIMIT_FIRST_FRAME_MS,
        "swipe_to_frame_ms": statistics.median(swipes),
        "swipe_to_frame_worst_ms": max(swipes),
        "limit_swipe_ms": LIMIT_SWIPE_MS,
    }


async def _cold_page(browser: Any, running: Platform) -> tuple[float, list[float], list[float]]:
    """In a profile of its own, which knows nothing: the first frame, each swipe, and some bare round trips."""
    context = await browser.new_context(viewport=PHONE, has_touch=True, service_workers="block")
    context.set_default_timeout(PATIENCE_MS)
    try:
        page = await context.new_page()
        await page.add_init_script(_WATCH)
        await page.goto(f"http://127.0.0.1:{running.port}/", wait_until="commit")
        frame = float(await page.evaluate("window.firstFrame"))
        swipes = []
        for number in range(1, SWIPES + 1):
            await page.wait_for_function(_IS_READY, arg=number)
            swipes.append(float(await page.evaluate(_SWIPE, number)))
        return frame, swipes, await page.evaluate(_ROUND_TRIPS)
    except Exception as error:
        raise NotRunning(why=f"the browser saw no frame: {error}") from error
    finally:
        await context.close()
