"""QR codes (ISO/IEC 18004), drawn on our own server as inline SVG: what they say leaves no trace elsewhere."""

from io import BytesIO

import segno
from markupsafe import Markup

QUIET = 4
"""Modules of white around it, as readers expect."""


def qr(text: str, label: str) -> Markup:
    """The code of a text, black on white in both themes; `label` is read out instead."""
    drawn = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, svgns=False, border=QUIET, light="#fff", omitsize=True, nl=False)
    shape = drawn.getvalue().decode().removeprefix("<svg")
    return Markup('<svg role="img" aria-label="{}"').format(label) + Markup(shape)  # noqa: S704  drawn from our own text
