"""Takes pictures of every page of the preview, on a phone and on a desk, by day and by night.

`python -m tools.shots FOLDER [PATH ...]`
"""

import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tools.preview import PreviewServer, media_folder, routes

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"]
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
_LONG = (
    "/trust", "/trust/data", "/trust/data/map", "/trust/data/retention", "/as/data-found", "/documents/privacy",
    "/dev/components", "/settings", "/family", "/as/family-young", "/settings/security", "/settings/security/codes",
    "/settings/feed", "/trust/ranking",
)


def take(browser: Browser, address: str, path: str, folder: Path, size: str, scheme: str) -> None:
    """One picture; long pages are taken whole."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if size == "phone" else 1, has_touch=size == "phone", service_workers="block",
    )
    page = context.new_page()
    page.goto(address + path)
    page.wait_for_timeout(900 if "kept-feed" in page.content() else 250)
    name = path.strip("/").replace("/", "-").replace("?", "-") or "feed"
    page.screenshot(path=folder / f"{name}.{size}.{scheme}.png", full_page=path.partition("?")[0] in _LONG)
    context.close()


def main(folder: Path, wanted: list[str]) -> None:
    """Every picture of the pages that are wanted, or of all."""
    folder.mkdir(parents=True, exist_ok=True)
    media_folder()
    server = PreviewServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for path in wanted or [path for path in routes() if path != "/cards"]:
            for size in SIZES:
                for scheme in ("light", "dark"):
                    take(browser, server.address, path, folder, size, scheme)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
