"""What a class of data means is derived: every category has its place, and nothing secret has one."""

import pytest

from kept.access import choices
from kept.catalog import Category, CellRow, Level
from kept.disclosure import CLASS_OF, GOES_ALONG, NEVER, pieces, places
from kept.legal import DataClass
from kept.subjects import rule_of


def test_every_category_belongs_to_a_class_goes_along_or_is_given_to_nobody() -> None:
    assert CLASS_OF.keys() | GOES_ALONG | NEVER == set(Category)
    assert not CLASS_OF.keys() & GOES_ALONG
    assert {Category.PASSWORD, Category.CREDENTIALS, Category.CHILDREN, Category.PRECISE_LOCATION} <= NEVER
    assert set(CLASS_OF.values()) == set(DataClass)


@pytest.mark.parametrize("kind", DataClass)
def test_a_class_reaches_its_own_categories_and_of_the_rest_only_keys_and_times(kind: DataClass) -> None:
    for piece in pieces([kind]):
        for column in piece.columns:
            rule = rule_of(column)
            assert rule.level < Level.SECRET
            assert f"{piece.owned.name}.{column.name}" in choices()
            own = CLASS_OF.get(Category(rule.category)) is kind or rule.names_object
            assert own or (rule.category in GOES_ALONG and rule.level <= Level.INTERNAL and not rule.names_other)


def test_messages_are_reached_by_content_alone() -> None:
    body = "message.body"
    assert body in places([DataClass.CONTENT])
    assert body not in places([kind for kind in DataClass if kind is not DataClass.CONTENT])


def test_what_identifies_somebody_is_where_it_should_be() -> None:
    assert {"account.email", "account.handle", "account.birth_date", "account.country"} <= set(
        places([DataClass.SUBSCRIBER])
    )
    assert "session.device" in places([DataClass.IDENTIFICATION])
    assert {"message.peer_id", "follow.other_id"} <= set(places([DataClass.TRAFFIC]))
    assert "rendition.object_key" in places([DataClass.CONTENT])
    reached = set(places(list(DataClass)))
    tables = {"access_read", "entry_detail", "legal_hold", "credential_password", "data_copy", "acceptance"}
    assert not {place for place in reached if place.split(".")[0] in tables}
    assert tables <= set(CellRow.metadata.tables)
