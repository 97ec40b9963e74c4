"""comments: what members say under clips, and what the owner of a clip may do about it.

Owns comments (each its author's own, sealed, at home), the shelf on which the public ones stand, likes of comments, pins, the
comments that wait for the owner of a clip or are for their followers alone, and the filters by which they wait. Never puts
on a shelf what is held, or what was said under a clip for followers; never tells anybody that they are restricted or
filtered; never stops somebody who is sure. It stands above `videos`, because a clip is commented on through the door that
shows it; who may comment on a clip is the clip's own (`videos.choosing`).
Start reading at `writing.py`, then `telling.py` (the two cells), `judging.py` (what becomes of it), `reading.py`.
"""

from kept.comments.deleting import delete_comment
from kept.comments.errors import AreYouSure, NoSuchComment, NotAComment, TooManyComments, TooManyPins
from kept.comments.filtering import LONGEST_WORD, MOST_WORDS, Filter, filter_of, set_filter
from kept.comments.holding import Held, held, how_many_held, let_through
from kept.comments.judging import Why, caught
from kept.comments.liking import hearts, like_comment, unlike_comment
from kept.comments.mending import mend_comments
from kept.comments.models import Comment, CommentFilter, CommentKey, CommentLiked, ShelfComment, ShelfPins, UnderClip
from kept.comments.opening import Comments, Hears, Shown, open_comments
from kept.comments.pinning import MOST_PINS, pin, unpin
from kept.comments.reading import (
    MOST,
    PAGE,
    CommentPage,
    SeenComment,
    comment_counts,
    comment_seen,
    page,
    published_clip,
    replies,
)
from kept.comments.telling import WHAT, deliver
from kept.comments.wording import LONGEST
from kept.comments.writing import NewComment, Posted, require_under, write

__all__ = [
    "LONGEST",
    "LONGEST_WORD",
    "MOST",
    "MOST_PINS",
    "MOST_WORDS",
    "PAGE",
    "WHAT",
    "AreYouSure",
    "Comment",
    "CommentFilter",
    "CommentKey",
    "CommentLiked",
    "CommentPage",
    "Comments",
    "Filter",
    "Hears",
    "Held",
    "NewComment",
    "NoSuchComment",
    "NotAComment",
    "Posted",
    "SeenComment",
    "ShelfComment",
    "ShelfPins",
    "Shown",
    "TooManyComments",
    "TooManyPins",
    "UnderClip",
    "Why",
    "caught",
    "comment_counts",
    "comment_seen",
    "delete_comment",
    "deliver",
    "filter_of",
    "hearts",
    "held",
    "how_many_held",
    "let_through",
    "like_comment",
    "mend_comments",
    "open_comments",
    "page",
    "pin",
    "published_clip",
    "replies",
    "require_under",
    "set_filter",
    "unlike_comment",
    "unpin",
    "write",
]
