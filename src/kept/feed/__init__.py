"""feed: what is shown next, from the shelf of the viewer's own cell.

Owns the order of clips, what is found by words and tags, cursors, and the form in which cards reach clients. Never reads a
private row, never decides who may see what (policy does), never looks into another cell.
Start reading at `paging.py`.
"""

from kept.feed.card import Card
from kept.feed.cursor import BadCursor, Cursor
from kept.feed.paging import MOST, PAGE, Feed, FeedPage
from kept.feed.words import LONGEST_QUESTION, LONGEST_TAG, TAG, Tag, question, tag_of, tags_in

__all__ = [
    "LONGEST_QUESTION",
    "LONGEST_TAG",
    "MOST",
    "PAGE",
    "TAG",
    "BadCursor",
    "Card",
    "Cursor",
    "Feed",
    "FeedPage",
    "Tag",
    "question",
    "tag_of",
    "tags_in",
]
