"""look: what pages look like. One design, rendered by the server, with nothing of anybody else's in the browser.

Owns the look (`static/`), the templates, the texts for people in every language, and the view models that pages take.
Renders only what a view says is allowed: a view without a comment count has no comment button, and a child's feed has no
form. Never decides what is allowed, never reads a table: the routes ask the floors below and fill a view.
Start reading at `views/` (what a page needs to know), then `pages.py` (one function a page), then `templates/`.
`/dev/components` shows every component; `tools/preview.py` serves every page with made-up views.
"""

from kept.look import assets, pages, paths, views, words
from kept.look.linking import handles_in

__all__ = ["assets", "handles_in", "pages", "paths", "views", "words"]
