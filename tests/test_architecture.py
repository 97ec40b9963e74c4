"""ARCHITECTURE.md says what the import contract says; every floor has a charter; decisions are a page."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "kept"
FLOORS = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists())


def drawn() -> list[str]:
    block = re.search(r"## The stack.*?```\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text(), re.S)
    assert block
    return [re.split(r"\s{2,}", line)[0] for line in block[1].strip().splitlines()]


def contracts() -> dict[str, dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract for contract in settings["contracts"]}


def test_the_drawn_stack_is_the_import_contract() -> None:
    assert drawn() == contracts()["layers"]["layers"]


def test_every_floor_is_placed() -> None:
    assert sorted(name for line in drawn() for name in line.split(" | ")) == FLOORS


@pytest.mark.parametrize("floor", FLOORS)
def test_every_floor_has_a_charter_and_public_names(floor: str) -> None:
    text = (SOURCE / floor / "__init__.py").read_text()
    assert text.startswith('"""' + floor + ": "), f"{floor}/__init__.py begins with what the floor is"
    assert floor == "app" or "__all__" in text, f"{floor} names what others may use"


def test_every_floor_below_the_doors_is_free_of_http() -> None:
    below = {name for line in drawn()[3:] for name in line.split(" | ")}
    forbidden = contracts()["no-web-below"]["source_modules"]
    assert {f"kept.{name}" for name in below} == set(forbidden)  # type: ignore[call-overload]


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda page: page.stem)
def test_a_decision_is_a_page_and_names_what_holds_it(page: Path) -> None:
    text = page.read_text()
    assert len(text.splitlines()) <= 60
    assert "**Decision.**" in text
    assert "**Why.**" in text
    assert "**Held by**" in text


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(page.name[:4]) for page in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_files_named_in_the_documents_exist() -> None:
    for document in ("README.md", "ARCHITECTURE.md", "SECURITY.md"):
        for name in re.findall(r"`((?:src|tests|docs|tools|\.ci)/[\w./-]+)`", (ROOT / document).read_text()):
            assert (ROOT / name).exists(), f"{document} names {name}"
