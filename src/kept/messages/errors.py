"""How messages fail, as people and programs are told."""

from kept.kit import KeptError, Kind


class NoSuchMessage(KeptError):
    """Also for somebody else's message, and for one that was taken back."""

    code = "no_such_message"
    kind = Kind.NOT_FOUND
    message = "There is no such message. It may have been taken back."


class NoSuchConversation(KeptError):
    code = "no_such_conversation"
    kind = Kind.NOT_FOUND
    message = "You have no messages with anybody of that name."


class NotAMessage(KeptError):
    code = "not_a_message"
    kind = Kind.INVALID
    message = "This can't be sent: {why}."


class KeyUsedOtherwise(KeptError):
    """draft-ietf-httpapi-idempotency-key-header, 2.7: the same key came with another request."""

    code = "key_used_otherwise"
    kind = Kind.INVALID
    message = "This Idempotency-Key was used for another message. Use a new one for each message."


class BadKey(KeptError):
    code = "bad_idempotency_key"
    kind = Kind.INVALID
    message = "An Idempotency-Key has 1 to 128 visible ASCII characters."


class TooManyMessages(KeptError):
    code = "too_many_messages"
    kind = Kind.TOO_MANY
    message = "That were many messages in a short time. Wait a moment, then go on."


class BadPlace(KeptError):
    code = "bad_cursor"
    kind = Kind.MALFORMED
    message = "This is no place in a conversation. Begin at the newest message."
