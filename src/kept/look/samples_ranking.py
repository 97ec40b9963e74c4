"""Made-up views of the feed that is ranked for its member, and of how it is ranked. Nobody is meant."""

from dataclasses import replace
from datetime import timedelta

from kept.look.samples import NOW, card
from kept.look.views import FeedKey, FeedView, Nav, RankingFigure, RankingView, Shell, WatchedRow, Why, YourFeedView

_WHY = (
    (Why(signal="follows"), Why(signal="tags", tag="ceramics"), Why(signal="language")),
    (Why(signal="explore"), Why(signal="freshness")),
    (Why(signal="popular_here"), Why(signal="likes"), Why(signal="freshness")),
)


def for_you(around: Shell, *, new: bool = False, empty: bool = False) -> FeedView:
    """The feed; on the first day; when everything was seen."""
    cards = tuple(replace(card(number, social=True), why=_WHY[number % len(_WHY)]) for number in range(6))
    return FeedView(
        shell=replace(around, active=Nav.HOME),
        cards=() if empty else cards,
        feed=FeedKey.FOR_YOU,
        tabs=tuple(FeedKey),
        search=True,
        chooses=True,
        learns=True,
        new=new,
    )


def latest(around: Shell) -> FeedView:
    """The other choice."""
    return replace(for_you(around), feed=FeedKey.LATEST, learns=False, cards=tuple(card(n, social=True) for n in range(6)))


def your_feed(around: Shell, *, ranked: bool = True, may_choose: bool = True) -> YourFeedView:
    """The choice and the history."""
    rows = tuple(
        WatchedRow(
            clip_id=card(number).clip_id,
            handle="" if number == 4 else card(number).author.handle,
            caption="" if number == 4 else card(number).caption,
            watched_at=NOW - timedelta(hours=5 * number),
            percent=(100, 35, 240, 0, 80)[number],
            times=(1, 1, 3, 0, 1)[number],
            unwanted=number == 3,
        )
        for number in range(5)
    )
    return YourFeedView(
        shell=replace(around, active=Nav.ME),
        may_choose=may_choose,
        ranked=ranked,
        tags=("ceramics", "slow", "guitarra", "rain") if ranked else (),
        interests=("ceramics",) if ranked else (),
        watched=rows if ranked else (),
        next_cursor="c2" if ranked else None,
    )


def ranking(around: Shell) -> RankingView:
    """Some of the weights."""
    weights = (("follows", 3.0), ("completion", 2.0), ("tags", 1.5), ("freshness", 2.0), ("unwanted_author", -6.0))
    rules = (("half_life_hours", 36), ("author_gap", 4), ("explore_every", 6))
    return RankingView(
        shell=around,
        version=1,
        weights=tuple(RankingFigure(name=name, value=value) for name, value in weights),
        rules=tuple(RankingFigure(name=name, value=value) for name, value in rules),
    )
