"""Tags and handles in what people wrote, as links; everything else as text."""

import re
from urllib.parse import quote

from markupsafe import Markup, escape

from kept.look import paths

_LINKED = re.compile(r"(?<![\w@#&/.])(?:#([^\W_]\w{0,49})|@([a-z0-9](?:[a-z0-9._]{0,22}[a-z0-9_])))", re.IGNORECASE)


def linked(text: str) -> Markup:
    """What somebody wrote, escaped, with each `#tag` leading to the clips that have it and each `@handle` to that page."""
    parts, at = [], 0
    for found in _LINKED.finditer(text):
        tag, handle = found.groups()
        href = paths.tag(tag.lower()) if tag else paths.profile(quote(handle.lower()))
        parts += [escape(text[at : found.start()]), Markup('<a href="{}">{}</a>').format(href, found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def handles_in(text: str) -> list[str]:
    """The handles that are links in a text, in lower case, each once, in their order."""
    return list(dict.fromkeys(found[2].lower() for found in _LINKED.finditer(text) if found[2]))
