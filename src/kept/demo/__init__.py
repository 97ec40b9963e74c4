"""demo: made-up members and clips generated on the spot, so that a new installation can be looked at.

Uses the same verbs as everybody; nothing here can do what a member can't. Never uses a real person's name or picture.
"""

from kept.demo.people import PASSWORD, PEOPLE, Person
from kept.demo.seeding import seed

__all__ = ["PASSWORD", "PEOPLE", "Person", "seed"]
