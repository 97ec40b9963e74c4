"""The ranking: what holds of every order, whatever the clips, the member and the weights."""

import base64
import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.feed import LONGEST_CURSOR, Recipe, recipe
from kept.feed.languages import language_of
from kept.feed.ranking import Candidate, Placed, Scores, Signal, Taste, order
from kept.feed.sitting import Sitting
from kept.kit import new_id
from kept.videos import BadCursor

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
AUTHORS = [UUID(int=number) for number in range(1, 7)]
TAGS = ["rain", "pottery", "bread"]
some = st.sampled_from([0.0, 0.25, 1.0, 2.5, 4.0])
strengths = st.dictionaries(st.sampled_from(AUTHORS), some, max_size=4)
candidates = st.lists(
    st.builds(
        Candidate,
        item_id=st.integers(10, 10_000).map(lambda number: UUID(int=number)),
        owner_id=st.sampled_from(AUTHORS),
        handle=st.just("somebody"),
        published_at=st.integers(0, 400).map(lambda hours: NOW - timedelta(hours=hours)),
        tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple),
        language=st.sampled_from(["", "en", "es"]),
        likes=st.integers(0, 5000),
        comments=st.integers(0, 10),
        likes_here=st.integers(0, 50),
    ),
    max_size=25,
    unique_by=lambda clip: clip.item_id,
)
tastes = st.builds(
    Taste,
    language=st.sampled_from(["en", "es"]),
    follows=st.frozensets(st.sampled_from(AUTHORS), max_size=3),
    finished=strengths,
    again=strengths,
    liked=strengths,
    tags=st.dictionaries(st.sampled_from(TAGS), some),
    interests=st.frozensets(st.sampled_from(TAGS)),
    unwanted=strengths,
    unwanted_tags=st.dictionaries(st.sampled_from(TAGS), some),
)


def scored_of(clip: Candidate, taste: Taste, by: Recipe, now: datetime) -> Placed:
    """A clip with its score and its reasons, as if it were chosen."""
    scores = Scores(taste, by, now)
    return Placed(clip, scores.of(clip), scores.reasons(clip))


seeds = st.integers(0, 2**32 - 1)


def sit(clips: list[Candidate], taste: Taste, seed: int, *, count: int = 8) -> list[Placed]:
    """A whole sitting, page by page, each page's cursor as a client hands it back."""
    sitting, found = Sitting(seed), []
    while page := order(clips, taste, recipe(), sitting, count=count, now=NOW):
        found += page
        sitting = sitting.after([(one.clip.item_id, one.clip.owner_id) for one in page])
        sitting = Sitting.read(str(sitting), most=recipe().rules.sitting)
    return found


@given(candidates, tastes, seeds, st.integers(1, 9))
def test_every_clip_comes_once_in_a_sitting(clips: list[Candidate], taste: Taste, seed: int, count: int) -> None:
    given_out = [one.clip.item_id for one in sit(clips, taste, seed, count=count)]
    assert len(set(given_out)) == len(given_out)
    assert set(given_out) <= {clip.item_id for clip in clips}
    assert len(given_out) >= len(clips) - 1  # marks are three bytes: in a test in some thousands, one is taken for another


@given(candidates, tastes, seeds)
def test_nobody_comes_twice_within_the_gap_while_there_is_somebody_else(
    clips: list[Candidate], taste: Taste, seed: int
) -> None:
    placed, gap = sit(clips, taste, seed, count=5), recipe().rules.author_gap
    for at, one in enumerate(placed):
        near = {other.clip.owner_id for other in placed[max(0, at - gap + 1) : at]}
        if one.clip.owner_id in near:
            assert {later.clip.owner_id for later in placed[at:]} <= near


@given(candidates, tastes, seeds)
def test_new_clips_by_unknown_people_get_their_share_of_places(clips: list[Candidate], taste: Taste, seed: int) -> None:
    rules = recipe().rules
    for place, one in enumerate(sit(clips, taste, seed), start=1):
        if one.reasons and one.reasons[0].signal is Signal.EXPLORE:
            assert place % rules.explore_every == 0
            assert one.clip.published_at > NOW - timedelta(hours=rules.new_hours)
            assert one.clip.likes < rules.new_likes
            assert one.clip.owner_id not in taste.follows | taste.unwanted.keys()


def test_a_new_clip_that_scores_last_has_the_sixth_place() -> None:
    liked = [Candidate(new_id(), UUID(int=900 + n), "known", NOW - timedelta(hours=60), likes=500) for n in range(30)]
    new = Candidate(new_id(), UUID(int=5), "newcomer", NOW - timedelta(hours=47))
    taste = Taste(follows=frozenset(clip.owner_id for clip in liked))
    placed = order([*liked, new], taste, recipe(), Sitting(7), count=8, now=NOW)
    assert [one.clip.handle for one in placed].index("newcomer") == 5
    assert placed[5].reasons[0].signal is Signal.EXPLORE
    first = {order(many, Taste(), recipe(), Sitting(seed), count=6, now=NOW)[5].clip.item_id for seed in range(30)}
    assert len(first) > 5, "lots fall otherwise in each sitting"


many = [Candidate(new_id(), new_id(), "new", NOW - timedelta(minutes=minute)) for minute in range(40)]


weighted = st.sampled_from([one for one in Signal if one is not Signal.EXPLORE])


@given(candidates.filter(bool), tastes, weighted, st.floats(0.1, 9))
def test_a_larger_weight_never_pushes_down_what_has_its_signal(
    clips: list[Candidate], taste: Taste, signal: Signal, more: float
) -> None:
    by = recipe()
    weight = getattr(by.weights, signal)
    heavier = msgspec.structs.replace(by, weights=msgspec.structs.replace(by.weights, **{signal: weight + more}))
    for clip in clips:
        before, after = scored_of(clip, taste, by, NOW), scored_of(clip, taste, heavier, NOW)
        has = any(reason.signal is signal for reason in before.reasons)
        assert (after.score > before.score) if has else (after.score == before.score)


@given(candidates, tastes)
def test_reasons_add_up_to_the_score_and_the_largest_comes_first(clips: list[Candidate], taste: Taste) -> None:
    for clip in clips:
        placed = scored_of(clip, taste, recipe(), NOW)
        points = [reason.points for reason in placed.reasons]
        assert points == sorted(points, reverse=True)
        assert placed.score == pytest.approx(sum(points))
        assert len({reason.signal for reason in placed.reasons}) == len(points)


@given(candidates.filter(bool), tastes, st.sampled_from(AUTHORS))
def test_who_is_not_wanted_falls_and_comes_back_when_it_is_taken_back(
    clips: list[Candidate], taste: Taste, author: UUID
) -> None:
    now_unwanted = replace(taste, unwanted={**taste.unwanted, author: taste.unwanted.get(author, 0.0) + 1})
    for clip in clips:
        before, after = (scored_of(clip, one, recipe(), NOW).score for one in (taste, now_unwanted))
        assert (after < before) if clip.owner_id == author and taste.unwanted.get(author, 0.0) < 1 else (after <= before)


@settings(max_examples=30)
@given(seeds, st.lists(st.uuids(), min_size=1, max_size=300))
def test_a_cursor_comes_back_as_it_went(seed: int, items: list[UUID]) -> None:
    sitting = Sitting(seed).after([(item, item) for item in items])
    assert Sitting.read(str(sitting), most=300) == sitting
    assert len(str(sitting)) <= LONGEST_CURSOR


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_what_is_no_cursor_is_refused_and_nothing_else_happens(text: str) -> None:
    with contextlib.suppress(BadCursor):
        assert 0 < Sitting.read(text, most=300).count <= 300


def test_a_sitting_has_an_end() -> None:
    full = Sitting(1).after([(new_id(), new_id()) for _ in range(301)])
    with pytest.raises(BadCursor):
        Sitting.read(str(full), most=300)


@pytest.mark.parametrize(
    ("caption", "language"),
    [
        ("The best bread in my street #pan", "en"),
        ("El pan de mi calle y nada más #bread", "es"),
        ("#the #and #of", ""),
        ("🎉 Wow", ""),
        ("", ""),
        ("no", "es"),
    ],
)
def test_the_smallest_words_tell_the_language(caption: str, language: str) -> None:
    assert language_of(caption) == language
