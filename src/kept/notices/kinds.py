"""What is told, and under which choice each of it falls."""

from enum import StrEnum


class Topic(StrEnum):
    """What a member may want to hear of, or not."""

    PEOPLE = "people"
    LIKES = "likes"
    COMMENTS = "comments"
    MENTIONS = "mentions"
    CLIPS = "clips"
    """What becomes of one's own clips: told to everybody, always."""


class Kind(StrEnum):
    """One thing that is told; each has its sentence in the texts, under `notices.kinds`."""

    FOLLOWED = "followed"
    ASKED = "asked"
    ACCEPTED = "accepted"
    LIKED = "liked"
    COMMENT_LIKED = "comment_liked"
    COMMENTED = "commented"
    ANSWERED = "answered"
    MENTIONED = "mentioned"
    PUBLISHED = "published"
    HELD = "held"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"

    @property
    def topic(self) -> Topic:
        """The choice that it falls under."""
        return _TOPICS[self]


_TOPICS = {
    Kind.FOLLOWED: Topic.PEOPLE,
    Kind.ASKED: Topic.PEOPLE,
    Kind.ACCEPTED: Topic.PEOPLE,
    Kind.LIKED: Topic.LIKES,
    Kind.COMMENT_LIKED: Topic.LIKES,
    Kind.COMMENTED: Topic.COMMENTS,
    Kind.ANSWERED: Topic.COMMENTS,
    Kind.MENTIONED: Topic.MENTIONS,
    Kind.PUBLISHED: Topic.CLIPS,
    Kind.HELD: Topic.CLIPS,
    Kind.FAILED: Topic.CLIPS,
    Kind.WITHDRAWN: Topic.CLIPS,
}
CHOSEN = tuple(topic for topic in Topic if topic is not Topic.CLIPS)
"""What a member may switch off."""
