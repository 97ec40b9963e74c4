"""feed: what is shown next, from the shelf of the viewer's own cell.

Owns the order of clips, what is found by words and tags, the form in which cards reach clients, which feed a member chose, and
what they watched in the one that is ranked for them. Ranks by weights that everybody can read (`weights.toml`), for members
who chose it and nobody else; never decides who may see what (policy does), never looks into another cell.
Start reading at `paging.py`; for the ranking at `ranking.py`, then `candidates.py`.
"""

from kept.feed.card import Card
from kept.feed.choosing import (
    MOST_INTERESTS,
    Chosen,
    choose_feed,
    choose_interests,
    chosen_by,
    may_be_profiled,
)
from kept.feed.errors import NotRanked, TooManyInterests, TooManyWatched
from kept.feed.history import (
    MOST_AT_ONCE,
    Entry,
    Note,
    forget_clip,
    history,
    interested_after_all,
    not_interested,
    note_watched,
    refresh,
)
from kept.feed.models import FeedChoice, Watched
from kept.feed.paging import MOST, PAGE, Feed, FeedPage, RankedPage
from kept.feed.ranking import Reason, Signal
from kept.feed.sitting import LONGEST as LONGEST_CURSOR
from kept.feed.weights import Recipe, recipe
from kept.feed.words import LONGEST_QUESTION, LONGEST_TAG, TAG, Tag, question, tag_of, tags_in

__all__ = [
    "LONGEST_CURSOR",
    "LONGEST_QUESTION",
    "LONGEST_TAG",
    "MOST",
    "MOST_AT_ONCE",
    "MOST_INTERESTS",
    "PAGE",
    "TAG",
    "Card",
    "Chosen",
    "Entry",
    "Feed",
    "FeedChoice",
    "FeedPage",
    "NotRanked",
    "Note",
    "RankedPage",
    "Reason",
    "Recipe",
    "Signal",
    "Tag",
    "TooManyInterests",
    "TooManyWatched",
    "Watched",
    "choose_feed",
    "choose_interests",
    "chosen_by",
    "forget_clip",
    "history",
    "interested_after_all",
    "may_be_profiled",
    "not_interested",
    "note_watched",
    "question",
    "recipe",
    "refresh",
    "tag_of",
    "tags_in",
]
