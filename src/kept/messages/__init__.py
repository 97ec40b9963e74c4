"""messages: what members write to each other, each with a copy of their own.

Owns mailboxes and conversations, sending, reading, unsending, live delivery, what crosses a border to somebody else's
mailbox, and the digests that the ledger gets. Never keeps a copy in the other party's region, never opens a message but for
its two parties, never carries a file or a link to pictures elsewhere, never tells a sender why somebody takes no messages.
Messages are encrypted at rest and in transit, not end to end.
Start reading at `sending.py`, then `storing.py` (one statement for all), `crossing.py` (the other cell), `live.py`.
"""

from kept.messages.batches import EVENT, Path, log_digests, path_of
from kept.messages.canary import Canaries, Canary, Looked, look
from kept.messages.carrying import LONGEST_TEXT, checked_text, payload_of
from kept.messages.choosing import Choices, choices_of, choose_messages, offered
from kept.messages.content import LARGEST_BODY, Content, digest_of
from kept.messages.crossing import WHAT
from kept.messages.errors import (
    BadKey,
    BadPlace,
    KeyUsedOtherwise,
    NoSuchConversation,
    NoSuchMessage,
    NotAMessage,
    TooManyMessages,
)
from kept.messages.gates import Known, Tie, Ties
from kept.messages.keeping import Stands, delete_conversation, mute_conversation, stands, tell_seen
from kept.messages.live import HEARTBEAT_SECONDS, Happened
from kept.messages.mailbox import Read
from kept.messages.models import (
    BODY,
    Conversation,
    Message,
    MessageBatch,
    MessageChoice,
    MessageDigest,
    MessageGone,
    MessageKey,
)
from kept.messages.notices import Kind
from kept.messages.opening import Messages, open_messages
from kept.messages.reading import (
    MOST,
    PAGE,
    Listed,
    Unread,
    accept,
    conversations,
    mark_read,
    one_read,
    page,
    peer_of,
    unread,
)
from kept.messages.sending import send
from kept.messages.storing import Sent
from kept.messages.unsending import unsend

__all__ = [
    "BODY",
    "EVENT",
    "HEARTBEAT_SECONDS",
    "LARGEST_BODY",
    "LONGEST_TEXT",
    "MOST",
    "PAGE",
    "WHAT",
    "BadKey",
    "BadPlace",
    "Canaries",
    "Canary",
    "Choices",
    "Content",
    "Conversation",
    "Happened",
    "KeyUsedOtherwise",
    "Kind",
    "Known",
    "Listed",
    "Looked",
    "Message",
    "MessageBatch",
    "MessageChoice",
    "MessageDigest",
    "MessageGone",
    "MessageKey",
    "Messages",
    "NoSuchConversation",
    "NoSuchMessage",
    "NotAMessage",
    "Path",
    "Read",
    "Sent",
    "Stands",
    "Tie",
    "Ties",
    "TooManyMessages",
    "Unread",
    "accept",
    "checked_text",
    "choices_of",
    "choose_messages",
    "conversations",
    "delete_conversation",
    "digest_of",
    "log_digests",
    "look",
    "mark_read",
    "mute_conversation",
    "offered",
    "one_read",
    "open_messages",
    "page",
    "path_of",
    "payload_of",
    "peer_of",
    "send",
    "stands",
    "tell_seen",
    "unread",
    "unsend",
]
