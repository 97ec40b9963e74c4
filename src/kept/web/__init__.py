"""web: the front door for people with a browser: the routes that fill the views of `look`.

Decides nothing: each route asks a verb or a reader below, and renders what it is told. Forms work without scripts.
"""

from kept.web.static_files import manifest, offline, static_file, worker

WEB_ROUTES = (static_file, manifest, worker, offline)

__all__ = ["WEB_ROUTES"]
