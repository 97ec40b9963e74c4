"""The published list of reasons: each rule of the guidelines by its id, and that something is against the law of a country.

How urgent a thing is goes by its reason, not by how many chose it. Reasons of child safety are for the child safety team alone.
"""

from dataclasses import dataclass
from enum import IntEnum

from kept.reports.errors import UnknownReason


class Severity(IntEnum):
    """What is looked at first."""

    NORMAL = 1
    HIGH = 2
    URGENT = 3


ILLEGAL = "illegal"
"""Against the law of the country that the reporter lives in (DSA Art. 16)."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of the list. `key` is the id of a guideline, which decisions cite, or `illegal`."""

    key: str
    severity: Severity = Severity.NORMAL
    child_safety: bool = False
    nameless: bool = False
    """A notice of it needs neither a name nor an address (DSA Art. 16(2)(c))."""


_HIGH, _URGENT = Severity.HIGH, Severity.URGENT

REASONS: tuple[Reason, ...] = (
    Reason("bullying.harassment", _HIGH),
    Reason("hate.attacks", _HIGH),
    Reason("violence.threats", _URGENT),
    Reason("violence.graphic"),
    Reason("violence.extremism", _URGENT),
    Reason("children.sexual-abuse", _URGENT, child_safety=True, nameless=True),
    Reason("children.grooming", _URGENT, child_safety=True, nameless=True),
    Reason("children.dangerous-challenges", _HIGH),
    Reason("health.self-harm", _URGENT),
    Reason("health.eating-disorders", _HIGH),
    Reason("adult.sexual-content"),
    Reason("privacy.intimate-images", _URGENT),
    Reason("privacy.private-facts", _HIGH),
    Reason("authenticity.impersonation"),
    Reason("authenticity.manipulation"),
    Reason("truth.harmful-misinformation"),
    Reason("truth.synthetic-media"),
    Reason("crime.fraud"),
    Reason("crime.regulated-goods"),
    Reason("crime.other"),
    Reason("rights.intellectual-property"),
    Reason(ILLEGAL),
)
"""All of them."""

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "people",
        (
            "bullying.harassment",
            "hate.attacks",
            "violence.threats",
            "privacy.private-facts",
            "privacy.intimate-images",
            "authenticity.impersonation",
        ),
    ),
    ("young", ("children.sexual-abuse", "children.grooming", "children.dangerous-challenges")),
    (
        "harm",
        (
            "health.self-harm",
            "health.eating-disorders",
            "violence.graphic",
            "violence.extremism",
            "adult.sexual-content",
            "crime.regulated-goods",
        ),
    ),
    (
        "truth",
        ("crime.fraud", "authenticity.manipulation", "truth.harmful-misinformation", "truth.synthetic-media"),
    ),
    ("law", ("rights.intellectual-property", "crime.other", ILLEGAL)),
)
"""The list as people are shown it; each reason once."""

CHILDRENS = ("violence.graphic", "bullying.harassment", "children.dangerous-challenges", "adult.sexual-content")
"""What somebody under 13 is offered, with pictures; what they report is never less than high."""

_BY_KEY = {reason.key: reason for reason in REASONS}


def reason_named(key: str) -> Reason:
    """A reason of the list. Raises UnknownReason."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise UnknownReason from None
