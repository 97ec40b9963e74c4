"""Decisions as people meet them: what is refused, in which words, and what is counted."""

import pytest

from kept.kit import Kind
from kept.policy import (
    Account,
    Action,
    Audience,
    Choice,
    ClipState,
    Live,
    Person,
    Rating,
    Refused,
    Relation,
    Service,
    can,
    can_anyhow,
    require,
    tally,
)
from tests.policy.people import ADULT, CHILD, OLDER_TEEN, YOUNGER_TEEN, clip, letter, member, visitor


def test_a_child_watches_clips_for_children_and_gets_a_plain_answer_for_the_rest() -> None:
    assert can(member(CHILD), Action.WATCH, clip(rating=Rating.CHILDREN))
    assert not can(member(CHILD), Action.WATCH, clip(rating=Rating.GENERAL))
    with pytest.raises(Refused) as refused:
        require(member(CHILD), Action.COMMENT, clip())
    assert refused.value.public == (
        "You can't comment on this clip: your account is for watching. "
        "If something is wrong, report it or tell a grown-up."
    )
    assert refused.value.kind is Kind.FORBIDDEN
    assert refused.value.policy == "youth.watch-only"
    assert refused.value.band is CHILD
    assert refused.value.action is Action.COMMENT


@pytest.mark.parametrize(
    "letter_to",
    [
        letter(owner_band=YOUNGER_TEEN),
        letter(owner_band=OLDER_TEEN, relation=Relation.STRANGER),
        letter(relation=Relation.BLOCKED),
        letter(accepts=Choice.NOBODY),
    ],
)
def test_a_refused_message_tells_nothing_about_the_other_ones_age_or_choice(letter_to: object) -> None:
    with pytest.raises(Refused) as refused:
        require(member(), Action.SEND_MESSAGE, letter_to)  # type: ignore[arg-type]
    assert refused.value.policy == "messages.recipient-choice"
    assert "this person doesn't take messages from you" in refused.value.public


def test_a_visitor_is_asked_to_sign_in() -> None:
    with pytest.raises(Refused) as refused:
        require(visitor(), Action.LIKE, clip())
    assert refused.value.kind is Kind.UNAUTHENTICATED
    assert refused.value.code == "sign_in_first"


def test_where_the_service_is_not_offered_the_answer_is_451() -> None:
    for somebody in (visitor(offered=False), member(offered=False)):
        with pytest.raises(Refused) as refused:
            require(somebody, Action.WATCH, clip())
        assert refused.value.kind is Kind.UNAVAILABLE_FOR_LEGAL_REASONS
    assert can(visitor(offered=False), Action.READ_DOCUMENTS, Service())


def test_signing_up_needs_a_country() -> None:
    assert can(visitor(), Action.SIGN_UP, Service())
    assert not can(visitor(told=False), Action.SIGN_UP, Service())


def test_what_no_policy_allows_is_refused_and_said() -> None:
    with pytest.raises(Refused) as refused:
        require(member(), Action.PROCESS_CLIP, clip())
    assert refused.value.policies == ()
    assert "nothing in our policy allows it" in refused.value.public


@pytest.mark.parametrize("state", [ClipState.PROCESSING, ClipState.HELD])
def test_an_author_sees_their_clip_before_others_do(state: ClipState) -> None:
    assert can(member(), Action.WATCH, clip(state=state, relation=Relation.OWN))
    assert not can(member(), Action.WATCH, clip(state=state, relation=Relation.FRIEND))
    assert not can(visitor(), Action.WATCH, clip(state=state))


@pytest.mark.parametrize("state", [ClipState.WITHDRAWN, ClipState.QUARANTINED])
def test_a_withdrawn_clip_is_shown_to_nobody(state: ClipState) -> None:
    for relation in Relation:
        assert not can(member(), Action.WATCH, clip(state=state, relation=relation))


def test_authors_choose_their_audience() -> None:
    for_followers, for_me = clip(audience=Audience.FOLLOWERS), clip(audience=Audience.ONLY_ME)
    assert not can(member(), Action.WATCH, for_followers)
    assert can(member(), Action.WATCH, clip(audience=Audience.FOLLOWERS, relation=Relation.FOLLOWER))
    assert not can(member(), Action.WATCH, for_me)
    assert can(member(), Action.WATCH, clip(audience=Audience.ONLY_ME, relation=Relation.OWN))
    assert can(member(), Action.WATCH, clip(audience=Audience.MEMBERS))
    assert not can(visitor(), Action.WATCH, clip(audience=Audience.MEMBERS))


def test_strangers_are_kept_at_a_distance_from_those_under_16() -> None:
    theirs = {"owner_band": YOUNGER_TEEN}
    assert not can(member(), Action.COMMENT, clip(**theirs))
    assert can(member(), Action.COMMENT, clip(relation=Relation.FRIEND, **theirs))
    assert not can(member(), Action.SEE_RECOMMENDED, clip(**theirs))
    assert not can(visitor(), Action.SEE_RECOMMENDED, clip(**theirs))
    assert not can(member(), Action.DUET, clip(relation=Relation.FRIEND, **theirs))
    assert not can(member(), Action.DOWNLOAD, clip(relation=Relation.FRIEND, **theirs))
    assert not can(member(), Action.SEE_SUGGESTED, Person(relation=Relation.STRANGER, owner_band=YOUNGER_TEEN))
    assert can(member(YOUNGER_TEEN), Action.SEE_SUGGESTED, Person(relation=Relation.STRANGER, owner_band=YOUNGER_TEEN))


def test_who_hosts_livestreams_is_the_operators_choice_from_16() -> None:
    open_to_16 = Live(relation=Relation.OWN, owner_band=OLDER_TEEN, adult_hosts=False)
    assert can(member(OLDER_TEEN), Action.HOST_LIVE, open_to_16)
    assert not can(member(OLDER_TEEN), Action.HOST_LIVE, Live(relation=Relation.OWN, owner_band=OLDER_TEEN))
    assert can(member(ADULT), Action.HOST_LIVE, Live(relation=Relation.OWN, owner_band=ADULT))
    assert not can(member(YOUNGER_TEEN), Action.HOST_LIVE, open_to_16)


def test_a_birth_date_is_changed_with_proof() -> None:
    assert not can(member(CHILD), Action.CHANGE_BIRTH_DATE, Account())
    assert can(member(CHILD), Action.CHANGE_BIRTH_DATE, Account(proven=True))


def test_require_counts_refusals_and_writes_by_band_and_can_counts_nothing() -> None:
    tally.take()
    can(member(CHILD), Action.UPLOAD, Service())
    can_anyhow(member(CHILD), Action.UPLOAD)
    assert tally.take() == {}
    with pytest.raises(Refused):
        require(member(CHILD), Action.UPLOAD, Service())
    require(member(), Action.UPLOAD, Service())
    require(member(), Action.OPEN_FOR_YOU, Service())
    assert tally.take() == {"policy.refused:under_13:upload:youth.watch-only": 1, "policy.wrote:adult:upload": 1}
    assert tally.take() == {}
