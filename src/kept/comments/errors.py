"""How comments fail, as people and programs are told."""

from kept.kit import KeptError, Kind


class NoSuchComment(KeptError):
    """Also for one that others don't see, and under a clip that the one who asks may not see."""

    code = "no_such_comment"
    kind = Kind.NOT_FOUND
    message = "There is no such comment. It may have been deleted."


class NotAComment(KeptError):
    code = "not_a_comment"
    kind = Kind.INVALID
    message = "This can't be a comment: {why}."


class AreYouSure(KeptError):
    """A step, not a wall: whoever says that they are sure goes on."""

    code = "are_you_sure"
    kind = Kind.CONFLICT
    message = "This may hurt somebody. Are you sure? You can change it, or post it as it is."


class TooManyComments(KeptError):
    code = "too_many_comments"
    kind = Kind.TOO_MANY
    message = "Those were many comments in a short time. Wait a minute, then go on."


class TooManyPins(KeptError):
    code = "too_many_pins"
    kind = Kind.CONFLICT
    message = "Three comments are pinned already. Take one down first."


class BadWords(KeptError):
    code = "bad_filter_words"
    kind = Kind.INVALID
    message = "This list can't be kept: {why}."


class BadKey(KeptError):
    code = "bad_idempotency_key"
    kind = Kind.INVALID
    message = "An Idempotency-Key has 1 to 128 visible ASCII characters."


class KeyUsedOtherwise(KeptError):
    """draft-ietf-httpapi-idempotency-key-header, 2.7: the same key came with another request."""

    code = "key_used_otherwise"
    kind = Kind.INVALID
    message = "This Idempotency-Key was used for another comment. Use a new one for each comment."
