"""What comes in: declared fields only, and nothing of a forbidden shape."""

from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.catalog import ForbiddenValue, UnknownField, accept, decode, feeds, not_stored, scan_text
from kept.catalog.intake import MAC_ADDRESS, Intake, InvalidBody, flow_of, intake_problems, tally


class Telemetry(Intake):
    """What a test browser tells."""

    device: Annotated[str, not_stored("only a test")]
    notes: Annotated[dict[str, str], not_stored("only a test")] = msgspec.field(default_factory=dict)
    tries: Annotated[int, not_stored("only a test"), msgspec.Meta(ge=0)] = 0


def test_an_unknown_field_is_refused_by_name_and_counted() -> None:
    before = tally["unknown:Telemetry.shoe_size"]
    with pytest.raises(UnknownField, match="shoe_size"):
        decode(b'{"device": "x", "shoe_size": 44}', Telemetry)
    assert tally["unknown:Telemetry.shoe_size"] == before + 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"device": 1}', b'{"device": "x", "tries": -1}', b"\xff"])
def test_anything_else_that_does_not_fit_is_explained(body: bytes) -> None:
    with pytest.raises(InvalidBody):
        decode(body, Telemetry)


def test_form_fields_are_converted() -> None:
    assert accept({"device": "x", "tries": "3"}, Telemetry).tries == 3


pairs = st.lists(st.text("0123456789abcdefABCDEF", min_size=2, max_size=2), min_size=6, max_size=6)
around = st.sampled_from(["", " ", "mac=", "(", "ZZ", '"'])


@given(pairs, st.sampled_from(":-"), around, around)
def test_a_mac_address_is_refused_in_any_field(octets: list[str], separator: str, before: str, after: str) -> None:
    text = before + separator.join(octets) + after
    for values in ({"device": text}, {"device": "x", "notes": {"a": text}}, {"device": "x", "notes": {text: "a"}}):
        with pytest.raises(ForbiddenValue):
            accept(values, Telemetry)
    with pytest.raises(ForbiddenValue):
        scan_text(text, "header")


@pytest.mark.parametrize(
    "text", ["12:30:45", "2001:db8::ff00:42:8329", "a1b2c3d4e5f6", "01-02-2026", "1.2.3.4", "aa:bb:cc"]
)
def test_times_addresses_and_words_are_not_mac_addresses(text: str) -> None:
    assert MAC_ADDRESS.search(text) is None


def test_a_dotted_mac_address_is_refused() -> None:
    with pytest.raises(ForbiddenValue):
        scan_text("0011.2233.4455", "header")


def test_every_field_says_where_it_goes() -> None:
    lines = list(intake_problems({"account.handle"}))
    assert not any(" Telemetry." in line for line in lines)
    assert flow_of(Annotated[str, feeds("account.handle")]).column == "account.handle"  # type: ignore[union-attr]
    assert flow_of(Annotated[str, msgspec.Meta(max_length=3)]) is None
