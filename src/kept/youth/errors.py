"""How acts in a family fail, as people and programs are told."""

from kept.kit import KeptError, Kind


class NoSuchPairing(KeptError):
    """Also for somebody who is there, and with whom the one asking is not paired."""

    code = "no_such_pairing"
    kind = Kind.NOT_FOUND
    message = "You are not paired with anybody of that name. The pairing may have ended."


class TooManyGuardians(KeptError):
    code = "too_many_guardians"
    kind = Kind.CONFLICT
    message = "You can have {most} guardians. End one of the pairings first."


class TooManyCodes(KeptError):
    code = "too_many_codes"
    kind = Kind.TOO_MANY
    message = "That were many codes. Ask for a new one, and try again in {retry_after} seconds."


class OnlyAGuardian(KeptError):
    code = "only_a_guardian"
    kind = Kind.FORBIDDEN
    message = "Your time for today is used up. A guardian can give you more; otherwise it opens again tomorrow."


class BadMinutes(KeptError):
    code = "bad_minutes"
    kind = Kind.INVALID
    message = "Give the minutes of a day as a number from 5 to {most}."
