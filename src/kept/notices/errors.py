"""What can go wrong with choices about notices."""

from kept.kit import KeptError, Kind


class NoSuchZone(KeptError):
    code = "no_such_zone"
    kind = Kind.INVALID
    message = "That is no time zone of your country. Choose one from the list."
