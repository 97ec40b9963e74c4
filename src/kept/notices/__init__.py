"""notices: what members are told happened to them and to what is theirs: follows, likes, comments, mentions, their clips.

Owns notices (each its recipient's own row, at home), which of them a member wants, the hours in which nothing rises by itself,
and who is told of a mention. Never names anybody who likes something (a number is told), never copies what somebody wrote,
never tells anything of somebody whom the recipient blocks, muted or restricts, never rises at night for anybody under 18.
The floors below call it by ports that they define, in the transaction of what it tells; elsewhere an envelope does.
Start reading at `listening.py` (the ports), then `telling.py` (the recipient's cell), `reading.py` (what still may be seen).
"""

from kept.notices.choices import Choices, choices_of, choose, may_be_woken
from kept.notices.errors import NoSuchZone
from kept.notices.kinds import CHOSEN, Kind, Topic
from kept.notices.listening import clip_moved, comment_shown, likes_counted, tie_changed
from kept.notices.live import HEARTBEAT_SECONDS
from kept.notices.mending import mend_notices
from kept.notices.models import Notice, NoticeChoices
from kept.notices.opening import Notices, open_notices
from kept.notices.quiet import is_night, zones_of
from kept.notices.reading import MOST_UNREAD, PAGE, NoticePage, SeenNotice, mark_seen, page, unread
from kept.notices.telling import WHAT, deliver

__all__ = [
    "CHOSEN",
    "HEARTBEAT_SECONDS",
    "MOST_UNREAD",
    "PAGE",
    "WHAT",
    "Choices",
    "Kind",
    "NoSuchZone",
    "Notice",
    "NoticeChoices",
    "NoticePage",
    "Notices",
    "SeenNotice",
    "Topic",
    "choices_of",
    "choose",
    "clip_moved",
    "comment_shown",
    "deliver",
    "is_night",
    "likes_counted",
    "mark_seen",
    "may_be_woken",
    "mend_notices",
    "open_notices",
    "page",
    "tie_changed",
    "unread",
    "zones_of",
]
