"""Reading a page as a browser would, strictly: every element that is opened is closed, in order."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
DRAWN = frozenset({"path", "circle", "rect", "polyline"})


@dataclass
class Element:
    """One element with its attributes; an attribute without a value is ''."""

    name: str
    attributes: dict[str, str]


@dataclass
class Read:
    """Everything in a page, in document order."""

    elements: list[Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def all(self, name: str) -> list[Element]:
        """Every element of that name."""
        return [element for element in self.elements if element.name == name]

    def classed(self, name: str) -> list[Element]:
        """Every element of that class."""
        return [element for element in self.elements if name in element.attributes.get("class", "").split()]


class _Strict(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read = Read()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        self.read.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in DRAWN, f"<{tag}/> closes itself"
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else, line {self.getpos()[0]}"

    def handle_data(self, data: str) -> None:
        self.read.text.append(data)


def read(page: str) -> Read:
    """The page's elements. Raises AssertionError where elements are not closed in order."""
    parser = _Strict()
    parser.feed(page)
    parser.close()
    assert not parser.open, f"never closed: {parser.open}"
    return parser.read
