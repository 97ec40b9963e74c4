"""The weights: one file that people can read, and that the ranking obeys (DSA Art. 27: the main parameters, in plain words)."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

FILE = Path(__file__).with_name("weights.toml")


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each signal counts; negative ones push a clip down."""

    follows: float
    completion: float
    rewatch: float
    liked_author: float
    tags: float
    interests: float
    likes: float
    comments: float
    popular_here: float
    freshness: float
    language: float
    unwanted_author: float
    unwanted_tags: float


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds beside the score; each line of the file says what it means."""

    half_life_hours: float
    enough: int
    many_likes: int
    many_comments: int
    few_here: int
    author_gap: int
    again_after_days: int
    explore_every: int
    new_hours: float
    new_likes: int
    sitting: int


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    version: int
    weights: Weights
    rules: Rules


@cache
def recipe() -> Recipe:
    """The file, read once; a name that is missing or unknown stops the program."""
    return msgspec.convert(tomllib.loads(FILE.read_text()), Recipe)
