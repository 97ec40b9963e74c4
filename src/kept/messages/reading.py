"""Reading one's own messages: conversations, pages, what is new, and having read it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Session
from kept.cells import Tx
from kept.messages.deciding import require_own
from kept.messages.errors import NoSuchConversation, NoSuchMessage
from kept.messages.mailbox import COLUMNS, Read, opened
from kept.messages.models import Conversation
from kept.messages.notices import CHANNEL, Kind, Notice
from kept.messages.opening import Messages
from kept.messages.removing import lock

PAGE = 50
MOST = 100
"""Messages on a page: as many as asked for, at most so many."""
CONVERSATIONS = 200
"""The newest so many are listed."""

_PAGE = f"SELECT {COLUMNS} FROM message WHERE owner_id = $1 AND peer_id = $2"  # noqa: S608  our own columns
_ONE = f"SELECT {COLUMNS} FROM message WHERE owner_id = $1 AND message_id = $2"  # noqa: S608  our own columns
_ORDER = " ORDER BY message_id DESC LIMIT "
_LIST = """
SELECT c.peer_id, c.state AS conversation_state, c.unread, c.last_at, c.read_to,
    c.muted_at IS NOT NULL AS muted, m.message_id, m.mine, m.state, m.body, m.sent_at, m.arrived_at
FROM conversation c JOIN message m ON m.owner_id = c.owner_id AND m.message_id = c.last_id
WHERE c.owner_id = $1 ORDER BY c.last_at DESC, c.peer_id LIMIT $2
"""
_UNREAD = "SELECT count(*) FILTER (WHERE unread > 0) AS conversations, coalesce(sum(unread), 0)::bigint AS messages FROM conversation WHERE owner_id = $1 AND muted_at IS NULL"  # noqa: E501
_READ = """
UPDATE conversation SET read_to = greatest(read_to, $3),
    unread = (SELECT count(*) FROM message m WHERE m.owner_id = $1 AND m.peer_id = $2 AND NOT m.mine
        AND m.message_id > greatest(read_to, $3))
WHERE owner_id = $1 AND peer_id = $2 RETURNING unread
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation in the list. `name` is None when the other one's account is gone."""

    peer_id: UUID
    name: str | None
    is_request: bool
    unread: int
    last: Read
    read_to: UUID | None
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """How much is new."""

    conversations: int
    messages: int


async def peer_of(messages: Messages, name: str) -> UUID:
    """Whom a conversation is with, by name or by id (of one whose account is gone). Raises NoSuchConversation."""
    try:
        return UUID(name)
    except ValueError:
        home = await messages.people.named(name)
    if home is None:
        raise NoSuchConversation
    return home.member_id


async def page(
    messages: Messages, reader: Session, peer_id: UUID, *, before: UUID | None = None, limit: int = PAGE
) -> tuple[list[Read], bool]:
    """The newest messages with somebody, or those before one; and whether there are older ones. Raises Refused."""
    require_own(reader.actor)
    most = max(1, min(limit, MOST))
    database = reader.cell.database
    if before is None:
        rows = await database.fetch(_PAGE + _ORDER + "$3", reader.member_id, peer_id, most + 1)
    else:
        sql = _PAGE + " AND message_id < $3" + _ORDER + "$4"
        rows = await database.fetch(sql, reader.member_id, peer_id, before, most + 1)
    return await opened(messages.vaults[reader.cell.name], reader.member_id, rows[:most]), len(rows) > most


async def one_read(messages: Messages, reader: Session, message_id: UUID) -> Read:
    """One message of one's own mailbox, whichever of the two wrote it. Raises Refused, NoSuchMessage."""
    require_own(reader.actor)
    rows = await reader.cell.database.fetch(_ONE, reader.member_id, message_id)
    if not rows:
        raise NoSuchMessage
    return (await opened(messages.vaults[reader.cell.name], reader.member_id, rows))[0]


async def conversations(messages: Messages, reader: Session) -> list[Listed]:
    """Everybody with whom there are messages, the latest first. Raises Refused."""
    require_own(reader.actor)
    rows = await reader.cell.database.fetch(_LIST, reader.member_id, CONVERSATIONS)
    last = await opened(messages.vaults[reader.cell.name], reader.member_id, rows)
    names = await messages.people.names([row["peer_id"] for row in rows])
    return [
        Listed(
            peer_id=row["peer_id"],
            name=names.get(row["peer_id"]),
            is_request=row["conversation_state"] == "request",
            unread=row["unread"],
            last=one,
            read_to=row["read_to"],
            muted=row["muted"],
        )
        for row, one in zip(rows, last, strict=True)
    ]


async def unread(reader: Session) -> Unread:
    """How much is new. Raises Refused."""
    require_own(reader.actor)
    row = (await reader.cell.database.fetch(_UNREAD, reader.member_id))[0]
    return Unread(row["conversations"], row["messages"])


async def mark_read(tx: Tx, reader: Session, peer_id: UUID, *, up_to: UUID) -> int:
    """Somebody has read a conversation up to a message; how many are unread after that. Raises Refused, NoSuchConversation."""
    require_own(reader.actor)
    if not await lock(tx, reader.member_id, peer_id):  # what is stored meanwhile is counted once, here or there
        raise NoSuchConversation
    left: int = (await tx.connection.exec_driver_sql(_READ, (reader.member_id, peer_id, up_to))).scalar_one()
    notice = Notice.written(Kind.READ, [(up_to, (reader.member_id,))])
    await tx.run(sa.select(sa.func.pg_notify(CHANNEL, notice)))
    return left


async def accept(tx: Tx, reader: Session, peer_id: UUID) -> None:
    """Take up a conversation that somebody new began. Raises Refused, NoSuchConversation."""
    require_own(reader.actor)
    mine = sa.and_(Conversation.owner_id == reader.member_id, Conversation.peer_id == peer_id)
    done = await tx.run(sa.update(Conversation).where(mine).values(state="open").returning(Conversation.peer_id))
    if not done.all():
        raise NoSuchConversation
