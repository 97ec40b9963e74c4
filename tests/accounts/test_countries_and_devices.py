import pytest

from kept.accounts import COUNTRIES, UnknownCountry, country_of, device_of, is_phone
from kept.policy import Refused

FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"


def test_every_country_of_the_standard_is_known() -> None:
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isupper() and name for code, name in COUNTRIES.items())


def test_a_country_where_the_service_is_not_offered_is_refused_by_law() -> None:
    assert country_of("cn", refused=[]) == "CN"
    with pytest.raises(Refused, match="not offered in your country") as refused:
        country_of("cn", refused=["CN"])
    assert refused.value.kind.value == 451


@pytest.mark.parametrize("typed", ["", "X", "XX", "EU", "USA", "Germany", "D\x00"])
def test_what_is_no_country_is_refused(typed: str) -> None:
    with pytest.raises(UnknownCountry):
        country_of(typed, refused=[])


@pytest.mark.parametrize(
    ("agent", "device", "phone"),
    [(FIREFOX, "Firefox on Android", True), (SAFARI, "Safari on iPhone", True), (EDGE, "Edge on Windows", False),
     ("curl/8.0", "A program", False), ("", "A program", False), ("Firefox/140.0", "Firefox", False)],
)
def test_a_device_is_named_without_versions(agent: str, device: str, phone: bool) -> None:
    assert device_of(agent) == device
    assert is_phone(device) is phone
