"""feed: what is shown next, from the shelf of the viewer's own cell.

Owns the order of clips, and the form in which cards reach clients. Never reads a private row, never decides who
may see what (policy does), never looks into another cell.
Start reading at `paging.py`.
"""

from kept.feed.card import Card
from kept.feed.paging import MOST, PAGE, Feed, FeedPage

__all__ = ["MOST", "PAGE", "Card", "Feed", "FeedPage"]
