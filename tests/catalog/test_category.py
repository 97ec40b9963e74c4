"""Our categories are fideslang's, but for the declared extensions."""

from fideslang.default_taxonomy import DEFAULT_TAXONOMY

from kept.catalog import Category, Purpose
from kept.catalog.category import EXTENSIONS


def test_categories_are_keys_of_fideslang() -> None:
    known = {category.fides_key for category in DEFAULT_TAXONOMY.data_category}
    assert {str(category) for category in Category} - known == {str(one) for one in EXTENSIONS}


def test_purposes_are_keys_of_fideslang() -> None:
    known = {use.fides_key for use in DEFAULT_TAXONOMY.data_use}
    assert {str(purpose) for purpose in Purpose} <= known
