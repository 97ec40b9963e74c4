"""Sending: whom to, whether the policy lets it, sealed once for each party, stored together with what others send."""

import hashlib
from datetime import datetime

import asyncpg

from kept.accounts import About, Session
from kept.cells import Home
from kept.kit import new_id
from kept.messages.carrying import checked_text, payload_of
from kept.messages.content import Content, digest_of, pack
from kept.messages.crossing import Outbound
from kept.messages.deciding import is_taken, not_available, require_sender
from kept.messages.errors import BadKey, NotAMessage
from kept.messages.models import BODY
from kept.messages.opening import Messages
from kept.messages.storing import Letter, Sent, repeated, store_in
from kept.policy import Payload, Refused, Relation
from kept.vault import KeyDestroyed, NoSuchKey
from kept.videos import Viewer, visible_video

LONGEST_KEY = 128


async def send(
    messages: Messages, sender: Session, to: str, content: Content, *, key: str | None = None, now: datetime
) -> Sent:
    """Send a text or a clip to whoever goes by the name `to`. With a `key`, a repeated request sends nothing.

    Raises:
        Refused: by the policy; in one and the same way for everybody who can't be written to, and for nobody.
        NotAMessage, NoSuchVideo: there is nothing to send.
        TooManyMessages, BadKey, KeyUsedOtherwise; NoWayThere: the other's region can't be reached.
    """
    messages.pace.take(sender.member_id)
    _require_key(key)
    content, payload = _checked(content, messages.own_hosts)
    home = await messages.people.named(to)
    try:
        relation = Relation.STRANGER
        if home is not None:
            relation = (await messages.ties.tie(sender.cell, sender.member_id, home.member_id)).relation
        require_sender(sender.actor, relation, payload)
        if content.video_id is not None:
            await visible_video(
                Viewer(cell=sender.cell, actor=sender.actor, member_id=sender.member_id), content.video_id
            )
        return await _send_to(messages, sender, to, home, content, payload, key, now)
    except Refused as refused:
        messages.count_refusal(payload, refused)
        raise


async def _send_to(
    messages: Messages,
    sender: Session,
    to: str,
    home: Home | None,
    content: Content,
    payload: Payload,
    key: str | None,
    now: datetime,
) -> Sent:
    found = None if home is None else await messages.people.known(sender.cell, to, home)
    if found is None:
        raise not_available(sender.actor)
    home, recipient = found
    if home.member_id == sender.member_id:
        raise NotAMessage(why="it is addressed to yourself")
    if recipient is not None:
        tie = await messages.ties.tie(sender.cell, home.member_id, sender.member_id)
        if not is_taken(sender.actor, recipient.actor, tie, payload):
            raise not_available(sender.actor)
    body = pack(content)
    letter = await _sealed(messages, sender, home, recipient, body, key, content, now)
    if recipient is None:
        fresh = await _store_and_carry(messages, sender, home, letter, body)
    else:
        fresh = await _store(messages, sender, letter)
    if not fresh:
        return await repeated(sender.cell, letter)
    messages.counts["messages.sent"] += 1
    return Sent(letter.message_id, letter.at)


async def _store(messages: Messages, sender: Session, letter: Letter) -> bool:
    try:
        return await messages.stores[sender.cell.name].one(letter)
    except asyncpg.ForeignKeyViolationError as error:
        raise not_available(sender.actor) from error  # whoever it is for has just left


async def _store_and_carry(messages: Messages, sender: Session, home: Home, letter: Letter, body: bytes) -> bool:
    """Store the sender's copy and leave the recipient's for the gateway, together."""
    outbound = Outbound(
        message_id=letter.message_id,
        sender_id=sender.member_id,
        sender_cell=sender.cell.name,
        band=sender.band,
        body=body,
        sent_at=letter.at,
    )
    async with sender.cell.begin() as tx:
        fresh = await store_in(tx, letter)
        if fresh:
            await messages.border.send(tx, home.cell, home.member_id, outbound, now=letter.at)
    return fresh


async def _sealed(
    messages: Messages,
    sender: Session,
    home: Home,
    recipient: About | None,
    body: bytes,
    key: str | None,
    content: Content,
    now: datetime,
) -> Letter:
    """Both copies, sealed, and the keyed hashes by which a repeated request is known."""
    vault, message_id = messages.vaults[sender.cell.name], new_id()
    received = None
    if recipient is not None:
        try:
            received = await vault.seal(home.member_id, BODY, message_id, body)
        except (KeyDestroyed, NoSuchKey) as error:
            raise not_available(sender.actor) from error
    key_index = request_index = None
    if key is not None:
        said = hashlib.sha256(repr((home.member_id.hex, content.text, content.video_id)).encode()).hexdigest()
        chosen = hashlib.sha256(key.encode()).hexdigest()
        key_index, request_index = await vault.blind_indexes([("message-key", chosen), ("message-request", said)])
    return Letter(
        message_id=message_id,
        sender_id=sender.member_id,
        recipient_id=home.member_id,
        sent=await vault.seal(sender.member_id, BODY, message_id, body),
        received=received,
        digest=digest_of(message_id, sender.member_id, home.member_id, body),
        at=now,
        key_index=key_index,
        request_index=request_index,
    )


def _checked(content: Content, own_hosts: frozenset[str]) -> tuple[Content, Payload]:
    """What is sent, and what it counts as. Raises NotAMessage."""
    if (content.text is None) == (content.video_id is None):
        raise NotAMessage(why="a message is a text or a clip: one of them")
    if content.text is None:
        return content, Payload.CLIP
    text = checked_text(content.text)
    return Content(text=text), payload_of(text, own_hosts=own_hosts)


def _require_key(key: str | None) -> None:
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadKey
