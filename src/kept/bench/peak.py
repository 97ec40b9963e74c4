"""How much memory a piece of work takes, at its peak."""

import gc
import threading
from types import TracebackType
from typing import Self

import psutil

SECONDS = 0.005
"""Between two looks."""


class Peak:
    """A block, in which this process is watched: by how many bytes its resident set grew at most."""

    def __init__(self) -> None:
        self.grown = 0
        self._done = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        gc.collect()
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self._watching.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        self._watching.join()
        self._look()

    def _watch(self) -> None:
        while not self._done.wait(SECONDS):
            self._look()

    def _look(self) -> None:
        self.grown = max(self.grown, self._process.memory_info().rss - self._before)
