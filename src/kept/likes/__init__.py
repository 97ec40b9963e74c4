"""likes: which clips members like, and how many like a clip.

Owns likes, which are their members' own and stay at home, and the figures on the shelf, one row a cell. Never tells anybody who
likes what, never counts a clip that nobody may watch any more. It stands above `videos`, because a clip is liked through the
door that shows it.
Start reading at `liking.py`, then `hearts.py` (how cells count, also for what is liked on the floors above).
"""

from kept.likes.counting import Likes, count_due, likes_changed, likes_now, likes_of, mend_likes
from kept.likes.errors import TooManyLikes
from kept.likes.hearts import Counted, Hearts, item_of
from kept.likes.liking import like, pace_of_likes, unlike
from kept.likes.models import Liked, LikesDue, ShelfLikes

__all__ = [
    "Counted",
    "Hearts",
    "Liked",
    "Likes",
    "LikesDue",
    "ShelfLikes",
    "TooManyLikes",
    "count_due",
    "item_of",
    "like",
    "likes_changed",
    "likes_now",
    "likes_of",
    "mend_likes",
    "pace_of_likes",
    "unlike",
]
