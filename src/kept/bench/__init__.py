"""bench: how fast the hot paths are, each beside a physical limit or a bare baseline taken in the same run.

One file a hot path, each with an `async run() -> dict`; `kept bench NAME` runs it. Nothing of the product imports this.
"""

__all__: list[str] = []
