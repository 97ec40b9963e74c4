"""How liking fails, as people and programs are told."""

from kept.kit import KeptError, Kind


class TooManyLikes(KeptError):
    code = "too_many_likes"
    kind = Kind.TOO_MANY
    message = "Those were many likes in a short time. Go on in {retry_after:.0f} seconds."
