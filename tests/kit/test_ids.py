"""UUIDv7 (RFC 9562, 5.7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from kept.kit import id_time, new_id


def test_ids_are_version_7_and_variant_10() -> None:
    value = new_id()
    assert value.version == 7
    assert value.variant == "specified in RFC 4122"


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_are_unique_over_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [value for batch in pool.map(lambda _: [new_id() for _ in range(2_000)], range(8)) for value in batch]
    assert len(set(made)) == len(made)


def test_an_id_tells_when_it_was_made() -> None:
    assert abs(id_time(new_id()) - datetime.now(UTC)) < timedelta(seconds=5)
