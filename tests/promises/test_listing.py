"""Every promise of the list exists once, with all that the public page says of it."""

from collections import Counter
from importlib import import_module

import pytest

from kept.promises import PROMISES, Promise, State, by_id, measuring  # noqa: F401  measuring declares the checks
from kept.promises.evidence import mailboxes, youth
from kept.promises.registry import check_of, code_of

MEASURED = {
    "account.protection",
    "bullying.handled",
    "government.refusal",
    "residency.home",
    "residency.routing",
    "residency.crossing",
    "residency.backup",
    "residency.pivot",
    "messages.encrypted",
    "messages.decryption",
    "audit.independent",
    "collection.declared",
    "collection.no-mac",
    "collection.current-version",
    "network.declared",
    "access.encrypted",
    "access.need",
    "access.oversight",
    "use.purposes",
    "service.sites",
    "retention.schedule",
    "rights.access",
    "rights.deletion",
    "rights.channels",
    "terms.published",
    "youth.rating",
    "youth.under13",
    "youth.under16",
    "messages.no-media",
    "service.availability",
}

LISTED = [
    "residency.home",
    "residency.routing",
    "residency.crossing",
    "residency.backup",
    "residency.pivot",
    "audit.independent",
    "government.refusal",
    "collection.declared",
    "collection.no-mac",
    "collection.current-version",
    "network.declared",
    "access.need",
    "access.oversight",
    "access.encrypted",
    "use.purposes",
    "terms.published",
    "retention.schedule",
    "rights.access",
    "rights.deletion",
    "rights.channels",
    "rights.equal",
    "security.monitoring",
    "security.disclosure",
    "security.certifiable",
    "account.protection",
    "messages.encrypted",
    "messages.decryption",
    "guidelines.published",
    "transparency.reports",
    "moderation.flagged",
    "moderation.reviewed",
    "moderation.appeals",
    "moderation.trends",
    "misinformation.handled",
    "bullying.handled",
    "youth.under13",
    "youth.rating",
    "youth.under16",
    "messages.no-media",
    "childsafety.escalated",
    "childsafety.reported",
    "service.video",
    "service.scale",
    "service.population",
    "service.availability",
    "service.sites",
]


def test_every_promise_is_there_once_in_the_order_of_the_list() -> None:
    assert [promise.id for promise in PROMISES] == LISTED
    assert max(Counter(LISTED).values()) == 1


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.id)
def test_a_promise_says_what_makes_it_true_and_what_shows_it(promise: Promise) -> None:
    assert by_id(promise.id) is promise
    assert promise.statement.endswith(".")
    assert len(promise.statement) > 30
    assert promise.group
    assert promise.enforcement
    assert promise.evidence


def test_promises_stand_together_by_group() -> None:
    groups = [promise.group for promise in PROMISES]
    assert groups == sorted(groups, key=groups.index)
    assert len(set(groups)) == 3


def test_what_is_measured_is_what_is_built() -> None:
    assert {promise.id for promise in PROMISES if check_of(promise.id)} == MEASURED


@pytest.mark.parametrize("promise", sorted(MEASURED))
def test_the_controls_of_a_measured_promise_are_in_the_code(promise: str) -> None:
    assert code_of(promise)
    for module in code_of(promise):
        import_module(module)


def test_there_are_four_states() -> None:
    assert list(State) == ["kept", "broken", "unproven", "planned"]


def test_comments_are_no_messages_and_a_guardian_is_no_work_of_a_child() -> None:
    assert {table.name for table in mailboxes._mailboxes()} == {"message"}
    works = {table.name for table in youth._works()}
    assert {"video", "comment", "follow", "message"} <= works
    assert not works & {"guardian", "ward", "family_news"}
