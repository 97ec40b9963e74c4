"""Take the pictures of the documents from a running demo.

    ./kept up --demo --port 8080 &
    .venv/bin/python tools/pictures.py http://127.0.0.1:8080
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from kept.demo import PASSWORD

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
SETTLED_MS = 2500

MEMBER, CHILD = "mira.makes", "pip"
VIEWS = [
    ("feed", "/", None, "dark"),
    ("trust", "/trust", None, "light"),
    ("sign-up", "/sign-up", None, "light"),
    ("privacy", "/documents/privacy", None, "light"),
    ("upload", "/upload", MEMBER, "light"),
    ("me", "/me", MEMBER, "light"),
    ("settings", "/settings", MEMBER, "light"),
    ("young", "/", CHILD, "light"),
]


def main(url: str) -> None:
    """Every view, on a phone and on a desk."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for name, path, who, scheme in VIEWS:
            for device, size in (("phone", PHONE), ("desktop", DESKTOP)):
                take(browser, url, path, who, scheme, size, FOLDER / f"{name}-{device}.png")
        browser.close()


def take(
    browser: Browser, url: str, path: str, who: str | None, scheme: str, size: dict[str, int], file: Path
) -> None:
    """One picture, in a fresh profile."""
    context = browser.new_context(viewport=size, base_url=url, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    if who is not None:
        sign_in(page, who)
    page.goto(path)
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=file)
    context.close()


def sign_in(page: Page, handle: str) -> None:
    """As people do it."""
    page.goto("/sign-in")
    page.fill("#login", handle)
    page.fill("#password", PASSWORD)
    page.click("form button.button-primary")
    page.wait_for_url(lambda where: "/sign-in" not in where)


main(sys.argv[1])
