"""The catalogue's vocabulary in plain words, for the part of the privacy notice that is made from it.

By language; a test compares each list with the catalogue, so that nothing can be stored that has no word for people.
"""

from dataclasses import dataclass
from datetime import timedelta

from kept.catalog import Category, Crossing, Keep, Level, Purpose
from kept.catalog.law import Since


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words."""

    heading: str
    introduction: str
    short_introduction: str
    why: str
    how_long: str
    who: str
    where: str
    nobody_heading: str
    nobody: str
    categories: dict[str, str]
    purposes: dict[Purpose, str]
    levels: dict[Level, str]
    crossings: dict[Crossing, str]
    shared: str
    """Where the directory is."""
    since: dict[Since, str]
    until_closed: str
    days: str
    one_day: str
    hours: str


ENGLISH = Words(
    heading="What we keep",
    introduction=(
        "This part is made from the list that the program obeys. For each kind of data it says what we keep, why, how "
        "long, who may see it and where it is."
    ),
    short_introduction="This list is made from what the program really keeps.",
    why="Why",
    how_long="How long",
    who="Who may see it",
    where="Where",
    nobody_heading="What is about nobody",
    nobody="The service also keeps these, which say nothing about anybody in particular:",
    categories={
        Category.ID: "Numbers that stand for you",
        Category.PSEUDONYM: "Scrambled numbers that stand for you",
        Category.HANDLE: "Your handle",
        Category.NAME: "Your name",
        Category.SETTINGS: "Your account and its settings",
        Category.PREFERENCES: "What you agreed to and chose about privacy",
        Category.EMAIL: "Your e-mail address",
        Category.COUNTRY: "Your country",
        Category.PASSWORD: "Your password",
        Category.CREDENTIALS: "Your passkeys and other ways of signing in",
        Category.BIRTH_DATE: "Your date of birth",
        Category.AGE_RANGE: "Your age band",
        Category.LANGUAGE: "Your language",
        Category.CHILDREN: "A parent's agreement for a child",
        Category.PUBLIC_CONTENT: "What you publish",
        Category.PRIVATE_CONTENT: "What you keep to yourself or send to somebody",
        Category.MEDIA_CONSUMPTION: "What you watch",
        Category.SEARCH_HISTORY: "What you search for",
        Category.SOCIAL: "Whom you follow, block or know",
        Category.IP_ADDRESS: "Your internet (IP) address",
        Category.DEVICE: "Your device",
        Category.COOKIE: "Cookies",
        Category.IMPRECISE_LOCATION: "Which part of the world you live in",
        Category.TELEMETRY: "How well the app works for you",
        Category.OPERATIONS: "Times, sizes and states that the service works with",
        Category.AUTHENTICATION: "Your sessions, and attempts to sign in",
    },
    purposes={
        Purpose.SERVICE: "to run the service",
        Purpose.AUTHENTICATION: "to let you sign in, and nobody else",
        Purpose.NOTIFICATIONS: "to tell you what is new",
        Purpose.OPERATIONS: "to keep the service working",
        Purpose.SUPPORT: "to help you when you ask",
        Purpose.SECURITY: "to keep you and the service secure",
        Purpose.FRAUD: "to stop fraud",
        Purpose.LEGAL: "because a law asks for it",
        Purpose.IMPROVE: "to make the service better",
        Purpose.STORAGE: "to store it for you",
        Purpose.PERSONALIZE: "to choose clips for you",
        Purpose.REPORTING: "to count, without saying who",
    },
    levels={
        Level.PUBLIC: "everybody",
        Level.INTERNAL: "you, and staff whose work needs it",
        Level.CONFIDENTIAL: "you; staff only if your region's security team agrees",
        Level.RESTRICTED: "you; staff only if two teams agree, for a case on record",
        Level.SECRET: "nobody can read it",
    },
    crossings={
        Crossing.NEVER: "only in your region",
        Crossing.PUBLIC: "in every region, because it is public",
        Crossing.ADDRESSED: "in your region, and in that of the one you send it to",
        Crossing.AGGREGATE: "in your region; counts of it also elsewhere",
    },
    shared="in the directory that all regions share, so that you are found from everywhere",
    since={
        Since.CREATION: "{time} from when it was made",
        Since.LAST_USE: "{time} from when it was last used",
        Since.CLOSURE: "until your account is closed, and {time} longer",
        Since.WITHDRAWAL: "until it is taken back or no longer needed, and {time} longer",
    },
    until_closed="until your account is closed",
    days="{count} days",
    one_day="one day",
    hours="{count} hours",
)

WORDS: dict[str, Words] = {"en": ENGLISH}
"""By language."""


def words_in(language: str) -> Words:
    """The words of a language; English where it has none yet."""
    return WORDS.get(language, ENGLISH)


def keep_in_words(keep: Keep, words: Words) -> str:
    """How long rows are kept, as people say it."""
    if keep.since is Since.CLOSURE and not keep.time:
        return words.until_closed
    return words.since[keep.since].format(time=_time(keep.time, words))


def _time(time: timedelta, words: Words) -> str:
    if time < timedelta(days=1):
        return words.hours.format(count=round(time / timedelta(hours=1)))
    return words.one_day if time.days == 1 else words.days.format(count=time.days)
