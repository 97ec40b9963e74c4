"""What can be wrong with a feed that is ranked for somebody."""

from kept.kit import KeptError, Kind


class NotRanked(KeptError):
    code = "feed_not_chosen"
    kind = Kind.CONFLICT
    message = (
        "You have chosen the feed without profiling, so nothing is learned from what you watch. You can choose For you."
    )


class TooManyInterests(KeptError):
    code = "too_many_interests"
    kind = Kind.INVALID
    message = "Choose {most} tags at most."


class TooManyWatched(KeptError):
    code = "too_many_watched"
    kind = Kind.INVALID
    message = "Tell of {most} clips at most at a time."
