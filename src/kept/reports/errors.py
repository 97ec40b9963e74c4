"""How reporting fails, as people and programs are told."""

from kept.kit import KeptError, Kind


class NotAReport(KeptError):
    code = "not_a_report"
    kind = Kind.INVALID
    message = "This can't be reported: {why}."


class UnknownReason(KeptError):
    code = "unknown_reason"
    kind = Kind.INVALID
    message = "Choose one of the reasons in the list."


class NoSuchReport(KeptError):
    code = "no_such_report"
    kind = Kind.NOT_FOUND
    message = "You have made no such report."


class TooManyReports(KeptError):
    code = "too_many_reports"
    kind = Kind.TOO_MANY
    message = "Those were many reports in a short time. We have them all. Wait a moment, then go on."
