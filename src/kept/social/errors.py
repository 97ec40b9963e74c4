"""How acts between members fail, as people and programs are told."""

from kept.kit import KeptError, Kind


class TooManyFollows(KeptError):
    code = "too_many_follows"
    kind = Kind.TOO_MANY
    message = "You followed many people in a short time. Go on in {retry_after:.0f} seconds."


class NoSuchMember(KeptError):
    """Also for somebody who blocked the one asking, and for a child: who is there is nobody else's business."""

    code = "no_such_member"
    kind = Kind.NOT_FOUND
    message = "There is nobody of that name here. Check the spelling."


class NotYourself(KeptError):
    code = "not_yourself"
    kind = Kind.INVALID
    message = "That is your own name. Choose somebody else's."


class NoSuchRequest(KeptError):
    code = "no_such_follow_request"
    kind = Kind.NOT_FOUND
    message = "Nobody of that name asks to follow you. They may have taken it back."
