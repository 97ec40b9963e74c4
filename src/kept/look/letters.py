"""Letters on paper: a page to print and fold, with its address in the window of an envelope (DIN 5008, form B), as a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import segno

if TYPE_CHECKING:
    from fpdf import FPDF

LEFT, RIGHT, WINDOW, BODY = 25.0, 20.0, 50.0, 98.0
"""Millimetres from the edges: margins, where the address begins, where the text does."""
SIZE, LINE = 11.0, 5.5
CODE = 28.0
"""Millimetres of the picture of the link."""
_REGULAR, _BOLD = "regular", "bold"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLetter:
    """What is printed. `to` are the lines of the address; `link` is shown as text and as a picture (QR); empty: none."""

    sender: str
    to: Sequence[str]
    day: str
    subject: str
    paragraphs: Sequence[str]
    link_label: str = ""
    link: str = ""
    written_at: datetime


def unprintable(text: str) -> str:
    """The letters in it that our type does not have: each once, in order."""
    known = _letters()
    return "".join(dict.fromkeys(one for one in text if ord(one) not in known and not one.isspace()))


def print_letter(letter: PaperLetter) -> bytes:
    """The PDF. Takes some hundred milliseconds: call it in a thread."""
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_creation_date(letter.written_at)
    page.set_title(letter.subject)
    page.set_margins(LEFT, 20, RIGHT)
    for name, file in _files().items():
        page.add_font(name, fname=file)
    page.add_page()
    _head(page, letter)
    page.set_y(BODY)
    page.set_font(_BOLD, size=SIZE + 2)
    page.multi_cell(0, LINE + 1, letter.subject, new_x="LMARGIN", new_y="NEXT", align="L")
    page.ln(LINE / 2)
    page.set_font(_REGULAR, size=SIZE)
    for paragraph in letter.paragraphs:
        page.multi_cell(0, LINE, paragraph, new_x="LMARGIN", new_y="NEXT", align="L")
        page.ln(LINE / 2)
    if letter.link:
        _link(page, letter)
    return bytes(page.output())


def _head(page: "FPDF", letter: PaperLetter) -> None:
    page.set_xy(LEFT, WINDOW - 5)
    page.set_font(_REGULAR, size=7.5)
    page.cell(85, 4, letter.sender, border="B")
    page.set_font(_REGULAR, size=SIZE)
    page.set_xy(LEFT, WINDOW)
    for line in letter.to:
        page.set_x(LEFT)
        page.cell(85, LINE, line, new_x="LMARGIN", new_y="NEXT")
    page.set_xy(LEFT, BODY - 14)
    page.cell(0, LINE, letter.day, align="R")


def _link(page: "FPDF", letter: PaperLetter) -> None:
    """The address in words and as a picture; both on one page."""
    from fpdf.enums import WrapMode

    if page.will_page_break(CODE + 3 * LINE):
        page.add_page()
    page.set_font(_BOLD, size=SIZE)
    page.multi_cell(0, LINE, letter.link_label, new_x="LMARGIN", new_y="NEXT", align="L")
    top = page.get_y() + 2
    modules = segno.make(letter.link, error="m").matrix
    size = CODE / len(modules)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                page.rect(LEFT + column * size, top + row * size, size, size, style="F")
    page.set_font(_REGULAR, size=SIZE - 2)
    page.set_xy(LEFT + CODE + 6, top)
    page.multi_cell(0, LINE - 0.5, letter.link, align="L", wrapmode=WrapMode.CHAR)


@cache
def _files() -> dict[str, str]:
    """The type: Source Sans, for Latin, Greek and Cyrillic letters."""
    import font_source_sans_pro as source

    return {_REGULAR: source.SourceSansPro, _BOLD: source.SourceSansProSemibold}


@cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(_files()[_REGULAR]).getBestCmap())
