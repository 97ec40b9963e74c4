"""The made-up members of a demo: every age band, in both regions."""

from dataclasses import dataclass
from datetime import date

PASSWORD = "amber-walnut-lantern-58"  # noqa: S105  printed for everybody who looks at a demo
"""Everybody's password in a demo."""


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up member: `age` in years, and whether they publish clips."""

    handle: str
    country: str
    age: int
    publishes: bool = False

    def birth_date(self, today: date) -> date:
        """A birth date that gives this age for most of a year to come."""
        return date(today.year - self.age, 1, 15) if today.month > 1 else date(today.year - self.age - 1, 12, 15)


PEOPLE = (
    Person("mira.makes", "US", 34, publishes=True),
    Person("jonas.outdoors", "DE", 41, publishes=True),
    Person("elif.in.colour", "FR", 27, publishes=True),
    Person("theo.slow", "US", 58, publishes=True),
    Person("noor", "US", 17),
    Person("luca", "IT", 16),
    Person("ava", "US", 14),
    Person("timo", "FI", 15),
    Person("pip", "US", 9),
    Person("bea", "ES", 11),
)
