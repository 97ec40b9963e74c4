"""One finding from those of several regions that run apart: each measures its own cells, and the page tells of all.

A promise is broken where one region breaks it, and proven only when every region has measured it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kept.promises.promise import Finding, Verdict

EVERYWHERE = ""
"""Who measured, where one process serves all regions."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process found, and when."""

    finding: Finding
    at: datetime


def joined(found: Mapping[str, Measured | None]) -> Measured | None:
    """The findings of all regions, by region, as one, as old as the oldest. None while nobody has measured."""
    known = {region: one for region, one in found.items() if one is not None}
    if not known:
        return None
    if len(found) == 1:
        return next(iter(known.values()))
    findings = {region: one.finding for region, one in known.items()}
    figure = "; ".join(f"{region}: {finding.figure}" for region, finding in findings.items())
    details = {f"{region} {name}": value for region, one in findings.items() for name, value in one.details.items()}
    verdict = _verdict(list(findings.values()), complete=len(known) == len(found))
    sample = sum(finding.sample for finding in findings.values())
    return Measured(Finding(verdict, figure, sample, details), min(one.at for one in known.values()))


def _verdict(findings: list[Finding], *, complete: bool) -> Verdict:
    verdicts = {finding.verdict for finding in findings}
    if Verdict.BAD in verdicts:
        return Verdict.BAD
    could_not_run = any("error" in finding.details for finding in findings if finding.verdict is Verdict.EMPTY)
    if not complete or could_not_run:
        return Verdict.EMPTY
    return Verdict.GOOD if Verdict.GOOD in verdicts else Verdict.EMPTY
