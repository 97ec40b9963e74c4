"""The static files: their addresses, their weight, the worker, the manifest, the drawings."""

import json
import re
from pathlib import Path

import pytest

from kept.look import assets, icons, pages, samples
from kept.look.samples import shell
from tests.look.reading import read

FIRST_PAGE = 100_000  # bytes, compressed, without media
LOOK = Path(assets.__file__).parent


def _path(address: str) -> str:
    return address.removeprefix(f"{assets.PREFIX}/{assets.build()}/")


def _with_imports(path: str) -> set[str]:
    """A module and everything that it imports."""
    found, waiting = set(), [path]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            folder = Path(at).parent
            for wanted in re.findall(r"""(?:from|import) '(\.[^']+)'""", assets.assets()[at].body.decode()):
                parts = []
                for part in (folder / wanted).parts:
                    parts = parts[:-1] if part == ".." else [*parts, part]
                waiting.append("/".join(parts))
    return found


def test_the_first_page_weighs_little() -> None:
    text = pages.render_feed(samples.feed(shell(None)))
    page = read(text)
    wanted = {_path(link.attributes["href"]) for link in page.all("link") if link.attributes["rel"] == "stylesheet"}
    for script in page.all("script"):
        wanted |= _with_imports(_path(script.attributes["src"]))
    assert len([path for path in wanted if path.endswith(".js")]) > 5
    weight = len(assets.assets()["css/tokens.css"].gzipped) + len(text)  # the text itself uncompressed: the worst case
    weight += sum(len(assets.assets()[path].gzipped) for path in wanted)
    assert weight < FIRST_PAGE


def test_every_module_imports_what_is_there_and_nothing_from_elsewhere() -> None:
    for path, asset in assets.assets().items():
        if path.endswith(".js"):
            assert not re.search(r"""(?:from|import\()\s*['"](?!\.)""", asset.body.decode()), path
            _with_imports(path)


@pytest.mark.parametrize("path", [path for path in assets.assets() if path.endswith((".css", ".js", ".svg"))])
def test_no_static_file_names_another_host(path: str) -> None:
    found = re.findall(r"https?://[^\s'\")]+|url\([^)]+\)", assets.assets()[path].body.decode())
    assert set(found) <= {"http://www.w3.org/2000/svg"}


def test_an_address_carries_the_digest_of_the_whole_set() -> None:
    assert re.fullmatch(r"/static/[0-9a-f]{12}/css/app\.css", assets.address("css/app.css"))
    with pytest.raises(KeyError):
        assets.address("css/none.css")


def test_the_worker_keeps_the_shell_and_never_media() -> None:
    source = assets.worker().body.decode()
    kept = json.loads(re.search(r"const SHELL = (\[.*?\]);", source)[1])  # type: ignore[index]
    assert kept[-1] == "/offline"
    assert all(path.startswith(f"/static/{assets.build()}/") for path in kept[:-1])
    assert {_path(path) for path in kept[:-1]} >= {"css/app.css", "js/app.js", "js/feed.js"}
    assert "js/worker.js" not in {_path(path) for path in kept}
    assert assets.build() in source


def test_the_manifest_says_for_whom_the_app_is() -> None:
    manifest = json.loads(assets.manifest().body)
    assert manifest["kept_rating"]["label"] == "13+"
    assert manifest["kept_rating"]["minimum_age"] == 13
    assert "13+" in manifest["description"]
    assert "iarc_rating_id" not in manifest, "there is no certificate, so there is no number"
    for picture in manifest["icons"]:
        assert _path(picture["src"]) in assets.assets()


def test_every_icon_is_drawn_with_the_one_stroke() -> None:
    assert len(icons.ICONS) > 40
    for name, drawing in icons.ICONS.items():
        assert "stroke=" not in drawing.replace('stroke="none"', ""), name
        read(str(drawing))


def test_no_stylesheet_uses_a_token_that_is_not_there() -> None:
    sheets = {path: asset.body.decode() for path, asset in assets.assets().items() if path.endswith(".css")}
    known = {name for text in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    for path, text in sheets.items():
        assert set(re.findall(r"var\((--[\w-]+)", text)) <= known, path


def test_no_template_uses_a_class_that_no_stylesheet_and_no_module_knows() -> None:
    known = set()
    for path, asset in assets.assets().items():
        if path.endswith((".css", ".js")):
            known |= set(re.findall(r"\.([a-z][\w-]+)", asset.body.decode()))
    for template in (LOOK / "templates").rglob("*.html"):
        text = template.read_text()
        own = set(re.findall(r"\.([a-z][\w-]+)", "".join(re.findall(r"<style>.*?</style>", text, re.S))))
        for value in re.findall(r'class="([a-z][a-z -]*)"', text):
            assert set(value.split()) <= known | own, f"{template.name}: {set(value.split()) - known - own}"
