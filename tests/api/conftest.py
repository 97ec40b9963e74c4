"""The application behind its door."""

from tests.fixtures.door import door

__all__ = ["door"]
