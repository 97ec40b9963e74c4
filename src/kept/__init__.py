"""Kept: a short-form video platform that keeps its promises and proves it."""

__version__ = "0.1.0"
