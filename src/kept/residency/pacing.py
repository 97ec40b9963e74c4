"""How many members move together: as many as keep the window, in which they can't change anything, short."""

SHORTEST, LONGEST = 0.25, 0.75
"""Seconds between which a window is right."""
MOST = 2_000


class Pace:
    """Grows while windows are short, shrinks when they are long or somebody is in the way."""

    def __init__(self, members: int = 64) -> None:
        self.members = members
        self.pause = 0.05

    def took(self, seconds: float) -> None:
        """A batch was moved; for so long its members' data could not be changed."""
        self.pause = 0.05
        if seconds < SHORTEST:
            self.members = min(MOST, self.members * 2)
        elif seconds > LONGEST:
            self.members = max(1, self.members // 2)

    def was_busy(self) -> None:
        """Somebody is at work on what a member of a batch has."""
        self.members = max(1, self.members // 2)
        self.pause = min(1.0, self.pause * 2)
