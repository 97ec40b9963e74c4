"""reports: what people tell us about clips, comments, messages and members that break our rules or the law.

Owns reports (each its reporter's own, at home, acknowledged at once), the words given with them (sealed; they cross no border),
the queue of what was reported, which stands with whose it is and knows reporters by a pseudonym of this one matter alone, and
notices of people without an account (DSA Art. 16). Never tells anybody who reported them, never hides a thing because many
report it, never decides: reviewing is another floor's.
Start reading at `reasons.py` (for what), then `reporting.py` (who may, about what), `queueing.py` (the other cell).
"""

from kept.reports.errors import NoSuchReport, NotAReport, TooManyReports, UnknownReason
from kept.reports.listing import MOST, Own, own_report, own_reports
from kept.reports.models import Report, ReportedBy, ReportedItem, ReportNotice, ReportText
from kept.reports.noticing import Notice, end_notices, give_notice, place_of
from kept.reports.opening import Reports, open_reports
from kept.reports.queueing import WHAT, deliver
from kept.reports.reasons import CHILDRENS, GROUPS, ILLEGAL, REASONS, Reason, Severity, reason_named
from kept.reports.reporting import (
    LONGEST,
    About,
    Kind,
    NewReport,
    Receipt,
    Subject,
    number_of,
    report,
    subject_of,
)
from kept.reports.waiting import InQueue, waiting

__all__ = [
    "CHILDRENS",
    "GROUPS",
    "ILLEGAL",
    "LONGEST",
    "MOST",
    "REASONS",
    "WHAT",
    "About",
    "InQueue",
    "Kind",
    "NewReport",
    "NoSuchReport",
    "NotAReport",
    "Notice",
    "Own",
    "Reason",
    "Receipt",
    "Report",
    "ReportNotice",
    "ReportText",
    "ReportedBy",
    "ReportedItem",
    "Reports",
    "Severity",
    "Subject",
    "TooManyReports",
    "UnknownReason",
    "deliver",
    "end_notices",
    "give_notice",
    "number_of",
    "open_reports",
    "own_report",
    "own_reports",
    "place_of",
    "reason_named",
    "report",
    "subject_of",
    "waiting",
]
